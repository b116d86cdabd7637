"""`proxeny convert`: any report in, any format out, with every loss told, and nothing half done."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from proxeny.bulk.shards import held

EVENT = {
    "classification.type": "phishing",
    "feed.name": "XA feed",
    "source.ip": "192.0.2.7",
    "source.fqdn": "login.example",
    "time.source": "2026-03-02T08:00:00+00:00",
    "time.observation": "2026-03-02T08:05:00+00:00",
}
TEXT = "Ransomware encrypted the servers of a clinic in XA on 2 March."
AT = ("--at", "2026-03-02T09:00:00Z")
JSON_TARGETS = ("misp", "stix", "intelmq", "idea0", "iodef-json", "veris", "xarf")
TARGETS = (*JSON_TARGETS, "iodef", "email", "csv")


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "proxeny", "convert", *map(str, words)]


def convert(*words: str | Path, code: int = 0) -> Any:
    """The closing count of a conversion that ends with `code`."""
    done = subprocess.run(command(*words, "--json"), check=False, capture_output=True)
    assert done.returncode == code, done.stderr.decode()
    return json.loads(done.stderr)


def losses(folder: Path) -> list[dict[str, Any]]:
    path = folder / "losses.jsonl"
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "report.txt"
    path.write_text(TEXT)
    return path


@pytest.fixture
def events(tmp_path: Path) -> Path:
    path = tmp_path / "events.jsonl"
    path.write_text("".join(json.dumps({**EVENT, "source.port": n}) + "\n" for n in range(1, 1301)))
    return path


@pytest.mark.parametrize("target", [target for target in TARGETS if target != "xarf"])
def test_words_become_a_file_of_every_format(text: Path, tmp_path: Path, target: str) -> None:
    out = tmp_path / "out"
    assert convert(text, "--to", target, "-o", out, *AT)["rows"] == 1
    written = [path for path in out.iterdir() if path.name.startswith("report.")]
    assert len(written) == 1
    assert written[0].stat().st_size > 100


@pytest.mark.parametrize("target", [target for target in TARGETS if target != "xarf"])
def test_the_same_report_at_the_same_time_gives_the_same_bytes(
    text: Path, tmp_path: Path, target: str
) -> None:
    for name in ("a", "b"):
        convert(text, "--to", target, "-o", tmp_path / name, *AT)
    (one,) = (tmp_path / "a").glob("report.*")
    assert one.read_bytes() == (tmp_path / "b" / one.name).read_bytes()


@pytest.mark.parametrize("target", JSON_TARGETS)
def test_json_lines_become_json_lines_in_their_order(events: Path, tmp_path: Path, target: str) -> None:
    out = tmp_path / "out"
    assert convert(events, "--to", target, "-o", out, *AT)["refused"] == 0
    (written,) = out.glob("events.*.jsonl")
    rows = [json.loads(line) for line in written.read_bytes().splitlines()]
    assert len(rows) == 1300
    ports = [part for row in rows[:9] for part in [json.dumps(row)]]
    assert all("192.0.2.7" in part for part in ports)


def test_words_without_a_source_of_traffic_are_refused_as_xarf_with_the_reason(
    text: Path, tmp_path: Path
) -> None:
    convert(text, "--to", "xarf", "-o", tmp_path / "out", *AT, code=2)
    (line,) = (tmp_path / "out" / "rejected.jsonl").read_bytes().splitlines()
    assert json.loads(line)["faults"]


def test_a_poisoned_row_of_a_table_does_not_keep_the_others_from_being_done(tmp_path: Path) -> None:
    source, out = tmp_path / "scan_rdp.csv", tmp_path / "out"
    head = "timestamp,ip,port,protocol,hostname,tag,asn,geo"
    rows = [
        "2026-03-02 08:00:00,192.0.2.7,3389,tcp,a.example,rdp,64500,XA",
        "2026-03-02 08:00:00,nowhere,3389",
        "",
    ]
    source.write_text("\n".join([head, rows[0], rows[1], rows[0], ""]))
    for target in ("intelmq", "idea0"):
        assert convert(source, "--to", target, "-o", out / target, *AT, code=2)["refused"] == 1
        (written,) = (out / target).glob("scan_rdp.*.jsonl")
        assert len(written.read_bytes().splitlines()) == 2


def test_the_reports_of_one_source_become_one_table_under_one_header(events: Path, tmp_path: Path) -> None:
    convert(events, "--to", "csv", "-o", tmp_path / "out", *AT)
    with (tmp_path / "out" / "events.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1300
    assert {row["types"] for row in rows} == {rows[0]["types"]}


def test_one_process_and_two_write_the_same_bytes(events: Path, tmp_path: Path) -> None:
    for processes in ("1", "2"):
        convert(events, "--to", "idea0", "-o", tmp_path / processes, *AT, "--processes", processes)
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / n).iterdir()} for n in ("1", "2"))
    assert one == two


def test_a_poisoned_row_says_why_and_the_others_are_done(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out"
    good = json.dumps(EVENT)
    bad = json.dumps({**EVENT, "time.source": "yesterday"})
    source.write_text("\n".join([good, bad, "{", good]))
    assert convert(source, "--to", "idea0", "-o", out, code=2) == {
        "rows": 4,
        "refused": 2,
        "losses": len(losses(out)),
    }
    rejected = [json.loads(line) for line in (out / "rejected.jsonl").read_bytes().splitlines()]
    assert [row["row"] for row in rejected] == [2, 3]
    assert all(row["faults"] and row["data"] for row in rejected)
    (written,) = out.glob("in.*.jsonl")
    assert len(written.read_bytes().splitlines()) == 2


def test_a_killed_conversion_goes_on_and_gives_the_same_bytes(events: Path, tmp_path: Path) -> None:
    words = (events, "--to", "idea0", *AT, "--processes", "1")
    convert(*words, "-o", tmp_path / "whole")
    out = tmp_path / "out"
    process = subprocess.Popen(command(*words, "-o", out), stderr=subprocess.DEVNULL, start_new_session=True)
    while process.poll() is None and not list(out.glob(".proxeny-convert/*.done")):
        os.sched_yield()
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert convert(*words, "-o", out)["rows"] == 1300
    whole, mended = ({p.name: p.read_bytes() for p in f.iterdir()} for f in (tmp_path / "whole", out))
    assert mended == whole


def test_two_sources_of_one_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "r.txt").write_text(f"{TEXT} In {folder}.")
    convert(tmp_path / "a" / "r.txt", tmp_path / "b" / "r.txt", "--to", "csv", "-o", tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").glob("r*.csv")} == {"r.csv", "r.2.csv"}


def test_without_a_folder_it_goes_to_standard_output_and_losses_to_standard_error(text: Path) -> None:
    done = subprocess.run(command(text, "--to", "misp", *AT), check=False, capture_output=True)
    assert done.returncode == 0
    assert json.loads(done.stdout)["Event"]["info"]


def test_the_words_of_a_report_are_written_in_the_codes_of_the_recipient(text: Path, tmp_path: Path) -> None:
    convert(text, "--to", "misp", "-o", tmp_path / "out", "--scheme", "ecsirt", *AT)
    (written,) = (tmp_path / "out").glob("*.misp.json")
    tags = [tag["name"] for tag in json.loads(written.read_bytes())["Event"]["Tag"]]
    assert any(tag.startswith("ecsirt:") for tag in tags)
    assert any(tag.startswith('proxeny:type="ransomware"') for tag in tags)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--contact", "nobody"), b"is no e-mail address"),
        (("--at", "2026-03-02T09:00:00"), b"--at"),
        (("--scheme", "rsitt"), b"did you mean"),
        (("--from", "mispp"), b"no format 'mispp'"),
    ],
)
def test_what_is_asked_wrongly_is_refused_before_any_work(
    text: Path, tmp_path: Path, words: tuple[str, str], said: bytes
) -> None:
    command_line = command(text, "--to", "csv", "-o", tmp_path / "out", *words)
    done = subprocess.run(command_line, check=False, capture_output=True)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize("target", TARGETS)
def test_who_did_it_is_never_written(tmp_path: Path, target: str) -> None:
    source, out = tmp_path / "e.json", tmp_path / "out"
    event: dict[str, Any] = {
        "info": "Phishing wave",
        "date": "2026-03-02",
        "uuid": "0192d0a4-5f0e-4c3a-9b7e-6f2f6b1d5c11",
        "Tag": [{"name": 'rsit:fraud="phishing"'}, {"name": 'misp-galaxy:threat-actor="Night Owl"'}],
        "Attribute": [{"type": "threat-actor", "value": "Night Owl", "category": "Attribution"}],
    }
    source.write_text(json.dumps({"Event": event}))
    if target == "xarf":  # which needs a source of the traffic, and is refused without
        event["Attribute"].append({"type": "ip-src", "value": "192.0.2.7", "category": "Network activity"})
    source.write_text(json.dumps({"Event": event}))
    convert(source, "--to", target, "-o", out, *AT)
    written = [path.read_bytes() for path in out.iterdir() if path.name.startswith("e.")]
    assert written
    assert not any(b"Night Owl" in data for data in written)
    assert any("never exported" in loss["why"] for loss in losses(out))


def test_reports_of_sources_whose_names_run_together_stand_in_files_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(EVENT) + "\n")
    (tmp_path / "a-1.json").write_text(json.dumps({**EVENT, "source.ip": "192.0.2.8"}))
    out = tmp_path / "out"
    convert(tmp_path / "a.jsonl", tmp_path / "a-1.json", "--to", "iodef", "-o", out, *AT)
    files = sorted(path.read_text() for path in out.glob("*.xml"))
    assert len(files) == 2
    assert any("192.0.2.7" in text for text in files)
    assert any("192.0.2.8" in text for text in files)


@pytest.mark.parametrize(
    "name", ["event.intelmq.json", "event-2.intelmq.json", "losses.jsonl", "rejected.jsonl"]
)
def test_a_file_that_is_read_is_never_written_over(tmp_path: Path, name: str) -> None:
    source = tmp_path / name
    source.write_text(json.dumps(EVENT) + "\n")
    done = subprocess.run(
        command(source, "--to", "intelmq", "-o", tmp_path), check=False, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "give another folder" in done.stderr
    assert json.loads(source.read_text()) == EVENT


@pytest.mark.parametrize("target", ["stix", "misp"])
def test_a_second_run_at_work_on_the_same_folder_is_refused_and_spoils_nothing(
    tmp_path: Path, events: Path, target: str
) -> None:
    out = tmp_path / "out"
    with held(out / ".proxeny-convert"):
        done = subprocess.run(
            command(events, "--to", target, "-o", out), check=False, capture_output=True, text=True
        )
        assert done.returncode == 2
        assert "another run is at work there" in done.stderr
        assert (out / ".proxeny-convert").is_dir()
    assert convert(events, "--to", target, "-o", out)["rows"] == 1300


def test_a_report_written_in_its_own_format_lost_nothing(tmp_path: Path) -> None:
    event = {
        "Format": "IDEA0",
        "ID": "x",
        "DetectTime": "2026-03-02T08:00:00Z",
        "Category": ["Recon.Scanning"],
        "ConnCount": 2,
        "Source": [{"IP4": ["192.0.2.7"], "Interface": [7]}],
    }
    source = tmp_path / "scan.json"
    source.write_text(json.dumps(event))
    assert convert(source, "--to", "idea0", "-o", tmp_path / "same", *AT)["losses"] == 0
    assert not (tmp_path / "same" / "losses.jsonl").exists()
    assert convert(source, "--to", "csv", "-o", tmp_path / "other", *AT)["losses"] > 0
