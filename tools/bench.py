"""Measure beside the named peers, in one run, and write docs/benchmarks.md: ratios, machine and versions.

    make bench        # needs ../shared/data

Each figure is the best of three passes; peers run in the same process, on the same inputs, one after the other.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from proxeny.actions.bulk import row_identifier
from proxeny.actions.identify import identify_reports
from proxeny.bulk.chunks import Row as Record
from proxeny.bulk.chunks import chunked
from proxeny.bulk.local import worked
from proxeny.formats.stix import read as read_stix
from proxeny.wiring import ShippedKnowledge, make_identify_work

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("PROXENY_SHARED", ROOT.parent / "shared")) / "data"
Row = tuple[str, float, str, float, str]
"""What was done, how often a second here, by whom else, how often a second there, and the ratio aimed at."""
PASSES = 3
COPIES = 10  # times the short texts are given to `bulk`, so that the start of its processes counts little
SHORT = 200  # code points of a short text
EXAMPLE = ROOT / "examples" / "reports" / "01-faulty-update.en.txt"


def rate(work: Callable[[Any], object], items: Sequence[Any]) -> float:
    """Items a second, the best of the passes."""
    gc.collect()
    gc.freeze()  # what the other's libraries keep in memory is not walked again in either's time
    best = 0.0
    for _ in range(PASSES):
        start = time.perf_counter()
        for item in items:
            work(item)
        best = max(best, len(items) / (time.perf_counter() - start))
    return best


def misp_rows(knowledge: ShippedKnowledge) -> Row:
    """Full identification of MISP events beside their conversion by misp-stix, on the events both accept."""
    from misp_stix_converter import MISPtoSTIX21Parser
    from pymisp import MISPEvent

    lines = (SHARED / "misp-events.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line)["event"] for line in lines]

    def convert(event: dict[str, Any]) -> None:
        parsed = MISPEvent()
        parsed.from_dict(**event.get("Event", event))
        parser = MISPtoSTIX21Parser()
        parser.parse_misp_event(parsed)

    kept = []
    for event in events:
        try:
            convert(json.loads(json.dumps(event)))
        except Exception:
            continue
        kept.append(event)
    raw = [json.dumps(event).encode() for event in kept]
    ours = rate(lambda data: identify_reports(data, "x", knowledge), raw)
    peer = rate(lambda data: convert(json.loads(data)), raw)
    return (
        f"MISP event identified / converted by misp-stix ({len(raw)} events)",
        ours,
        "misp-stix",
        peer,
        "10",
    )


def stix_rows() -> Row:
    """Reading a STIX 2.1 bundle of 20 objects beside stix2.parse."""
    import stix2

    objects: list[Any] = [
        stix2.Indicator(
            name=f"i{n}",
            pattern=f"[domain-name:value = 'h{n}.example']",
            pattern_type="stix",
            valid_from="2026-01-01T00:00:00Z",
        )
        for n in range(10)
    ] + [stix2.Malware(name=f"m{n}", is_family=False, malware_types=["trojan"]) for n in range(10)]
    data = stix2.Bundle(objects).serialize().encode()
    ours = rate(lambda raw: read_stix(raw, "x"), [data] * 100)
    peer = rate(lambda raw: stix2.parse(raw, allow_custom=True), [data] * 100)
    return "STIX 2.1 bundle of 20 objects read", ours, "stix2.parse", peer, "10"


def text_rows(knowledge: ShippedKnowledge) -> list[Row]:
    """Short texts identified beside TfidfVectorizer.transform alone: in one process, and by `bulk` on all cores."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    lines = (SHARED / "vcdb-before-2016.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [t for line in lines if 0 < len(t := json.loads(line)["text"]) <= SHORT]
    cores = os.cpu_count() or 1
    many = [Record(n, json.dumps({"text": text}).encode()) for n, text in enumerate(texts * COPIES, start=1)]

    def in_bulk(rows: Sequence[Record]) -> None:
        for _ in worked(chunked(rows), partial(make_identify_work, "text", "rows", ()), cores):
            pass

    ours = rate(row_identifier(knowledge, []), texts)
    shared = rate(in_bulk, [many]) * len(many)
    found = []
    for name, options in (("words", {}), ("words and pairs", {"ngram_range": (1, 2), "sublinear_tf": True})):
        vectorizer = TfidfVectorizer(**options).fit(texts)
        peer = rate(vectorizer.transform, [texts]) * len(texts)
        found += [
            (f"short text identified ({len(texts)} texts)", ours, f"TfidfVectorizer, {name}", peer, "0.2"),
            (f"the same by `bulk` on {cores} cores", shared, f"TfidfVectorizer, {name}", peer, "0.2"),
        ]
    return found


def cold_rows() -> Row:
    """One identification from a cold start beside `import click, msgspec`, in starts a second."""

    def start(command: list[str]) -> float:
        return rate(lambda c: subprocess.run(c, check=True, stdout=subprocess.DEVNULL), [command] * 5)

    ours = start([sys.executable, "-m", "proxeny", "identify", str(EXAMPLE)])
    peer = start([sys.executable, "-c", "import click, msgspec"])
    return "cold start of `proxeny identify` (starts a second)", ours, "import click, msgspec", peer, "0.33"


def memory() -> int:
    """Peak memory of one cold identification, MiB."""
    code = (
        "import resource, subprocess, sys;"
        f"subprocess.run([sys.executable, '-m', 'proxeny', 'identify', {str(EXAMPLE)!r}], stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)"
    )
    return int(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout)


PEERS = ROOT / ".venv-peers" / "bin" / "python"
"""Where the peers under the AGPL are installed: they run as programs of their own (requirements/peers.in)."""
SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("MISP and STIX, each to the other", "bench_stix.py", ()),
    ("IntelMQ events harmonised", "bench_intelmq.py", (str(PEERS),)),
    ("Shadowserver lines to IntelMQ events", "bench_shadowserver.py", (str(PEERS),)),
    ("`convert` beside decoding and encoding alone", "bench_convert.py", ()),
    ("`bulk` as it grows", "bench_bulk.py", ()),
    ("Duties of one incident", "bench_duties.py", (str(PEERS),)),
    ("VERIS to ATT&CK, the first ten codes", "measure_crosswalks.py", ()),
)
"""What is measured by a program of its own, with its heading."""


def section(heading: str, program: str, words: tuple[str, ...]) -> list[str]:
    """The heading and what the program printed; why there is nothing where it cannot run here."""
    command = [sys.executable, str(ROOT / "tools" / program), *words]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    told = done.stdout if done.returncode == 0 else f"Not measured: {done.stderr.strip().splitlines()[-1:]}"
    return [f"## {heading}", "", told.strip(), ""]


def main() -> int:
    """Print the table and write docs/benchmarks.md; 0 when there is something to measure with."""
    if not SHARED.exists():
        print(f"nothing to measure with: {SHARED} is absent", file=sys.stderr)
        return 0
    knowledge = ShippedKnowledge()
    rows = [misp_rows(knowledge), stix_rows(), *text_rows(knowledge), cold_rows()]
    names = ("misp-stix", "stix2", "scikit-learn", "msgspec", "click")
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`: the same work side by side in one run, the best of three passes.",
        f"Machine: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}.",
        "Versions: " + ", ".join(f"{name} {version(name)}" for name in names) + ".",
        "",
        "| work | here, a second | peer | peer, a second | ratio | aimed at |",
        "|---|---|---|---|---|---|",
        *(
            f"| {what} | {ours:,.0f} | {peer} | {theirs:,.0f} | {ours / theirs:.2f} | {aim} |"
            for what, ours, peer, theirs, aim in rows
        ),
        "",
        f"Peak memory of one cold identification: {memory()} MiB (aimed at: under 120).",
        "",
    ]
    for one in SECTIONS:
        lines += section(*one)
        print(f"measured: {one[0]}", file=sys.stderr, flush=True)
    (ROOT / "docs" / "benchmarks.md").write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
