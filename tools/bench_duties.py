"""Duties of one incident: this project beside openfisca-core, each in its own process, on the same norms and incidents.

    .venv/bin/python tools/bench_duties.py [PYTHON_WITH_OPENFISCA]

openfisca-core is AGPL: it runs as a program of its own (tools/peers/openfisca_duties.py), never imported here. Its
environment, once:

    python3.11 -m venv .venv-peers && .venv-peers/bin/pip install openfisca-core

The norms are those of tools/peers/duties.yaml, which both can say. First both give the due times of CHECKED random
incidents, which must be equal; then MEASURED of them are asked one at a time. From the same plain numbers each side
builds what it asks (a situation here, a simulation there); the norms, and the tax and benefit system, are built once.
Here every answer has its status, what is open, and its trace. There it is: the times alone; the times with the full
tracer on; and with its log of the computation as text. Times are those of the processor, the best of the rounds.
"""

from __future__ import annotations

import datetime as dt
import gc
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec
import yaml

from proxeny.instrument.evaluate import evaluate, inquire
from proxeny.instrument.generate import Engine, compile_engine
from proxeny.instrument.library import Library
from proxeny.instrument.norm import Instrument, Norm
from proxeny.instrument.norm_file import parse_norm
from proxeny.instrument.situation import Actor, Event, Situation
from proxeny.instrument.words import Words
from proxeny.wiring import ShippedKnowledge

ROOT = Path(__file__).resolve().parents[1]
PEER = ROOT / ".venv-peers" / "bin" / "python"
PEERS = ROOT / "tools" / "peers"
CHECKED, MEASURED, ROUNDS = 1000, 200, 5
AIM = 8  # times as fast

EPOCH = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
LATER = EPOCH + dt.timedelta(days=60)
EVENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "aware": ("aware", {"of": "incident"}),
    "classified": ("classified", {"as": "major"}),
    "initial": ("submitted", {"what": "initial"}),
    "clarification": ("received", {"what": "clarification"}),
    "recovered": ("recovered", {}),
    "handled": ("handled", {}),
    "detected": ("detected", {}),
}
FACTS = (
    *("malicious", "cross_border", "risk_unlikely", "high_risk", "ci_hit", "ongoing", "unable_to_notify"),
    *("essential_service_disrupted", "endangers_peace"),
)
ROLES = ("trust_service_provider", "financial_entity")
SAID = ("no", "yes", "unknown")

Incident = dict[str, int]
"""Minutes since EPOCH by event that happened; 0 no, 1 yes, 2 unknown by fact and role."""


def library(words: Words) -> Library:
    """The norms of the benchmark, as norms of one instrument."""
    plain = yaml.safe_load((PEERS / "duties.yaml").read_text(encoding="utf-8"))
    norms: list[Norm] = []
    for name, said in plain.items():
        norm = {
            "id": f"bench.{name}",
            "provision": {"at": name, "url": "https://example.org"},
            "check": "S",
            "standing": "binding-EU",
            "modality": "obligation",
            "bearer": "nis2_entity",
            "counterparty": "competent_authority",
            "valid": [{"from": "2020-01-01"}],
            "action": "submit",
            "discharge": {"event": "submitted", "what": "final"},
        } | said
        norms += parse_norm(yaml.safe_dump(norm).encode(), name, words, "bench")
    instrument = Instrument(
        id="bench", title="Bench", bound_by="direct", standing="binding-EU", check="S", url="x"
    )
    return Library(words, {"bench": instrument}, tuple(norms))


def draw_incidents(count: int) -> list[Incident]:
    """Random incidents, the same each time: most events have happened, a third of the facts is unknown."""
    draw = random.Random(20260302)
    made = []
    for _ in range(count):
        one = {name: draw.randrange(30 * 24 * 60) for name in EVENTS if draw.random() < 0.6}
        one |= {name: draw.randrange(3) for name in FACTS}
        made.append(one | {name: draw.randrange(2) for name in ROLES})
    return made


def situation(one: Incident) -> Situation:
    """The situation of an incident."""
    events = []
    for number, (name, (word, attributes)) in enumerate(EVENTS.items()):
        if name in one:
            at = EPOCH + dt.timedelta(minutes=one[name])
            events.append(
                Event(
                    number=number,
                    event=word,
                    by="op1",
                    at=at,
                    known_at=at,
                    source=name,
                    attributes=attributes,
                )
            )
    roles = frozenset({"nis2_entity", *(name for name in ROLES if one[name])})
    return Situation(
        name="bench",
        context="test",
        actors={"XA": Actor("XA", "state", "XA", frozenset()), "op1": Actor("op1", "entity", "XA", roles)},
        facts={name: SAID[one[name]] for name in FACTS},
        events=tuple(events),
    )


def due_times(norms: Library, engine: Engine, one: Incident) -> Incident:
    """The minute at which each duty is due."""
    found = engine(inquire(norms, situation(one), LATER), "XA", None, ())
    return {
        duty.norm.removeprefix("bench."): int((duty.by - EPOCH).total_seconds()) // 60
        for duty in found.due
        if duty.by is not None
    }


def ours(norms: Library, engine: Engine, incidents: list[Incident]) -> float:
    """Seconds of the processor an incident, one at a time, the best of the rounds."""
    gc.collect()
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for one in incidents:
            engine(inquire(norms, situation(one), LATER), "XA", None, ())
        best = min(best, time.process_time() - start)
    return best / len(incidents)


def theirs(peer: Path, incidents: list[Incident]) -> dict[str, Any]:
    """What the other program says."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(msgspec.json.encode(incidents))
        file.flush()
        program = [str(peer), "-W", "ignore", str(PEERS / "openfisca_duties.py"), file.name, str(MEASURED)]
        said = subprocess.run(program, capture_output=True, check=True, text=True)
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def main() -> None:
    """Hold both to the same due times, measure, and print a table. Exit code 1 where they differ."""
    peer = Path(sys.argv[1]) if len(sys.argv) > 1 else PEER
    if not peer.exists():
        sys.exit(f"no {peer}: see the head of this file for how to make it")
    norms = library(ShippedKnowledge().instruments.words)
    generated = compile_engine(norms)
    incidents = draw_incidents(CHECKED)
    said = theirs(peer, incidents)
    for number, (one, times) in enumerate(zip(incidents, said["due"], strict=True)):
        here = due_times(norms, generated, one)
        if here != times:
            sys.exit(f"incident {number} {one}: due here {here}, by openfisca-core {times}")
    count = sum(map(len, said["due"]))
    print(f"{len(norms.norms)} norms, {CHECKED} incidents: {count} due times, all equal.\n")
    measured = incidents[:MEASURED]
    mine = ours(norms, generated, measured)
    rows = [
        ("generated: due times, status, what is open, trace", mine),
        ("interpreter: the same", ours(norms, evaluate, measured)),
        (f"openfisca-core {said['version']}: due times", said["each"]["times"]),
        ("openfisca-core: due times, full tracer", said["each"]["traced"]),
        ("openfisca-core: due times, full tracer, its log", said["each"]["explained"]),
        (f"openfisca-core: due times, {CHECKED} incidents in one batch", said["batch"]),
    ]
    print("| one incident | microseconds | times as long |\n|---|---:|---:|")
    for name, seconds in rows:
        print(f"| {name} | {seconds * 1e6:.0f} | {seconds / mine:.2f} |")
    ratio = said["each"]["traced"] / mine
    print(f"\nWith due times and reasons {ratio:.1f} times as fast; the aim is {AIM}.")


if __name__ == "__main__":
    main()
