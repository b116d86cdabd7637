"""National forms: the mapping is strict, nothing is guessed, and what is not mapped is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from table_cases import cases, check

from proxeny.base.errors import InputError
from proxeny.base.wire import DEFAULT_LIMITS
from proxeny.formats.form.mapping import KEYS
from proxeny.formats.form.read import parse_mapping, read, read_rows
from proxeny.formats.form.values import amount_of, flag_of
from proxeny.identify.report import Report

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "nis2-notification"
SCHEMA = ROOT / "docs" / "reference" / "form-mapping.schema.json"


def one(mapping: str, table: str) -> Report:
    (report,) = read(table.encode(), "f.csv", DEFAULT_LIMITS, parse_mapping(mapping.encode(), "m.yaml"))
    return report


@pytest.mark.parametrize("folder", cases("form"), ids=lambda folder: folder.name)
def test_each_case_folder_holds_what_it_promises(folder: Path) -> None:
    check("form", folder)


def test_the_example_says_the_same_as_a_table_and_as_json() -> None:
    mapping = parse_mapping((EXAMPLE / "mapping.yaml").read_bytes(), "mapping.yaml")
    table, _ = read((EXAMPLE / "notification.csv").read_bytes(), "n.csv", DEFAULT_LIMITS, mapping)
    (decoded,) = read((EXAMPLE / "notification.json").read_bytes(), "n.json", DEFAULT_LIMITS, mapping)
    for report in (table, decoded):
        assert report.kind == "exercise"
        assert report.states == ("XA",)
        assert report.marking.tlp == "TLP:AMBER"
        assert {fact.path: fact.value for fact in report.stated}["services.persons"] == 120_000
    for field in ("title", "text", "occurred", "detected", "reported", "sectors", "reporter", "language"):
        assert getattr(table, field) == getattr(decoded, field)
    assert [tag.code for tag in table.tags] == [tag.code for tag in decoded.tags]


def test_the_schema_for_editors_takes_the_example_and_knows_every_key() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load((EXAMPLE / "mapping.yaml").read_text(encoding="utf-8")), schema)
    assert set(schema["properties"]) == set(KEYS)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"mapping": 1, "form": "x", "titel": {"from": "a"}}, schema)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("title: 5", "neither a value nor"),
        ("title: {from: []}", "no name of a column"),
        ("title: {from: a, split: x}", "unknown key 'split'"),
        ("records: notifications", "JSON pointer"),
        ("occurred: yesterday", "a time that is the same"),
        ("tlp: {from: a, values: {x: PURPLE}}", "no label of TLP"),
        ("codes: {from: a, values: {x: 'Bad Code'}}", "neither a code nor a concept"),
        ("indicators: {from: a}", "'type' is missing"),
        ("indicators: {from: a, type: ipv5}", "not known here"),
        ("facts: {from: a}", "'path' is missing"),
        ("withheld: {from: a, kind: person}", "not known here"),
        ("ignore: Page", "not a list"),
        ("language: xx", "no language that is read"),
    ],
)
def test_a_wrong_mapping_is_refused_with_line_and_column(line: str, why: str) -> None:
    with pytest.raises(InputError, match=why) as refused:
        parse_mapping(f"mapping: 1\nform: f\ntext: {{from: t}}\n{line}\n".encode(), "m.yaml")
    assert all(fault.place.startswith("m.yaml, line 4 column ") for fault in refused.value.faults)
    assert all(fault.remedy for fault in refused.value.faults)


def test_a_kind_that_the_form_states_wrongly_is_never_taken_for_an_incident() -> None:
    mapping = "mapping: 1\nform: f\ntitle: {from: t}\nkind: {from: k, values: {drill: exercise}}\n"
    assert one(mapping, "t,k\na,Drill\n").kind == "exercise"
    for value in ("live", ""):
        with pytest.raises(InputError, match="says no kind of report"):
            one(mapping, f"t,k\na,{value}\n")


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-03-05T11:00:00+02:00", "2026-03-05T09:00:00+00:00"),
        ("2026-03-05 11:00", "2026-03-05T10:00:00+00:00"),
        ("2026-03-05", "2026-03-04T23:00:00+00:00"),
    ],
)
def test_a_time_with_its_own_offset_keeps_it_and_a_local_one_gets_the_zone(written: str, moment: str) -> None:
    report = one('mapping: 1\nform: f\nzone: "+01:00"\noccurred: {from: t}\n', f"t,u\n{written},\n")
    assert report.occurred is not None
    assert report.occurred.isoformat() == moment


def test_the_first_name_that_holds_something_gives_the_value() -> None:
    mapping = "mapping: 1\nform: f\ntitle: {from: [a, b]}\n"
    assert one(mapping, "a,b\n,two\n").title == "two"
    assert one(mapping, "a,b\none,two\n").title == "one"


def test_one_entry_by_itself_needs_no_list_around_it() -> None:
    data = json.dumps({"Title": "t", "Distribution": "public"}).encode()
    (report,) = read(data, "n.json", DEFAULT_LIMITS, _MAPPING)
    assert report.title == "t"
    with pytest.raises(InputError, match="no member /notifications"):
        read(b'{"other": 1}', "n.json", DEFAULT_LIMITS, _MAPPING)


def test_a_batch_with_a_poisoned_row_finishes() -> None:
    mapping = parse_mapping(b"mapping: 1\nform: f\noccurred: {from: t}\ntitle: {from: n}\n", "m.yaml")
    data = b't,n\n2026-03-05T11:00Z,a\nsoon,b\n"x\n2026-03-06T11:00Z,c\n'
    found = list(read_rows(data, "f.csv", DEFAULT_LIMITS, mapping))
    assert [isinstance(one, Report) for one in found] == [True, False, False, True]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1500", 1500), ("1 500", 1500), ("1,500", 1500), ("1'500'000", 1_500_000), ("1.5", 1.5),
        ("100-200", (100, 200)), ("100 to 200", (100, 200)), ("unknown", "unknown"), ("1,5", None),
        ("200-100", None), ("some", None), ("", None), ("-5", None),
    ],
)  # fmt: skip
def test_amounts_are_read_as_written_or_not_at_all(text: str, amount: Any) -> None:
    assert amount_of(text) == amount


def test_answers_are_yes_no_or_unknown() -> None:
    assert [flag_of(text) for text in ("Yes", "false", "unknown", "perhaps")] == [
        "yes",
        "no",
        "unknown",
        None,
    ]


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1, max_size=10)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9999) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=6,
)
_MAPPING = parse_mapping((EXAMPLE / "mapping.yaml").read_bytes(), "mapping.yaml")
_NAMES = sorted(name for source in _MAPPING.sources() for name in source.names if not name.startswith("/"))


@given(st.dictionaries(st.sampled_from(_NAMES) | _TEXT, _JSON, max_size=6))
def test_an_entry_with_anything_anywhere_is_read_or_refused(entry: dict[str, Any]) -> None:
    data = json.dumps({"notifications": [entry]}).encode()
    (found,) = read_rows(data, "n.json", DEFAULT_LIMITS, _MAPPING)
    assert isinstance(found, Report) or all(fault.remedy for fault in found)
    msgspec.json.encode(found)


@given(st.dictionaries(_TEXT.filter(lambda name: name not in _NAMES), _TEXT, min_size=1, max_size=5))
def test_every_member_that_the_mapping_does_not_name_is_told_as_lost(extra: dict[str, str]) -> None:
    extra = {f"x{name}": value for name, value in extra.items()}
    (report,) = read(
        json.dumps([{"Title": "t", "Distribution": "public", **extra}]).encode(),
        "n.json",
        DEFAULT_LIMITS,
        msgspec.structs.replace(_MAPPING, records=""),
    )
    assert {loss.at for loss in report.losses} == set(extra)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_mapping_are_refused_by_the_files_name(data: bytes) -> None:
    with pytest.raises(InputError, match=r"m\.yaml"):
        parse_mapping(data, "m.yaml")
