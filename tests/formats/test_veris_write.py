"""VERIS written: valid by the schema, the actor always unknown, and a record read and written again kept whole."""

from __future__ import annotations

import copy
import csv
import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_cases import cases, check

from proxeny.base.errors import InputError
from proxeny.formats.outgoing import Outgoing, Written
from proxeny.formats.veris.read import read
from proxeny.formats.veris.write import write
from proxeny.identify.report import Indicator, Marking, Report, Stated, Tag
from shared import CORPUS, SHARED

AT = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
SCHEMA = SHARED / "data" / "schemas" / "veris" / "verisc-merged.json"
CODES = Path(__file__).resolve().parents[2] / "data" / "crosswalks" / "veris.codes.tsv"
needs_schema = pytest.mark.skipif(not SCHEMA.is_file(), reason=f"no schema at {SCHEMA}")


def codes() -> list[str]:
    with CODES.open(encoding="utf-8", newline="") as rows:
        return [row["code"] for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)]


def validator() -> Any:
    return jsonschema.Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def put(report: Report, veris: list[str] | None = None, document: Any = None) -> Written:
    return write(Outgoing(report=report, at=AT, codes={"veris": veris or []}, document=document))


def record(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "schema_version": "1.4.0",
        "incident_id": "demo-1",
        "security_incident": "Suspected",
        "summary": "Records of patients were read through a hole in the web site.",
        "action": {"hacking": {"variety": ["SQLi"], "vector": ["Web application"]}},
        "actor": {"external": {"variety": ["Unknown"], "motive": ["Unknown"]}},
        "asset": {"assets": [{"variety": "S - Web application"}], "cloud": ["Unknown"]},
        "attribute": {"confidentiality": {"data_disclosure": "Yes", "data_total": 1200}},
        "timeline": {"incident": {"year": 2025, "month": 3, "day": 2}},
        "discovery_method": {"unknown": True},
    }
    made.update(changes)
    return made


@pytest.mark.parametrize("folder", cases("veris"), ids=lambda folder: folder.name)
def test_each_case_folder_holds_what_it_promises(folder: Path) -> None:
    check("veris", folder)


@needs_schema
def test_every_code_of_veris_alone_gives_a_valid_record() -> None:
    checker = validator()
    for code in codes():
        made = json.loads(put(Report(digest="sha256:00", format="text", text="x"), [code]).data)
        assert not list(checker.iter_errors(made)), code
        assert list(made["actor"]) == ["unknown"]


_SAID = re.compile(
    r"action\.(?!unknown)[a-z]+\.v(?:ariety|ector)\..+|attribute\.[ai][a-z]+\.variety\..+"
).fullmatch
_MOMENTS = st.none() | st.integers(0, 2_400_000_000).map(lambda at: dt.datetime.fromtimestamp(at, dt.UTC))
_REPORTS = st.builds(
    Report,
    digest=st.just("sha256:00"),
    format=st.just("text"),
    kind=st.sampled_from(["incident", "exercise", "test"]),
    title=st.text(max_size=9),
    text=st.text(max_size=30),
    occurred=_MOMENTS,
    reported=_MOMENTS,
    states=st.lists(st.sampled_from(["FR", "US", "XA"]), max_size=2, unique=True).map(tuple),
    sectors=st.lists(st.sampled_from(["naics:622110", "naics:92", "health", "naics:99"]), max_size=2).map(
        tuple
    ),
    indicators=st.just((Indicator(type="ipv4", value="192.0.2.7", role="source", port=1),)),
    stated=st.lists(
        st.sampled_from(
            [
                Stated(path="records.persons", value=12, words="12", at=""),
                Stated(path="records.persons", value=(1, 2), words="1-2", at=""),
                Stated(path="services.hours", value=1.5, words="1.5", at=""),
                Stated(path="loss_usd", value=(1.0, 2.5), words="1-2.5", at=""),
                Stated(path="deaths", value=1, words="1", at=""),
            ]
        ),
        max_size=4,
    ).map(tuple),
    confidence=st.sampled_from([None, "High", "Suspected", "perhaps"]),
    reporter=st.none() | st.text(min_size=1, max_size=5),
)


@needs_schema
@given(_REPORTS, st.lists(st.sampled_from(codes()), max_size=6))
def test_any_report_with_any_codes_gives_a_valid_record_that_is_read_again(
    report: Report, found: list[str]
) -> None:
    data = put(report, found).data
    assert not list(validator().iter_errors(json.loads(data)))
    (again,) = read(data, "r.json")
    assert {code for code in found if _SAID(code)} <= {tag.code for tag in again.tags}
    assert not again.withheld


def test_the_same_report_gives_the_same_bytes() -> None:
    report = Report(digest="sha256:00", format="text", text="x")
    assert put(report, ["action.hacking"]).data == put(report, ["action.hacking"]).data


def test_a_marking_is_not_lost() -> None:
    report = Report(
        digest="sha256:00", format="text", text="x", marking=Marking(tlp="TLP:RED", pap="PAP:AMBER")
    )
    (again,) = read(put(report).data, "r.json")
    assert again.marking == report.marking


def test_an_exercise_says_so_first() -> None:
    made = json.loads(put(Report(digest="sha256:00", format="text", text="A flood.", kind="exercise")).data)
    assert made["summary"] == "EXERCISE EXERCISE EXERCISE A flood."


@pytest.mark.parametrize("kind", ["advisory", "indicators", "threat-report", "reference"])
def test_what_tells_of_no_incident_is_refused(kind: Any) -> None:
    with pytest.raises(InputError, match="tells of no incident"):
        put(Report(digest="sha256:00", format="text", kind=kind))


def test_the_sources_own_codes_come_first_and_are_not_lost() -> None:
    tag = Tag(scheme="veris", code="action.malware.variety.Ransomware", raw="x", at="/")
    made = json.loads(put(Report(digest="sha256:00", format="misp", tags=(tag,)), ["action.malware"]).data)
    assert made["action"] == {"malware": {"variety": ["Ransomware"], "vector": ["Unknown"]}}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9999) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)
_UNKNOWN = st.dictionaries(st.text(max_size=9).map(lambda name: f"x_{name}"), _JSON, max_size=4)


@given(_UNKNOWN, _UNKNOWN, st.lists(st.sampled_from(codes()), max_size=4))
def test_reading_and_writing_keeps_every_member_that_is_not_understood(
    top: dict[str, Any], plus: dict[str, Any], found: list[str]
) -> None:
    original = record(plus=plus, **top)
    (report,) = read(json.dumps(original).encode(), "r.json")
    document = copy.deepcopy(original)
    assert json.loads(put(report, found, document).data) == original
    assert document == original


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at {CORPUS}")
def test_every_real_record_comes_back_whole_but_for_who_did_it() -> None:
    kept = 0
    for path in sorted((CORPUS / "veris").iterdir()):
        original = json.loads(path.read_bytes())
        try:
            (report,) = read(path.read_bytes(), path.name)
        except InputError:
            continue
        written = put(report, ["action.unknown"], original)
        made = json.loads(written.data)
        held, again = original.get("incident", original), made.get("incident", made)
        same = {name for name in held if name not in ("actor", "campaign_id")}
        assert {name: again[name] for name in same} == {name: held[name] for name in same}
        assert set(again) <= set(held)
        if report.withheld:
            assert [loss.at for loss in written.losses] == ["withheld"]
            (reread,) = read(written.data, path.name)
            assert not reread.withheld
        kept += 1
    assert kept


def test_codes_are_added_where_the_record_has_none() -> None:
    original = record(action={}, attribute={}, asset={})
    (report,) = read(json.dumps(original).encode(), "r.json")
    found = ["action.error.variety.Misdelivery", "attribute.availability.variety.Loss"]
    made = json.loads(put(report, found, original).data)
    assert made["action"] == {"error": {"variety": ["Misdelivery"], "vector": ["Unknown"]}}
    assert made["attribute"] == {"availability": {"variety": ["Loss"]}}
