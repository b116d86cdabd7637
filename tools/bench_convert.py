"""How long `convert` takes beside what msgspec needs merely to decode and encode the same bytes.

    python tools/bench_convert.py       # needs ../shared/data

One process, processor time, the best of three passes; the events of ../shared/data/misp-events.jsonl, bundles made of
them, and IntelMQ events of twenty fields. The start of the program and the reading of the terminology are left out.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import msgspec

from proxeny.actions.convert import Asked, Convert, converter
from proxeny.wiring import ShippedKnowledge

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("PROXENY_SHARED", ROOT.parent / "shared")) / "data"
AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
PASSES = 3
EVENTS = 2000
WAYS = (
    ("misp", "stix"),
    ("stix", "misp"),
    ("misp", "misp"),
    ("intelmq", "intelmq"),
    ("intelmq", "idea0"),
    ("intelmq", "stix"),
)


def best(work: Callable[[bytes], object], items: Sequence[bytes]) -> float:
    """Microseconds an item."""
    found = []
    for _ in range(PASSES):
        start = time.process_time()
        for item in items:
            work(item)
        found.append((time.process_time() - start) / len(items) * 1e6)
    return min(found)


def misp_events() -> list[bytes]:
    """The events as they came, one a line."""
    lines = (SHARED / "misp-events.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.dumps(json.loads(line)["event"]).encode() for line in lines]


def intelmq_events() -> list[bytes]:
    """Events of twenty fields, no two alike."""
    return [
        json.dumps(
            {
                "classification.type": "phishing",
                "classification.taxonomy": "fraud",
                "classification.identifier": "phish",
                "feed.name": "XA feed",
                "feed.provider": "XA",
                "feed.accuracy": 90.0,
                "source.ip": f"198.51.{n // 250}.{n % 250}",
                "source.port": n + 1,
                "source.fqdn": f"h{n}.example",
                "source.url": f"https://h{n}.example/login",
                "source.asn": 64500,
                "source.geolocation.cc": "XA",
                "destination.ip": "192.0.2.9",
                "destination.port": 443,
                "protocol.transport": "tcp",
                "protocol.application": "https",
                "time.source": "2026-03-02T08:00:00+00:00",
                "time.observation": "2026-03-02T08:05:00+00:00",
                "event_description.text": "a page that asks for passwords",
                "extra.status": "online",
            }
        ).encode()
        for n in range(EVENTS)
    ]


def _one(convert: Convert, data: bytes) -> object:
    return convert(data, "x")


def main() -> int:
    """Print the table."""
    if not SHARED.exists():
        print(f"nothing to measure with: {SHARED} is absent", file=sys.stderr)
        return 0
    knowledge = ShippedKnowledge()
    decode, encode = msgspec.json.Decoder().decode, msgspec.json.Encoder().encode
    to_stix = converter(Asked(target="stix", at=AT), knowledge)
    misp = misp_events()
    items = {
        "misp": misp,
        "stix": [done.data for event in misp for done in to_stix(event, "x")],
        "intelmq": intelmq_events(),
    }
    print("| way | items | convert, µs | msgspec decodes and encodes, µs | times as long |")
    print("|---|---:|---:|---:|---:|")
    for source, target in WAYS:
        convert = converter(Asked(target=target, at=AT), knowledge)
        ours = best(partial(_one, convert), items[source])
        bare = best(lambda data: encode(decode(data)), items[source])
        print(f"| {source} → {target} | {len(items[source])} | {ours:.0f} | {bare:.1f} | {ours / bare:.1f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
