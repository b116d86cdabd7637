"""The vectors of the directory: the good are believed as they say, each of the others is refused at its step."""

from __future__ import annotations

import base64
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from proxeny.base.moments import parse_moment
from proxeny.directory.metadata import Metadata, plain_metadata
from proxeny.directory.steps import DirectoryRefusedError
from proxeny.directory.verify import Directory, verify_directory

FOLDER = Path(__file__).parents[1] / "vectors/exchange/directory"
CASES: dict[str, Any] = {
    path.parent.name: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("*/case.json"))
}
BLOBS = {
    name: base64.b64decode(text)
    for name, text in json.loads((FOLDER / "blobs.json").read_text(encoding="utf-8")).items()
}
GOOD = [name for name in CASES if not name.endswith("_fail")]
BAD = [name for name in CASES if name.endswith("_fail")]
BEFORE = parse_moment("2026-03-01T00:00:00Z", "")


def metadata(parts: Any) -> Metadata:
    return Metadata(
        roots=tuple(BLOBS[name] for name in parts["roots"]),
        timestamp=BLOBS[parts["timestamp"]],
        snapshot=BLOBS[parts["snapshot"]],
        targets=BLOBS[parts["targets"]],
        files={path: BLOBS[name] for path, name in parts["files"].items()},
    )


def believe(case: Any) -> Directory:
    known = verify_directory(metadata(case["known"]), case["root"], BEFORE) if case["known"] else None
    at = parse_moment(case["at"], "")
    return verify_directory(metadata(case["directory"]), case["root"], at, known, case["confirmed"])


@pytest.mark.parametrize("name", GOOD)
def test_good_metadata_are_believed_as_far_as_they_say(name: str) -> None:
    case = CASES[name]
    found = believe(case)
    stale = parse_moment(case["stale_since"], "") if case["stale_since"] else None
    assert found.stale_since == stale
    assert [one.state for one in found.states.values() if one.quarantined] == case["quarantined"]
    assert [one.state for one in found.states.values() if one.held_back] == case["held_back"]
    assert sorted({fault.place.split("/")[1] for fault in found.faults}) == case["faulty"]
    assert all(fault.message and fault.remedy for fault in found.faults)


@pytest.mark.parametrize("name", BAD)
def test_bent_metadata_are_refused_at_the_step_they_name(name: str) -> None:
    with pytest.raises(DirectoryRefusedError) as caught:
        believe(CASES[name])
    assert caught.value.step == CASES[name]["refused_at"]
    assert all(fault.place and fault.message and fault.remedy for fault in caught.value.faults)


@pytest.mark.parametrize("name", [name for name in GOOD if CASES[name]["faulty"]])
def test_a_faulty_file_of_one_state_takes_nothing_from_it_or_from_others(name: str) -> None:
    case = CASES[name]
    found = believe(case)
    assert {"XB", "XC"} <= set(found.states)
    if case["known"]:
        known = verify_directory(metadata(case["known"]), case["root"], BEFORE)
        assert found.states["XA"] == known.states["XA"]
    else:
        assert ("XA" in found.states) == name.startswith("contacts")


def load_one_file() -> ModuleType:
    path = Path(__file__).parents[2] / "src/proxeny/exchange/one_file.py"
    spec = importlib.util.spec_from_file_location("one_file_of_directory", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ONE_FILE = load_one_file()


@pytest.mark.parametrize("name", [name for name in CASES if not CASES[name]["confirmed"]])
def test_the_single_file_believes_the_same_keys_and_refuses_at_the_same_step(name: str) -> None:
    case = CASES[name] | {"known": None}
    book = ONE_FILE.Book(plain_metadata(metadata(case["directory"])), case["root"])
    if case["refused_at"] and not CASES[name]["known"]:
        with pytest.raises(ONE_FILE.No) as caught:
            book.believe()
        assert str(caught.value) == case["refused_at"]
        return
    found = believe(case)
    book.believe()
    kids = {kid for state in found.states.values() for kid in state.keys}
    assert set(book.keys) == kids
    for kid in kids:
        mine, theirs = found.ever(kid), book.find(kid)
        assert (mine is None) == (theirs is None)
        if mine and theirs:
            assert (mine.state, mine.use, mine.person) == (theirs[0], theirs[1]["use"], theirs[1]["person"])
    assert book.kind == found.kind
