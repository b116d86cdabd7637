"""IntelMQ events harmonised: this project beside IntelMQ's own Event, each in its own process, on the same events.

    .venv/bin/python tools/bench_intelmq.py [PYTHON_WITH_INTELMQ]

IntelMQ is AGPL: it runs as a program of its own, never imported here. Its environment, once:

    python3.11 -m venv .venv-peers && .venv-peers/bin/pip install intelmq 'setuptools<81'

The times are those of the processor, the best of ROUNDS rounds that take turns, so that other work on the machine
weighs on both sides alike. "add" gives each field to `Event.add`, which brings it into form, as a parser bot does;
"unserialize" only checks an event that is in form already, as every later bot does with each message.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parents[1]
PEER = ROOT / ".venv-peers" / "bin" / "python"
EVENTS = 2000
ROUNDS = 5

_PEER = """
import json, os, sys, time, warnings
warnings.simplefilter("ignore")
import intelmq
from intelmq.lib.message import Event, MessageFactory
path = os.path.join(os.path.dirname(intelmq.__file__), "etc", "harmonization.conf")
with open(path) as file:
    known = json.load(file)
with open(sys.argv[1]) as file:
    raw = file.read().splitlines()
start = time.process_time()
for line in raw:
    event = Event({}, harmonization=known)
    for key, value in json.loads(line).items():
        if key != "__type":
            event.add(key, value)
added = time.process_time() - start
formed = []
for line in raw:
    event = Event({}, harmonization=known)
    for key, value in json.loads(line).items():
        if key != "__type":
            event.add(key, value)
    formed.append(event.serialize())
start = time.process_time()
for line in formed:
    MessageFactory.unserialize(line, harmonization=known)
print(json.dumps([added, time.process_time() - start]))
"""


def events(count: int) -> list[dict[str, object]]:
    """Events as feeds send them: some twenty fields, part of them not in the prescribed form. The same each time."""
    draw = random.Random(7)
    made = []
    for at in range(count):
        host = f"{draw.choice(('www', 'mail', 'Srv'))}{draw.randrange(9999)}.example.{draw.choice(('net', 'org'))}"
        made.append(
            {
                "__type": "Event",
                "feed.name": "Sinkhole",
                "feed.provider": "Example",
                "feed.url": "https://feeds.example.net/sinkhole?key=1",
                "feed.accuracy": 90.0,
                "classification.type": draw.choice(
                    ("infected-system", "scanner", "c2-server", "botnet drone")
                ),
                "event_description.text": "Sinkhole attempted connection",
                "malware.name": draw.choice(("Sality", "conficker", "Mirai")),
                "malware.hash.sha256": f"{draw.getrandbits(256):064x}",
                "protocol.transport": draw.choice(("tcp", "UDP")),
                "source.ip": f"{draw.randrange(1, 224)}.{draw.randrange(256)}.{draw.randrange(256)}.{at % 256}",
                "source.port": draw.choice((draw.randrange(1, 65535), str(draw.randrange(1, 65535)))),
                "source.asn": draw.randrange(64496, 64511),
                "source.network": f"198.51.{draw.randrange(256)}.0/24",
                "source.fqdn": host,
                "source.geolocation.cc": draw.choice(("XA", "xb", "XC")),
                "source.geolocation.city": "Exampleton",
                "destination.ip": draw.choice(("192.0.2.7", "2001:db8::7", "203.0.113.9")),
                "destination.port": 80,
                "destination.url": f"http://sink.example.net/{draw.randrange(99999)}",
                "time.source": f"2026-01-{1 + at % 28:02}T{at % 24:02}:{draw.randrange(60):02}:17+00:00",
                "time.observation": "2026-02-01T06:00:00+00:00",
                "extra.tag": "sinkhole",
                "extra.count": draw.randrange(50),
                "raw": "MTkyLjAuMi43LDIwMjYtMDEtMDEgMTA6MDA6MDAsc2luayxTYWxpdHksNDQzLGluZmVjdGVkLDEK",
            }
        )
    return made


def ours(lines: list[bytes]) -> float:
    """Seconds of the processor to decode and harmonise the lines."""
    from proxeny.formats.intelmq.harmonise import harmonise

    decode = msgspec.json.Decoder().decode
    start = time.process_time()
    for line in lines:
        harmonise(decode(line), "bench")
    return time.process_time() - start


def main() -> None:
    """Run both sides in turn and print a row a measure."""
    peer = Path(sys.argv[1]) if len(sys.argv) > 1 else PEER
    if not peer.exists():
        sys.exit(f"no {peer}: see the head of this file for how to make it")
    lines = [json.dumps(event).encode() for event in events(EVENTS)]
    best = [float("inf")] * 3
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        file.write(b"\n".join(lines))
        file.flush()
        for _ in range(ROUNDS):
            said = subprocess.run(
                [peer, "-W", "ignore", "-c", _PEER, file.name], capture_output=True, check=True, text=True
            )
            taken = [ours(lines), *json.loads(said.stdout)]
            best = [min(pair) for pair in zip(best, taken, strict=True)]
    rows = zip(("harmonise (with decoding)", "Event.add", "unserialize"), best, strict=True)
    print("| | microseconds an event | events a second | times as long |\n|---|---:|---:|---:|")
    for name, seconds in rows:
        print(f"| {name} | {seconds / EVENTS * 1e6:.1f} | {EVENTS / seconds:.0f} | {seconds / best[0]:.1f} |")


if __name__ == "__main__":
    main()
