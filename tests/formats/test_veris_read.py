"""VERIS: codes become tags, statements on who did it are withheld, what cannot be held is written down."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxeny.base.errors import InputError
from proxeny.formats.veris.read import read
from proxeny.identify.report import Report


def record(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "schema_version": "1.4.0",
        "incident_id": "demo-1",
        "security_incident": "Suspected",
        "summary": "Records of patients were read through a hole in the web site.",
        "action": {"hacking": {"variety": ["SQLi"], "vector": ["Web application"], "result": ["Exfiltrate"]}},
        "actor": {"external": {"variety": ["Unknown"], "motive": ["Unknown"]}},
        "asset": {"assets": [{"variety": "S - Web application"}]},
        "attribute": {"confidentiality": {"data_disclosure": "Yes", "data_total": 1200}},
        "timeline": {"incident": {"year": 2025, "month": 3, "day": 2}},
        "discovery_method": {"unknown": True},
        "victim": {"country": ["US"], "industry": "622110"},
    }
    made.update(changes)
    return made


def read_one(**changes: Any) -> Report:
    (report,) = read(json.dumps(record(**changes)).encode(), "r.json")
    return report


def read_or_refuse(data: bytes) -> list[Report]:
    try:
        return read(data, "r.json")
    except InputError:
        return []


def codes(report: Report, scope: str = "event") -> set[str]:
    return {tag.code for tag in report.tags if tag.scope == scope}


def losses(report: Report) -> dict[str, str]:
    return {loss.at: loss.why for loss in report.losses}


def stated(report: Report) -> dict[str, Any]:
    return {fact.path: fact.value for fact in report.stated}


def test_codes_become_tags_in_the_dotted_form_with_their_pointer() -> None:
    report = read_one()
    assert {
        "action.hacking",
        "action.hacking.variety.SQLi",
        "action.hacking.vector.Web application",
        "actor.external",
        "asset.assets.variety.S - Web application",
        "attribute.confidentiality",
        "attribute.confidentiality.data_disclosure.Yes",
        "security_incident.Suspected",
    } <= codes(report)
    assert "action.hacking.result.Exfiltrate" in codes(report, "part")
    at = {tag.code: tag.at for tag in report.tags}
    assert at["action.hacking.variety.SQLi"] == "/action/hacking/variety/0"
    assert {tag.scheme for tag in report.tags} == {"veris"}


def test_the_report_holds_text_states_sectors_times_and_the_sources_own_confidence() -> None:
    report = read_one(confidence="High", notes="Closed.")
    assert report.text == "Records of patients were read through a hole in the web site.\n\nClosed."
    assert report.title == "Records of patients were read through a hole in the web site."
    assert (report.states, report.sectors) == (("US",), ("naics:622110",))
    assert report.occurred is not None
    assert report.occurred.isoformat() == "2025-03-02T00:00:00+00:00"
    assert (report.source_id, report.confidence, report.kind) == ("demo-1", "High", "incident")
    assert read_one().confidence == "Suspected"


def test_who_did_it_is_withheld_and_never_a_tag_nor_text() -> None:
    report = read_one(
        actor={
            "external": {
                "variety": ["State-affiliated", "Nation-state", "Organized crime", "Customer"],
                "motive": ["Espionage"],
                "country": ["XA", "Unknown"],
                "region": ["150039"],
                "name": ["Nobody"],
                "notes": "They say it was Nobody.",
            },
            "partner": {"country": ["XB"], "motive": ["NA"]},
        },
        campaign_id="Operation Nothing",
    )
    assert {(item.kind, item.value) for item in report.withheld} == {
        ("actor", "State-affiliated"),
        ("actor", "Nation-state"),
        ("actor", "Organized crime"),
        ("actor", "Nobody"),
        ("actor", "They say it was Nobody."),
        ("motive", "Espionage"),
        ("actor-country", "XA"),
        ("actor-country", "150039"),
        ("actor-country", "XB"),
        ("campaign", "Operation Nothing"),
    }
    kept = msgspec.json.encode(msgspec.structs.replace(report, withheld=())).decode()
    for word in (
        "State-affiliated",
        "Nation-state",
        "Organized crime",
        "Nobody",
        "Espionage",
        "XA",
        "XB",
        "Nothing",
    ):
        assert word not in kept
    assert {"actor.external", "actor.partner", "actor.external.variety.Customer"} <= codes(report)


def test_numbers_of_records_hours_and_money_are_stated_with_words_and_the_one_state() -> None:
    report = read_one(
        attribute={
            "confidentiality": {
                "data_disclosure": "Yes",
                "data_total": 1200,
                "data": [{"variety": "Medical"}],
            },
            "availability": {"variety": ["Interruption"], "duration": {"unit": "Days", "value": 2}},
        },
        impact={"overall_rating": "Damaging", "iso_currency_code": "USD", "overall_amount": 5000},
    )
    assert stated(report) == {
        "records.persons": 1200,
        "records.sensitive": "yes",
        "services.hours": 48,
        "loss_usd": 5000,
    }
    assert {fact.state for fact in report.stated} == {"US"}
    assert "Damaging" in losses(report)["/impact/overall_rating"]
    two = read_one(victim={"country": ["US", "CA"]})
    assert {fact.state for fact in two.stated} == {None}


def test_amounts_by_kind_of_data_give_an_interval_and_no_disclosure_gives_none() -> None:
    data = [{"variety": "Personal", "amount": 10}, {"variety": "Payment", "amount": 4}]
    yes = read_one(attribute={"confidentiality": {"data_disclosure": "Yes", "data": data}})
    assert stated(yes)["records.persons"] == (10, 14)
    no = read_one(attribute={"confidentiality": {"data_disclosure": "No", "data_total": 9, "data": data}})
    assert stated(no) == {}


def test_credentials_are_sensitive_only_where_they_are_a_states() -> None:
    attribute = {"confidentiality": {"data_disclosure": "Yes", "data": [{"variety": "Credentials"}]}}
    assert "records.sensitive" not in stated(read_one(attribute=attribute))
    government = {"country": ["US"], "industry": "921190"}
    assert stated(read_one(attribute=attribute, victim=government))["records.sensitive"] == "yes"


def test_money_in_another_currency_is_a_loss_not_a_fact() -> None:
    report = read_one(impact={"overall_rating": "Painful", "iso_currency_code": "EUR", "overall_amount": 10})
    assert "loss_usd" not in stated(report)
    assert "EUR" in losses(report)["/impact"]


@pytest.mark.parametrize(
    ("incident", "why"),
    [({"year": 2014}, "only 2014"), ({"year": 2014, "month": 2}, "only 2014-02"),
     ({"year": 2014, "month": 2, "day": 30}, "exists")],
)  # fmt: skip
def test_less_than_a_date_or_a_day_that_never_was_is_a_loss(incident: dict[str, int], why: str) -> None:
    report = read_one(timeline={"incident": incident})
    assert report.occurred is None
    assert why in losses(report)["/timeline/incident"]


def test_what_the_schema_forbids_but_can_be_read_is_a_loss() -> None:
    report = read_one(
        action={
            "misuse": {"variety": [], "vector": ["Other", "Other"], "notes": "", "test": "x"},
            "magic": {},
        },
        unheard="x",
        timeline=None,
    )
    found = losses(report)
    assert "empty" in found["/action/misuse/variety"]
    assert "twice" in found["/action/misuse/vector/1"]
    assert "empty" in found["/action/misuse/notes"]
    assert "no member" in found["/action/misuse/test"]
    assert "no VERIS action" in found["/action/magic"]
    assert "no member" in found["/unheard"]
    assert any("no timeline" in loss.why for loss in report.losses)
    assert [code for code in codes(report) if code.startswith("action.")].count(
        "action.misuse.vector.Other"
    ) == 1


def test_all_wrong_types_are_told_at_once_with_pointer_and_remedy() -> None:
    data = record(asset={"assets": [3], "country": [1337]}, summary=5, ioc={}, discovery_method=7)
    with pytest.raises(InputError) as refused:
        read(json.dumps(data).encode(), "r.json")
    places = {fault.place for fault in refused.value.faults}
    assert places == {
        "r.json/asset/assets/0",
        "r.json/asset/country/0",
        "r.json/summary",
        "r.json/ioc",
        "r.json/discovery_method",
    }
    assert all(fault.remedy for fault in refused.value.faults)


@pytest.mark.parametrize("wrap", [
    lambda records: json.dumps(records),
    lambda records: json.dumps({"incidents": records}),
    lambda records: "\n".join(json.dumps(item) for item in records),
])  # fmt: skip
def test_a_list_a_wrapper_and_json_lines_give_one_report_a_record(wrap: Any) -> None:
    reports = read(wrap([record(), record(incident_id="demo-2")]).encode(), "r.json")
    assert [report.source_id for report in reports] == ["demo-1", "demo-2"]
    assert len({report.part for report in reports}) == 2
    assert len({report.digest for report in reports}) == 1


def test_a_case_of_the_veris_test_suite_is_a_test_not_an_incident() -> None:
    data = json.dumps({"incident": record(), "message": "test should fail.", "should": "fail"}).encode()
    assert [report.kind for report in read(data, "r.json")] == ["test"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ('{"$schema": "x", "properties": {"security_incident": {}}}', "the VERIS schema"),
        ('{"security_incident": {"Confirmed": "Yes"}}', "labels or enumerations"),
        ('{"actor": {}}', "no member 'action'"),
        ("[]", "no VERIS record"),
        ("[3]", "no VERIS record"),
        ("3", "no VERIS record"),
    ],
)
def test_what_is_no_record_is_refused_by_name(data: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read(data.encode(), "r.json")


def test_forms_of_older_versions_are_read() -> None:
    report = read_one(
        action={"Unknown": {}},
        discovery_method="Int - unknown",
        victim=[{"country": "FR"}, {"country": ["DE"]}],
        asset={"assets": [], "cloud": "Other", "country": "US"},
    )
    assert "action.unknown" in codes(report)
    assert report.states == ("FR", "DE")
    assert "discovery_method.Int - unknown" in codes(report, "part")


def test_indicators_of_compromise_and_cves_are_found() -> None:
    report = read_one(
        action={"hacking": {"variety": ["Exploit vuln"], "vector": ["Other"], "cve": "CVE-2021-44228"}},
        ioc=[{"indicator": "198[.]51[.]100[.]7"}, {"indicator": "a mutex"}],
    )
    assert {(item.type, item.value) for item in report.indicators} == {
        ("cve", "CVE-2021-44228"),
        ("ipv4", "198.51.100.7"),
        ("other", "a mutex"),
    }


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9999) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)
_PATHS = [
    ["action"], ["action", "hacking"], ["action", "hacking", "variety"], ["actor"], ["actor", "external"],
    ["actor", "external", "motive"], ["asset"], ["asset", "assets"], ["attribute"], ["plus"], ["impact"],
    ["attribute", "confidentiality"], ["attribute", "confidentiality", "data"], ["timeline"], ["victim"],
    ["timeline", "incident"], ["timeline", "incident", "day"], ["ioc"], ["discovery_method"], ["summary"],
]  # fmt: skip


@given(st.sampled_from(_PATHS), _JSON)
def test_a_record_with_anything_anywhere_is_read_or_refused(path: list[str], value: Any) -> None:
    data = record()
    node = data
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    msgspec.json.encode(read_or_refuse(json.dumps(data).encode()))
