"""The examples that weights are learnt from: our own training reports, and coded incidents of the VCDB.

A class that an example says nothing about is left out of that class's learning (`known`), rather than
taken as a no: VERIS codes seldom tell which of our types an intrusion was.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

KINDS = ("none", "advisory", "threat-report", "exercise", "test")
MODE = {"?": "suspected", "~": "attempted"}


@dataclass
class Example:
    """One text with what is known of it. Classes are `axis:slug`."""

    id: str
    language: str
    text: str
    positive: set[str]
    known: set[str] = field(default_factory=set)  # axes or classes about which the example speaks
    year: int = 0
    ruled_out: set[str] = field(default_factory=set)
    status: dict[str, str] = field(default_factory=dict)


def load_written(folder: Path, technique_of: dict[str, list[str]]) -> list[Example]:
    """The training reports written for this project, one TSV a language."""
    examples = []
    for path in sorted(folder.glob("*.tsv")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()[1:], start=2):
            text, labels, cause, origin = line.split("\t")
            example = _written(f"{path.stem}:{number}", path.stem[:2], text, labels.split(), technique_of)
            if cause not in ("-", ""):
                example.positive.add("cause:" + (cause if cause != "unknown" else "unknown-cause"))
                example.known.add("cause")
            if origin not in ("-", "", "unknown"):
                example.positive.add("origin:" + origin)
                example.known.add("origin")
            examples.append(example)
    return examples


def _written(
    id_: str, language: str, text: str, labels: list[str], technique_of: dict[str, list[str]]
) -> Example:
    example = Example(id_, language, text, set(), {"type", "kind"})
    for label in labels:
        if label in KINDS:
            example.positive.add(f"kind:{label}")
            if label != "exercise":
                example.positive.add("kind:quiet")
        elif label.startswith("!"):
            example.ruled_out.add(label[1:])
        elif label == "-":
            example.positive |= {"kind:none", "kind:quiet"}
        else:
            slug = label.rstrip("?~")
            example.positive.add(f"type:{slug}")
            example.status[slug] = MODE.get(label[-1], "occurred")
    types = [p[5:] for p in example.positive if p.startswith("type:")]
    if types:
        example.known.add("status")
        example.positive |= {f"status:{s}" for s in example.status.values() if s != "occurred"}
    techniques = {t for slug in types for t in technique_of.get(slug, ["?"])}
    if "?" not in techniques:
        example.known.add("technique")
        example.positive |= {f"technique:{t}" for t in techniques}
    return example


def load_vcdb(path: Path, mapping: dict[str, Any], classes: Iterable[str]) -> list[Example]:
    """The coded incidents that have a text. `mapping` is data/training/veris-classes.yaml."""
    wanted = set(classes)
    examples = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        labels = row["labels"]
        actions = [a for a in labels["action"] if a in mapping["actions"]]
        if not row["text"].strip() or not actions:
            continue
        example = Example(f"vcdb:{row['id']}", "en", row["text"], set(), {"technique"})
        example.year = int((row["date"] or "0")[:4])
        example.positive |= {"technique:" + mapping["actions"][a] for a in actions}
        varieties = labels["action_variety"] + labels["action_vector"]
        example.positive |= {
            c for v in varieties if (c := "technique:" + mapping["varieties"].get(v, "")) in wanted
        }
        _add_cause(example, labels["action"])
        _add_origin(example, labels["actor"])
        examples.append(example)
    return examples


def _add_cause(example: Example, actions: list[str]) -> None:
    if set(actions) == {"error"}:
        example.positive.add("cause:error")
        example.known.add("cause")
    elif set(actions) <= {"hacking", "malware", "misuse", "social"}:
        example.positive.add("cause:malicious")
        example.known.add("cause")


def load_phrases(folder: Path) -> list[Example]:
    """The telling phrases written for this project: `slug<TAB>phrase` lines, one file a language."""
    examples = []
    for path in sorted(folder.glob("*.phrases.txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            slug, phrase = line.split("\t")
            positive = {f"kind:{slug}", "kind:quiet"} if slug in KINDS else {f"type:{slug}"}
            if slug == "exercise":
                positive.discard("kind:quiet")
            examples.append(
                Example(f"{path.name}:{number}", path.name[:2], phrase, positive, {"type", "kind"})
            )
    return examples


def _add_origin(example: Example, actors: list[str]) -> None:
    origins = {"external": "outside", "internal": "inside", "partner": "supplier"}
    if len(actors) == 1 and actors[0] in origins:
        example.positive.add("origin:" + origins[actors[0]])
        example.known.add("origin")


def plain(text: str) -> str:
    """The text without case and punctuation, for finding near-duplicates."""
    return re.sub(r"\W+", " ", text.lower()).strip()


class NearDuplicates:
    """Texts seen, and whether a new one repeats one of them: Jaccard similarity of word shingles >= 0.3."""

    LIMIT = 0.3

    def __init__(self) -> None:
        self._by_shingle: dict[str, list[int]] = {}
        self._sets: list[set[str]] = []

    def add(self, text: str) -> bool:
        """Add the text; True when it is new, False when it repeats one already there."""
        words = plain(text).split()
        size = 4 if len(words) >= 8 else 2
        shingles = {" ".join(words[i : i + size]) for i in range(max(1, len(words) - size + 1))}
        shared = Counter(j for s in shingles for j in self._by_shingle.get(s, ()))
        for other, common in shared.most_common(50):
            if common / (len(shingles) + len(self._sets[other]) - common) >= self.LIMIT:
                return False
        self._sets.append(shingles)
        for shingle in shingles:
            places = self._by_shingle.setdefault(shingle, [])
            if len(places) < 400:
                places.append(len(self._sets) - 1)
        return True


def split_by_year(examples: list[Example], first: int, last: int) -> tuple[list[Example], list[Example]]:
    """Examples before the year `first`, and those from `first` to `last`, each text new (near-duplicates out)."""
    seen = NearDuplicates()
    before = [e for e in examples if e.year < first and seen.add(e.text)]
    after = [e for e in examples if first <= e.year <= last and seen.add(e.text)]
    return before, after


def read_yaml(path: Path) -> Any:
    """A YAML file of this project."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))
