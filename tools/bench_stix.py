"""Measure the direct routes between MISP and STIX beside misp-stix, on the same inputs, in one run: ratios and losses.

    .venv-bench/bin/python tools/bench_stix.py        # needs ../shared/data

Both sides go from bytes to bytes, item by item in turn, in time of this process. An attribute is lost in silence
where its value is nowhere in what was written and, here, no loss names it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import io
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from proxeny.formats.between import misp_stix, stix_misp

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("PROXENY_SHARED", ROOT.parent / "shared")) / "data"
PASSES = 2
REPEATS = 10
AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
Work = Callable[[bytes], bytes]


def rates(ours: Work, theirs: Work, items: Sequence[bytes]) -> tuple[float, float]:
    """Items a second of both. They take turns on each item, so that whatever else the machine does slows both alike;
    the faster does each item several times, or its time would be too short to tell."""
    gc.collect()
    gc.freeze()
    spent = [0.0, 0.0]
    for _ in range(PASSES):
        for item in items:
            start = time.process_time()
            for _ in range(REPEATS):
                ours(item)
            middle = time.process_time()
            theirs(item)
            spent[0] += (middle - start) / REPEATS
            spent[1] += time.process_time() - middle
    done = len(items) * PASSES
    return done / spent[0], done / spent[1]


def ours_to_stix(data: bytes) -> bytes:
    """A MISP event to a bundle, here."""
    return misp_stix.convert(data, "x", AT)[0][1].data


def ours_to_misp(data: bytes) -> bytes:
    """A bundle to a MISP event, here."""
    return stix_misp.convert(data, "x", AT)[0][1].data


def theirs_to_stix(data: bytes) -> bytes:
    """The same by misp-stix."""
    from misp_stix_converter import MISPtoSTIX21Parser
    from pymisp import MISPEvent

    event = json.loads(data)
    parsed = MISPEvent()
    parsed.from_dict(**event.get("Event", event))
    parser = MISPtoSTIX21Parser()
    parser.parse_misp_event(parsed)
    made: str = parser.bundle.serialize()
    return made.encode()


def theirs_to_misp(data: bytes) -> bytes:
    """The same by misp-stix, by the parser for bundles that it did not write itself."""
    import stix2
    from misp_stix_converter import ExternalSTIX2toMISPParser

    parser = ExternalSTIX2toMISPParser()
    parser.load_stix_bundle(stix2.parse(data.decode(), allow_custom=True))
    parser.parse_stix_bundle()
    made: str = parser.misp_event.to_json()
    return made.encode()


def accepted(work: Work, items: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Those that a converter takes without an exception."""
    kept = []
    for name, data in items:
        with contextlib.suppress(Exception):
            work(data)
            kept.append((name, data))
    return kept


def attributes_of(document: Any, at: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Every attribute of MISP in a document, with its pointer."""
    found: list[tuple[str, dict[str, Any]]] = []
    if isinstance(document, dict):
        for key, value in document.items():
            if key == "Attribute" and isinstance(value, list):
                found += [(f"{at}/{key}/{n}", item) for n, item in enumerate(value) if isinstance(item, dict)]
            elif key in ("Event", "Object", "response"):
                found += attributes_of(value, f"{at}/{key}")
    elif isinstance(document, list):
        for index, item in enumerate(document):
            found += attributes_of(item, f"{at}/{index}")
    return found


def texts_of(value: Any) -> set[str]:
    """Every text in a document, as one set."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        return set().union(*map(texts_of, value.values()))
    return set().union(*map(texts_of, value)) if isinstance(value, list) else {str(value)}


def silent(data: bytes, written: bytes, named: set[str]) -> int:
    """Attributes whose value is nowhere in what was written and that no loss names."""
    texts = texts_of(json.loads(written))
    patterns = "\n".join(text for text in texts if text.startswith("[") or len(text) > 40)
    lost = 0
    for pointer, attribute in attributes_of(json.loads(data)):
        value = str(attribute.get("value"))
        parts = [value, *value.split("|")] if "|" in value else [value]
        seen = value in texts or any(
            part in texts or part.replace("\\", "\\\\").replace("'", "\\'") in patterns
            for part in parts
            if part
        )
        lost += not seen and pointer not in named
    return lost


def corpus(*folders: str) -> list[tuple[str, bytes]]:
    """The real files of the formats."""
    return [
        (path.name, path.read_bytes())
        for folder in folders
        for path in sorted((SHARED / "corpus" / folder).glob("*.json"))
    ]


def line(what: str, ours: float, theirs: float, count: int) -> str:
    """One row of the table."""
    return f"| {what} ({count}) | {ours:,.0f} | {theirs:,.0f} | {ours / theirs:.1f} |"


def main() -> int:
    """Print the table; 0 where there is something to measure with."""
    if not SHARED.exists():
        print(f"nothing to measure with: {SHARED} is absent", file=sys.stderr)
        return 0
    logging.disable(logging.CRITICAL)
    lines = (SHARED / "misp-events.jsonl").read_text(encoding="utf-8").splitlines()
    events = [(f"line {n}", json.dumps(json.loads(text)["event"]).encode()) for n, text in enumerate(lines)]
    print(
        "| from bytes to bytes | here, a second | misp-stix, a second | ratio |",
        "|---|---|---|---|",
        sep="\n",
    )
    with contextlib.redirect_stderr(io.StringIO()):
        for name, items in (("its test events", events), ("the corpus", corpus("misp"))):
            kept = accepted(ours_to_stix, accepted(theirs_to_stix, items))
            data = [item for _, item in kept]
            row = rates(ours_to_stix, theirs_to_stix, data)
            print(line(f"MISP → STIX 2.1, {name}", *row, len(data)), flush=True)
            for who, work in (("here", ours_to_stix), ("misp-stix", theirs_to_stix)):
                lost, files = 0, 0
                for item in data:
                    named = {loss.at for loss in misp_stix.bundle_of(json.loads(item), AT).losses}
                    count = silent(item, work(item), named if who == "here" else set())
                    lost, files = lost + count, files + bool(count)
                print(
                    f"  attributes not in the bundle and not told, {who}: {lost} in {files} files", flush=True
                )
        bundles = [(name, theirs_to_stix(data)) for name, data in accepted(theirs_to_stix, events)]
        for name, items in (
            ("bundles of misp-stix", bundles),
            ("the corpus", corpus("stix20", "stix21")),
        ):
            data = [item for _, item in accepted(ours_to_misp, accepted(theirs_to_misp, items))]
            row = rates(ours_to_misp, theirs_to_misp, data)
            print(line(f"STIX → MISP, {name}", *row, len(data)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
