"""Facts files of duties: what they may say, and that every fault is told at once with its place and remedy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from shipped import duties, facts, moment, situation, words

from proxeny.base.errors import InputError

CONTRACT = """
facts_version: 1
context: test
actors: {XA: {kind: state}, op1: {kind: entity, state: XA, roles: [nis2_entity]}}
roles: {affected_state: [XA]}
calendars: {XA: {tz: UTC, weekend: [sat, sun], holidays: [2026-04-06]}}
parties: {eu.nis2: [{state: XA, act: transposition, in_force: 2024-10-18, source: test}]}
facts: {malicious: unknown}
states: {}            # impact facts of "Identify", where they matter
events:
- {event: aware, of: significant_incident, by: op1, at: 2026-03-02T08:00Z, source: m1}   # optional: to, known_at
expect:               # optional; lists are subsets
- {at: 2026-03-02T12:00Z, state: XA, due: [{row: D074, bearer: op1, by: 2026-03-03T08:00Z}], absent: [D084]}
"""


def test_the_file_of_the_contract_is_read() -> None:
    found = situation(CONTRACT)
    assert found.actors["XA"].roles == {"affected_state"}
    assert found.events[0].known_at == found.events[0].at == moment("2026-03-02T08:00Z")
    assert found.expect[0].lists["due"][0]["by"] == moment("2026-03-03T08:00Z")


def test_json_is_read_as_well() -> None:
    plain = yaml.load(CONTRACT, Loader=yaml.BaseLoader)
    plain["facts_version"] = 1
    assert situation(json.dumps(plain)).events == situation(CONTRACT).events


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("facts_version: 1", "facts_version: 2", "not facts_version 1"),
        ("kind: state", "kind: country", "'country' is no kind of actor"),
        ("[nis2_entity]", "[nis_entity]", "'nis_entity' is no role"),
        ("{affected_state: [XA]}", "{afected_state: [XA]}", "unknown key 'afected_state'"),
        ("{affected_state: [XA]}", "{affected_state: [XB]}", "'XB' is no actor of this file"),
        ("{affected_state: [XA]}", "{affected_state: [op1]}", "op1 is no State and cannot be affected_state"),
        ("state: XA, roles", "state: Xa, roles", "'Xa' is no State code"),
        ("tz: UTC", "tz: Mars/Base", "'Mars/Base' is no time zone"),
        ("[sat, sun]", "[saturday]", "'saturday' is no day"),
        ("[sat, sun]", "[mon, tue, wed, thu, fri, sat, sun]", "a week without a working day"),
        ("2026-04-06", "2026-04-31", "'2026-04-31' is no day"),
        ("eu.nis2:", "eu.nis3:", "unknown key 'eu.nis3'"),
        ("act: transposition", "act: adoption", "'adoption' is no act of a State"),
        (", source: test}", "}", "without source"),
        ("malicious: unknown", "malicious: perhaps", "'perhaps' is no answer"),
        ("malicious: unknown", "guilty: yes", "unknown key 'guilty'"),
        ("states: {}", "states: {XA: {deaths: many}}", "deaths is not a number"),
        ("event: aware", "event: attacked", "'attacked' is no event"),
        ("of: significant_incident, ", "", "without of"),
        ("of: significant_incident", "of: incidents", "'incidents' is no of"),
        ("by: op1, at", "by: op2, at", "'op2' is no actor of this file"),
        ("2026-03-02T08:00Z,", "2026-03-02T08:00,", "has no offset"),
        ("source: m1}", "source: m1, known_at: 2026-03-01T08:00Z}", "known before it happened"),
        ("source: m1}", "source: m1, to: nobody}", "neither an actor of this file nor a role"),
        ("absent: [D084]", "missing: [D084]", "unknown key 'missing'"),
        ("bearer: op1, by", "holder: op1, by", "unknown key 'holder'"),
        ("context: test", "context: test\ncontext: again", "the key 'context' stands twice"),
        ("2026-03-02T08:00Z,", "9999-12-31T23:00Z,", "the year 9999"),
        ("2024-10-18", "9999-12-31", "'9999-12-31' is no day"),
        ("source: m1}", 'source: "\\e[31mm1"}', "characters that are no text"),
        ("source: m1}", 'source: "\\u202em1"}', "characters that are no text"),
        ("by: op1, at", "by: nis2_entity, at", "nis2_entity is a role, held by op1"),
    ],
)
def test_a_fault_is_told_with_its_place(old: str, new: str, message: str) -> None:
    assert old in CONTRACT
    with pytest.raises(InputError) as caught:
        situation(CONTRACT.replace(old, new, 1))
    (fault,) = [fault for fault in caught.value.faults if message in fault.message]
    assert "line" in fault.place
    assert fault.remedy


def test_all_faults_are_told_at_once() -> None:
    text = CONTRACT.replace("nis2_entity", "bank").replace("aware", "attacked").replace("malicious", "evil")
    with pytest.raises(InputError) as caught:
        situation(text)
    assert len(caught.value.faults) == 3


A = {"XA": {"kind": "state"}, "c": {"kind": "entity", "state": "XA", "roles": ["controller"]}}


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"facts": {"risk_unlikely": "yes", "high_risk": "yes"}}, "cannot both be yes"),
        (
            {
                "events": [
                    {"event": "occurred", "by": "c", "at": "2026-03-02T09:00Z"},
                    {"event": "aware", "of": "incident", "by": "c", "at": "2026-03-02T08:00Z"},
                ]
            },
            "before it occurred",
        ),
        (
            {
                "events": [
                    {"event": "aware", "of": "incident", "by": "c", "at": "2026-03-02T08:00Z", "source": "m"},
                    {"event": "aware", "of": "incident", "by": "c", "at": "2026-03-02T07:00Z", "source": "m",
                     "known_at": "2026-03-02T08:00Z"},
                ]
            },
            "told twice, and not alike",
        ),
        (
            {
                "events": [
                    {"event": "classified", "as": word, "by": "c", "at": "2026-03-02T08:00Z"}
                    for word in ("major", "not_major")
                ]
            },
            "twice at 2026-03-02T08:00:00Z, and not alike",
        ),
        (
            {"facts": {"ongoing": "yes"}, "events": [{"event": "handled", "by": "c", "at": "2026-03-02T09:00Z"}]},
            "handled and ongoing",
        ),
        (
            {
                "parties": {
                    "eu.nis2": [
                        {"state": "XA", "act": "transposition", "in_force": day, "source": "test"}
                        for day in ("2024-10-18", "2025-10-18")
                    ]
                }
            },
            "two days of entry into force",
        ),
    ],
)  # fmt: skip
def test_contradictory_facts_are_refused_with_their_place(sections: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        situation(facts(actors=A, **sections))
    (fault,) = caught.value.faults
    assert message in fault.message
    assert "line" in fault.place


def test_awareness_is_never_inferred_from_detection() -> None:
    text = CONTRACT.replace("event: aware, of: significant_incident", "event: detected")
    assert not duties(text, "2026-03-02T12:00Z").due


def test_a_role_that_the_file_gives_is_never_widened_by_an_event() -> None:
    both = {"XA": {"kind": "state"}, "XB": {"kind": "state"}}
    asked = [{"event": "received", "what": "assistance", "by": "XA", "at": "2026-03-02T08:00Z", "from": "XB"}]
    assert situation(facts(actors=both, events=asked)).actors["XA"].roles == {"requested_state"}
    told = situation(facts(actors=both, events=asked, roles={"requested_state": ["XB"]}))
    assert told.actors["XA"].roles == frozenset()


def test_the_worked_example_of_the_reference_is_read() -> None:
    root = Path(__file__).parents[2] / "docs" / "reference"
    text = (root / "facts-file-duties.md").read_text(encoding="utf-8")
    example = text.split("```yaml\n")[1].split("```")[0]
    assert situation(example).expect


EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "event": st.sampled_from(sorted(words().events)),
            "by": st.sampled_from(["XA", "XB", "op1", "op2"]),
            "at": st.integers(0, 200).map(lambda h: f"2026-03-{1 + h // 24:02}T{h % 24:02}:00Z"),
        },
        optional={
            "of": st.sampled_from(["incident", "significant_incident", "personal_data_breach"]),
            "as": st.just("major"),
            "what": st.sampled_from(["notification", "initial", "assistance", "clarification", "support"]),
            "to": st.sampled_from(["XA", "XB", "csirt"]),
        },
    ),
    max_size=6,
)
ACTORS = {
    "XA": {"kind": "state"},
    "XB": {"kind": "state"},
    "op1": {"kind": "entity", "state": "XA", "roles": ["nis2_entity", "financial_entity"]},
    "op2": {
        "kind": "entity",
        "state": "XB",
        "roles": ["controller", "reserve_user_a", "trust_service_provider"],
    },
}


@given(EVENTS, st.integers(0, 240))
def test_whatever_happens_a_file_is_refused_or_its_duties_are_consistent(events: list[Any], at: int) -> None:
    when = f"2026-03-{1 + at // 24:02}T{at % 24:02}:00Z"
    try:
        found = duties(facts(actors=ACTORS, events=events), when, None)
    except InputError:
        return
    for duty in (*found.due, *found.recommended, *found.would_apply, *found.open):
        assert (duty.status == "open") == (duty in found.open)
        if duty.by is not None and duty.late_after is not None:
            assert duty.by <= duty.late_after
        if duty.status == "late":
            assert duty.late_after is not None
            assert duty.late_after < moment(when)
        if duty in found.due:
            assert duty.check != "R"


def test_who_received_may_be_told_beside_who_sent() -> None:
    got = {"event": "received", "what": "assistance", "by": "XB", "from": "XA", "at": "2026-03-02T08:00Z"}
    states = {"XA": {"kind": "state"}, "XB": {"kind": "state"}}
    plain, told = (situation(facts(actors=states, events=[e])) for e in (got, got | {"to": "XB"}))
    assert told.events == plain.events
    with pytest.raises(InputError, match="received by one and sent to another"):
        situation(facts(actors=states, events=[got | {"to": "XA"}]))


def test_a_role_that_nobody_holds_may_act() -> None:
    answer = {"event": "acknowledged", "by": "csirt", "at": "2026-03-02T10:00Z", "source": "m3"}
    warning = {"event": "submitted", "what": "early_warning", "by": "op1", "at": "2026-03-02T09:00Z"}
    plain = yaml.load(CONTRACT, Loader=yaml.BaseLoader) | {"facts_version": 1}
    plain["events"] += [warning, answer]
    (duty,) = [d for d in duties(json.dumps(plain), "2026-03-02T12:00Z").due if "D074" in d.rows]
    assert (duty.status, duty.proved_by) == ("discharged", "m3")


@pytest.mark.parametrize("said", ["N", ["N"], "N2", ["N1", "N3"], "yes"])
def test_that_list_n_applies_may_be_written_in_any_of_these_ways(said: object) -> None:
    event = {"event": "assessed", "list": said, "by": "XA", "at": "2026-03-02T08:00Z"}
    found = situation(facts(actors={"XA": {"kind": "state"}}, events=[event]))
    assert found.events[0].attributes["list"] == "yes"


def test_an_incident_that_ran_on_may_be_handled_after_its_progress_report() -> None:
    handled = {"event": "handled", "by": "c", "at": "2026-04-20T07:00Z"}
    progress = {"event": "submitted", "what": "progress", "by": "c", "at": "2026-04-05T07:00Z"}
    assert situation(facts(actors=A, facts={"ongoing": "yes"}, events=[progress, handled])).events


def test_the_text_of_a_reservation_is_kept() -> None:
    act = {"state": "XA", "act": "reservation", "on": "2026-01-11", "text": "Article 3", "source": "test"}
    found = situation(facts(actors={"XA": {"kind": "state"}}, parties={"model-convention": [act]}))
    assert found.parties["model-convention"][0].note == "Article 3"


def test_a_context_that_is_none_of_the_three_is_refused_and_never_taken_for_real() -> None:
    with pytest.raises(InputError, match="'drill' is no context"):
        situation("facts_version: 1\ncontext: drill\nactors: {XA: {kind: state}}\n")
