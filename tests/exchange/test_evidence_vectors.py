"""The vectors of evidence: both verifiers, ours and the one that stands in a single file, say the same of each."""

from __future__ import annotations

import base64
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxeny.base.moments import parse_moment
from proxeny.exchange.evidence_file import read_evidence, write_evidence
from proxeny.exchange.evidence_verify import Verdict, verify_evidence

HERE = Path(__file__).parents[2]
FOLDER = HERE / "tests/vectors/exchange/evidence"
ONE_FILE = HERE / "src/proxeny/exchange/one_file.py"
BLOBS = json.loads((FOLDER / "blobs.json").read_text(encoding="utf-8"))
CASES: dict[str, Any] = {
    path.parent.name: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("*/case.json"))
}
GOOD = [name for name in CASES if not name.endswith("_fail")]
BAD = [name for name in CASES if name.endswith("_fail")]
AT = parse_moment("2026-03-10T00:00:00Z", "")


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("one_file_alone", ONE_FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ALONE = load()


def expand(value: Any) -> Any:
    """The case with bytes in base64 where it names digests."""
    if isinstance(value, dict):
        return {name: expand(one) for name, one in value.items()}
    if isinstance(value, list):
        return [expand(one) for one in value]
    return BLOBS[value] if isinstance(value, str) else value


def file_of(case: Any) -> bytes:
    return json.dumps(expand(case["evidence"]), separators=(",", ":")).encode()


FULL = file_of(CASES["full"])
ROOT = CASES["full"]["root"]


def ours(data: bytes, root: str = ROOT) -> Verdict:
    return verify_evidence(data, root, AT)


def compare(data: bytes, root: str = ROOT) -> Verdict:
    """Our verdict, after that of the single file was found to be the same."""
    mine = ours(data, root)
    theirs = ALONE.verify(data, root)
    assert (theirs["valid"], theirs.get("refused_at")) == (mine.valid, mine.refused_at), mine.faults
    if mine.valid:
        plain = msgspec.to_builtins(mine)
        for name in ("kind", "messages", "reached", "claims"):
            assert json.loads(json.dumps(plain[name])) == theirs[name], name
    return mine


@pytest.mark.parametrize("name", GOOD)
def test_good_evidence_proves_what_it_says(name: str) -> None:
    case = CASES[name]
    verdict = compare(file_of(case), case["root"])
    assert verdict.valid, verdict.faults
    assert list(verdict.reached) == case["reached"]
    assert verdict.messages[0].standing == case["standing"]
    assert verdict.messages[0].witnessed_at == case["witnessed_at"]
    assert [claim.void for claim in verdict.claims] == case["void"]


@pytest.mark.parametrize("name", BAD)
def test_bent_evidence_is_refused_at_the_step_it_names(name: str) -> None:
    case = CASES[name]
    verdict = compare(file_of(case), case["root"])
    assert verdict.refused_at == case["refused_at"]
    assert verdict.refused_at not in verdict.passed
    assert verdict.messages == ()
    assert all(fault.place and fault.message and fault.remedy for fault in verdict.faults)


@pytest.mark.parametrize("name", GOOD)
def test_a_file_is_written_as_it_was_read(name: str) -> None:
    data = file_of(CASES[name])
    assert read_evidence(write_evidence(read_evidence(data))) == read_evidence(data)
    assert write_evidence(read_evidence(data)) == data


def malformed() -> dict[str, bytes]:
    value = expand(CASES["full"]["evidence"])
    log = value["messages"][0]["log"]
    return {
        "empty": b"",
        "a list": b"[" + FULL + b"]",
        "white space before": b" " + FULL,
        "a byte order mark": b"\xef\xbb\xbf" + FULL,
        "cut off": FULL[:-1],
        "a member twice": b'{"version":1,' + FULL[1:],
        "another version": FULL.replace(b'{"version":1', b'{"version":2', 1),
        "true for a version": FULL.replace(b'{"version":1', b'{"version":true', 1),
        "an unknown member": b'{"more":1,' + FULL[1:],
        "no message": json.dumps(value | {"messages": []}).encode(),
        "a message missing a part": json.dumps(value | {"messages": [{}]}).encode(),
        "a log without a receipt": json.dumps(
            value | {"messages": [value["messages"][0] | {"receipt": None, "log": log}]}
        ).encode(),
        "no directory": json.dumps(value | {"directory": None}).encode(),
        "base64 with a line feed": json.dumps(value | {"twins": ["AAAA\n"]}).encode(),
        "too many claims": json.dumps(value | {"twins": ["AAAA"] * 33}).encode(),
        "NaN": json.dumps(value | {"twins": float("nan")}).encode(),
    }


@pytest.mark.parametrize("name", malformed())
def test_what_is_no_evidence_file_is_refused_as_such(name: str) -> None:
    assert compare(malformed()[name]).refused_at == "evidence"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(FULL) - 1), st.integers(0, 6))
def test_a_bit_turned_anywhere_never_proves_anything_else(at: int, bit: int) -> None:
    bent = FULL[:at] + bytes([FULL[at] ^ (1 << bit)]) + FULL[at + 1 :]
    verdict = compare(bent)
    if verdict.valid:  # a part on which nothing rests, such as the signature of an unknown key
        assert verdict.messages[0].commitment == ours(FULL).messages[0].commitment
        assert verdict.messages[0].standing == "valid"


ANSWERED = CASES["answered"]
PARTS = sorted(set(re.findall("sha256:[0-9a-f]{64}", json.dumps(ANSWERED["evidence"]))))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(PARTS), st.data())
def test_a_byte_changed_in_any_part_is_judged_alike_by_both(name: str, draw: st.DataObject) -> None:
    part = base64.b64decode(BLOBS[name])
    at = draw.draw(st.integers(0, len(part) - 1))
    bent = part[:at] + bytes(
        [draw.draw(st.sampled_from(b'0a"}\n +-')) if draw.draw(st.booleans()) else part[at] ^ 1]
    )
    whole = file_of(ANSWERED).replace(BLOBS[name].encode(), base64.b64encode(bent + part[at + 1 :]))
    verdict = compare(whole, ANSWERED["root"])
    if (
        verdict.valid
    ):  # white space of metadata, a signature that was not needed, or a witness's: then less is proven
        for found, good in zip(verdict.messages, ours(file_of(ANSWERED)).messages, strict=True):
            assert found.witnessed_at in (None, good.witnessed_at)
            assert msgspec.structs.replace(found, witnessed_at=good.witnessed_at) == good


@given(st.binary(max_size=80))
def test_no_bytes_make_a_verifier_fail(data: bytes) -> None:
    assert not compare(data).valid


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(ONE_FILE), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_single_file_needs_nothing_of_the_package() -> None:
    text = ONE_FILE.read_text(encoding="utf-8")
    imports = {
        line.split()[1].split(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))
    }
    assert imports <= set(sys.stdlib_module_names) | {"cryptography"}


def test_the_single_file_answers_by_itself(tmp_path: Path) -> None:
    path, first = tmp_path / "evidence.json", tmp_path / "1.root.json"
    path.write_bytes(FULL)
    first.write_bytes(read_evidence(FULL).directory.roots[0])
    for root in (ROOT, str(first)):
        done = run(str(path), root)
        assert (done.returncode, json.loads(done.stdout)["reached"]) == (0, ["sent", "received"])
    path.write_bytes(FULL[:-1])
    assert run(str(path), ROOT).returncode == 1
    assert run().returncode == 2
