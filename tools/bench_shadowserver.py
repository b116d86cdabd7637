"""Lines of Shadowserver reports to IntelMQ events as JSON: this project beside IntelMQ's own parser bot, each in its
own process, on the same lines.

    .venv/bin/python tools/bench_shadowserver.py [PYTHON_WITH_INTELMQ]

IntelMQ is AGPL: it runs as a program of its own, never imported here. Its environment, once:

    python3.11 -m venv .venv-peers && .venv-peers/bin/pip install intelmq 'setuptools<81'

The parser's schema of real report types is downloaded from Shadowserver at run time, so the two types of the schema
that comes with IntelMQ for its own tests are measured: reports of SMB and of Telnet. The bot runs without its queues:
what is timed is its parsing of a report, line by line, and the JSON of each event. The events of both sides are
compared before anything is timed. The times are those of the processor, the best of ROUNDS rounds that take turns.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from proxeny.base.errors import Fault
from proxeny.formats.between.shadowserver_intelmq import event_lines, events

ROOT = Path(__file__).resolve().parents[1]
PEER = ROOT / ".venv-peers" / "bin" / "python"
LINES = 3000
ROUNDS = 5

HEADERS = {
    "test_smb": "timestamp ip port hostname tag asn geo region city naics sic smb_implant arch key smbv1_support "
    "smb_major_number smb_minor_number smb_revision smb_version_string",
    "test_telnet": "timestamp ip protocol port hostname tag asn geo region city naics sic banner",
}

_PEER = """
import json, logging, os, sys, time, warnings
warnings.simplefilter("ignore")
import intelmq
from intelmq.lib.message import Report
from intelmq.bots.parsers.shadowserver import _config
from intelmq.bots.parsers.shadowserver.parser import ShadowserverParserBot
with open(os.path.join(os.path.dirname(intelmq.__file__), "etc", "harmonization.conf")) as file:
    known = json.load(file)
silent = logging.getLogger("silent")
silent.disabled = True
_config.set_logger(silent)
_config.enable_test_mode(True)
_config.reload()
bot = object.__new__(ShadowserverParserBot)
bot.logger, bot._harmonization, bot.overwrite, bot.feedname, bot._mode = silent, known, True, None, "detect"
bot._line_ending, bot._handle, bot._current_line = "\\r\\n", None, None
report = Report({}, harmonization=known)
with open(sys.argv[1]) as file:
    report.add("raw", file.read())
report["extra.file_name"] = "2026-01-31-" + os.path.basename(sys.argv[1])[:-4] + "-example.csv"
made = []
start = time.process_time()
for line in bot.parse(report):
    for event in bot.parse_line(line, report):
        made.append(event.to_json(hierarchical=False, with_type=True, jsondict_as_string=False))
print(json.dumps([time.process_time() - start, made[:50]]))
"""


def lines(name: str, count: int) -> str:
    """A report with rows as Shadowserver sends them. The same each time."""
    draw = random.Random(11)
    columns = HEADERS[name].split()
    rows = [",".join(f'"{column}"' for column in columns)]
    for at in range(count):
        cells = {
            "timestamp": f"2026-01-31 {at // 3600 % 24:02}:{at // 60 % 60:02}:{at % 60:02}",
            "ip": ".".join(str(draw.randrange(1, 255)) for _ in range(4)),
            "protocol": "tcp",
            "port": str(draw.choice((23, 445, 2323))),
            "hostname": f"node{draw.randrange(9999)}.example.net" if draw.random() < 0.7 else "",
            "tag": name.removeprefix("test_"),
            "asn": str(draw.randrange(64496, 64512)),
            "geo": draw.choice(("XA", "XB", "XC")),
            "region": draw.choice(("NORTH", "SOUTH")),
            "city": draw.choice(("HARBOUR", "HILLTOP", "RIVERSIDE")),
            "naics": draw.choice(("517311", "0", "")),
            "sic": "0",
            "smb_implant": draw.choice("YN"),
            "smbv1_support": draw.choice("YN"),
            "smb_major_number": "2",
            "smb_minor_number": "1",
            "smb_revision": "0",
            "smb_version_string": "SMB 2.1",
            "banner": "|Example OS|Login:",
        }
        rows.append(",".join(f'"{cells.get(column, "")}"' for column in columns))
    return "\n".join(rows) + "\n"


def plain(event: dict[str, Any]) -> dict[str, Any]:
    """An event with dotted names, without what only one side can know: the copy of the line, and a web page."""
    flat: dict[str, Any] = {}
    for name, value in event.items():
        if name == "extra":
            flat |= {f"extra.{key}": item for key, item in value.items()}
        elif name not in ("raw", "feed.documentation", "extra.file_name", "time.observation"):
            flat[name] = value
    return {name: value for name, value in flat.items() if value != ""}


def peer(python: Path, path: Path) -> tuple[float, list[dict[str, Any]]]:
    """Seconds that the parser bot takes for a file, and its first events."""
    done = subprocess.run([python, "-c", _PEER, path], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"IntelMQ did not run: {done.stderr[-400:]}")
    seconds, made = json.loads(done.stdout)
    return seconds, [json.loads(event) for event in made]


def ours(data: bytes, place: str) -> float:
    """Seconds that this project takes for the same."""
    start = time.process_time()
    for _ in event_lines(data, place):
        pass
    return time.process_time() - start


def main(python: Path) -> None:
    """Print a line for each type of report: lines a second of both, and the ratio."""
    if not python.exists():
        raise SystemExit(f"{python} is not there: see the head of this file")
    print("| report | intelmq, lines a second | here, lines a second | ratio |")
    print("|---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for name in HEADERS:
            path = Path(folder) / f"{name}.csv"
            path.write_text(lines(name, LINES), encoding="utf-8")
            data = path.read_bytes()
            times: list[tuple[float, float]] = []
            for _ in range(ROUNDS):
                seconds, theirs = peer(python, path)
                times.append((seconds, ours(data, path.name)))
            made = [found for found in events(data, path.name) if not isinstance(found, Fault)]
            differ = [i for i, event in enumerate(theirs) if plain(event) != plain(made[i])]
            if differ:
                raise SystemExit(
                    f"{name}, row {differ[0]}: {plain(theirs[differ[0]])} / {plain(made[differ[0]])}"
                )
            slow, fast = min(one for one, _ in times), min(one for _, one in times)
            print(f"| {name} | {LINES / slow:,.0f} | {LINES / fast:,.0f} | {slow / fast:.1f} |")
    print("\nThe first events of each are equal on both sides.")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PEER)
