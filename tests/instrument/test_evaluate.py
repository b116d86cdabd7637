"""The interpreter: statuses, standing, parties, time and knowledge, unknown facts."""

from __future__ import annotations

import datetime as dt
from itertools import product
from typing import Any, ClassVar

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from shipped import duties, everywhere, facts, library, moment, of_row, situation, words

from proxeny.base.errors import InputError
from proxeny.instrument.duty import LISTS
from proxeny.instrument.evaluate import evaluate, inquire, outcomes
from proxeny.instrument.library import Library
from proxeny.instrument.norm import All, Any_, Condition, FactIs, Instrument, Norm, Not, Register
from proxeny.instrument.norm_file import parse_norm
from proxeny.instrument.scene import Party, Scene
from proxeny.instrument.situation import Situation
from proxeny.instrument.truth import judge

STATES = {"XA": {"kind": "state"}, "XB": {"kind": "state"}}


def small(*norms: dict[str, Any], **instrument: Any) -> Library:
    """A library of a few norms of one instrument."""
    own = {
        "id": "t",
        "title": "T",
        "bound_by": "every_state",
        "standing": "political",
        "check": "S",
        "url": "u",
    }
    found: list[Norm] = []
    for number, values in enumerate(norms):
        norm = {
            "id": f"t.{number}",
            "provision": {"at": str(number), "url": "https://example.org"},
            "check": "S",
            "standing": "binding-in-force",
            "modality": "obligation",
            "bearer": "requested_state",
            "counterparty": "requesting_state",
            "valid": [{"from": "2020-01-01"}],
            "action": "reply",
            "when": {"event": "received", "what": "assistance"},
            "discharge": {"event": "replied"},
        } | values
        found += parse_norm(yaml.safe_dump(norm).encode(), f"{number}.yaml", words(), "t")
    return Library(words(), {"t": msgspec.convert(own | instrument, Instrument)}, tuple(found))


def asked(*more: dict[str, Any], **sections: Any) -> str:
    """XB has received XA's request for assistance on 2 March at eight, and what else happened."""
    got = {
        "event": "received",
        "what": "assistance",
        "by": "XB",
        "from": "XA",
        "at": "2026-03-02T08:00Z",
        "source": "m1",
    }
    return facts(actors=STATES, events=[got, *more], **sections)


def event(name: str, by: str, at: str, **more: Any) -> dict[str, Any]:
    """An event of March 2026, its time written as 02T08:00."""
    return {"event": name, "by": by, "at": f"2026-03-{at}Z", "source": f"s-{name}", **more}


DAY = {"deadline": {"within": {"hours": 24, "after": "trigger"}}}


class TestStatus:
    @staticmethod
    def status(norm: dict[str, Any], at: str, *events: dict[str, Any]) -> str:
        (duty,) = duties(asked(*events), f"2026-03-{at}Z", "XB", lib=small(DAY | norm)).due
        return duty.status

    def test_due_until_the_limit_and_late_after_it(self) -> None:
        assert self.status({}, "03T08:00") == "due"
        assert self.status({}, "03T08:01") == "late"

    def test_discharged_in_time_and_late(self) -> None:
        assert self.status({}, "05T00:00", event("replied", "XB", "03T08:00")) == "discharged"
        assert self.status({}, "05T00:00", event("replied", "XB", "03T08:01")) == "discharged_late"

    def test_what_happened_later_has_not_happened_yet(self) -> None:
        assert self.status({}, "03T00:00", event("replied", "XB", "03T07:00")) == "due"

    def test_somebody_else_discharges_nothing(self) -> None:
        assert self.status({}, "05T00:00", event("replied", "XA", "03T07:00")) == "late"

    def test_a_reply_before_the_request_discharges_nothing(self) -> None:
        assert self.status({}, "02T09:00", event("replied", "XB", "01T07:00")) == "due"

    def test_refused_with_a_ground_where_the_norm_allows_it(self) -> None:
        refused = event("refused", "XB", "02T09:00", ground="no_capacity")
        assert self.status({"refusal": {"event": "refused"}}, "05T00:00", refused) == "refused_with_ground"
        assert self.status({}, "05T00:00", refused) == "late"
        other = {"refusal": {"event": "refused", "ground": ["essential_security"]}}
        assert self.status(other, "05T00:00", refused) == "late"

    def test_a_refusal_without_a_ground_refuses_nothing_and_asks_for_it(self) -> None:
        text = asked(event("refused", "XB", "02T09:00"))
        (duty,) = duties(
            text, "2026-03-02T10:00Z", "XB", lib=small(DAY | {"refusal": {"event": "refused"}})
        ).due
        assert (duty.status, duty.needs) == ("due", ("ground",))

    def test_lapsed_when_the_request_is_withdrawn(self) -> None:
        norm = {"lapse": {"event": "revoked", "what": "assistance", "by": "counterparty"}}
        assert (
            self.status(norm, "05T00:00", event("revoked", "XA", "02T09:00", what="assistance")) == "lapsed"
        )
        late = event("revoked", "XA", "04T09:00", what="assistance")
        assert self.status(norm, "05T00:00", event("replied", "XB", "02T10:00"), late) == "discharged"

    def test_disputed_by_a_side_that_names_it_while_the_clock_runs(self) -> None:
        assert self.status({}, "05T00:00", event("disputed", "XB", "02T09:00", duty="t.0")) == "disputed"
        assert self.status({}, "05T00:00", event("disputed", "XB", "02T09:00", duty="t.1")) == "late"

    def test_reasons_count_when_given_in_the_time_for_them(self) -> None:
        norm = {"late_reason": {"given": "before_limit", "source": "test"}}
        assert self.status(norm, "05T00:00", event("delay_explained", "XB", "03T07:00")) == "late_with_reason"
        assert self.status(norm, "05T00:00", event("delay_explained", "XB", "03T09:00")) == "late"
        assert self.status({}, "05T00:00", event("delay_explained", "XB", "03T07:00")) == "late"

    def test_a_vague_term_never_turns_late_and_warns_after_the_desks_time(self) -> None:
        lib = small({"deadline": {"vague": "forthwith"}})
        found = situation(asked(), lib=lib)
        late = moment("2027-03-02T08:00Z")
        (plain,) = evaluate(inquire(lib, found, late), "XB").due
        assert (plain.status, plain.by, plain.late_after, plain.warn) == ("due", None, None, False)
        warned = inquire(lib, found, late, warn_after={"forthwith": dt.timedelta(hours=2)})
        assert evaluate(warned, "XB").due[0].warn

    def test_a_target_where_possible_never_turns_late(self) -> None:
        target = {"deadline": {"within": {"hours": 24, "after": "trigger"}, "where_possible": "yes"}}
        assert self.status(target, "30T00:00") == "due"

    @pytest.mark.parametrize("modality", ["prohibition", "permission"])
    def test_prohibitions_and_permissions_only_stand(self, modality: str) -> None:
        stands = {"modality": modality, "deadline": None}
        norm = {key: value for key, value in stands.items() if value is not None}
        lib = small(norm)
        (duty,) = duties(asked(event("replied", "XB", "02T09:00")), "2026-03-05T00:00Z", "XB", lib=lib).due
        assert duty.status == "standing"

    def test_the_earlier_and_the_later_of_two_anchors(self) -> None:
        two = [{"hours": 4, "after": "trigger"}, {"hours": 1, "after": {"event": "recovered"}}]
        for pick, by, late in (("min", "02T12:00", "02T12:00"), ("max", "02T12:00", None)):
            lib = small({"deadline": {"within": {pick: two}}})
            (duty,) = duties(asked(), "2026-03-02T09:00Z", "XB", lib=lib).due
            assert duty.by == moment(f"2026-03-{by}Z")
            assert duty.late_after == (moment(f"2026-03-{late}Z") if late else None)
            (duty,) = duties(
                asked(event("recovered", "XB", "02T20:00")), "2026-03-02T21:00Z", "XB", lib=lib
            ).due
            assert duty.by == moment("2026-03-02T12:00Z" if pick == "min" else "2026-03-02T21:00Z")


class TestTrigger:
    TWICE = event("received", "XB", "04T08:00", what="assistance", **{"from": "XA"})

    def limits(self, take: str) -> list[str]:
        found = duties(asked(self.TWICE), "2026-03-05T00:00Z", "XB", lib=small(DAY | {"take": take})).due
        return [f"{duty.by:%dT%H}" for duty in found]

    def test_the_first_event_counts_unless_the_norm_says_latest_or_each(self) -> None:
        assert self.limits("first") == ["03T08"]
        assert self.limits("latest") == ["05T08"]
        assert self.limits("each") == ["03T08", "05T08"]

    def test_a_request_of_each_state_is_a_duty_of_its_own(self) -> None:
        actors = STATES | {"XC": {"kind": "state"}}
        got = [event("received", "XB", "02T08:00", what="assistance", **{"from": s}) for s in ("XA", "XC")]
        text = facts(actors=actors, events=got)
        found = duties(text, "2026-03-02T09:00Z", "XB", lib=small(DAY)).due
        assert {(duty.bearer, duty.counterparty) for duty in found} == {("XB", "XA"), ("XB", "XC")}


class TestStanding:
    def lists(self, standing: str, check: str = "S", **more: Any) -> dict[str, int]:
        found = duties(
            asked(), "2026-03-02T09:00Z", "XB", lib=small({"standing": standing, "check": check} | more)
        )
        return {name: len(getattr(found, name)) for name in (*LISTS, "reference") if getattr(found, name)}

    @pytest.mark.parametrize(
        ("standing", "expected"),
        [
            ("binding-in-force", {"due": 1}),
            ("binding-EU", {"due": 1}),
            ("political", {"recommended": 1}),
            ("adopted-not-in-force", {"would_apply": 1}),
            ("proposed", {"would_apply": 1}),
            ("model-other-field", {"reference": 1}),
            ("ILC-articles", {"reference": 1}),
            ("private-standard", {"reference": 1}),
            ("use-of-force", {"reference": 1}),
            ("position", {}),
        ],
    )
    def test_the_standing_decides_the_list(self, standing: str, expected: dict[str, int]) -> None:
        assert self.lists(standing) == expected

    def test_an_unverified_norm_is_never_due(self) -> None:
        assert self.lists("binding-in-force", "R") == {"open": 1}
        assert self.lists("political", "R") == {"recommended": 1}

    def test_before_its_day_a_binding_norm_would_apply_and_after_its_end_it_is_gone(self) -> None:
        assert self.lists("binding-in-force", valid=[{"from": "2026-03-03"}]) == {"would_apply": 1}
        assert self.lists("political", valid=[{"from": "2026-03-03"}]) == {}
        assert self.lists("binding-in-force", valid=[{"from": "2020-01-01", "until": "2026-03-02"}]) == {}

    def test_the_law_is_that_of_the_triggers_time(self) -> None:
        later = {"from": "2026-03-03", "changes": {"deadline": {"within": {"hours": 12, "after": "trigger"}}}}
        lib = small(DAY | {"valid": [{"from": "2020-01-01", "until": "2026-03-03"}, later]})
        (duty,) = duties(asked(), "2026-03-09T00:00Z", "XB", lib=lib).due
        assert duty.by == moment("2026-03-03T08:00Z")
        moved = asked().replace("2026-03-02T08:00Z", "2026-03-03T08:00Z")
        (duty,) = duties(moved, "2026-03-09T00:00Z", "XB", lib=lib).due
        assert duty.by == moment("2026-03-03T20:00Z")


class TestParties:
    @staticmethod
    def lists(
        *acts: dict[str, Any], as_of: dt.date | None = None, standing: str = "binding-in-force"
    ) -> list[str]:
        lib = small({"standing": standing}, bound_by="parties")
        own = msgspec.structs.replace(lib.instruments["t"], register=Register(as_of=as_of, source="test"))
        lib = msgspec.structs.replace(lib, instruments={"t": own})
        given_ = [{"act": "accession", "source": "test", **act} for act in acts]
        found = duties(asked(parties={"t": given_}), "2026-03-02T09:00Z", "XB", lib=lib)
        return [name for name in LISTS if getattr(found, name)]

    A: ClassVar[dict[str, Any]] = {"state": "XA", "in_force": "2025-01-01"}
    B: ClassVar[dict[str, Any]] = {"state": "XB", "in_force": "2025-01-01"}

    def test_due_only_when_in_force_for_both(self) -> None:
        assert self.lists(self.A, self.B) == ["due"]

    def test_silence_means_unknown_after_the_registers_day_and_no_before_it(self) -> None:
        assert self.lists(self.B) == ["open"]
        assert self.lists(self.B, as_of=dt.date(2026, 3, 1)) == ["open"]
        assert self.lists(self.B, as_of=dt.date(2026, 3, 2)) == []

    def test_a_later_entry_into_force_would_apply_and_a_withdrawal_ends_it(self) -> None:
        assert self.lists(self.A, self.B | {"in_force": "2026-03-03"}) == ["would_apply"]
        gone = {"state": "XA", "act": "withdrawal", "in_force": "2026-03-01"}
        assert self.lists(self.A, self.B, gone) == []
        assert self.lists(self.A, self.B, gone | {"in_force": "2026-03-03"}) == ["due"]

    def test_an_act_without_its_day_leaves_it_open(self) -> None:
        assert self.lists(self.A, {"state": "XB"}) == ["open"]

    def test_a_signature_does_not_bind(self) -> None:
        assert self.lists(self.A, {"state": "XB", "act": "signature", "on": "2025-01-01"}) == ["open"]

    def test_a_proposed_instrument_is_due_between_those_for_whom_it_is_in_force(self) -> None:
        assert self.lists(self.A, self.B, standing="proposed") == ["due"]
        assert self.lists(self.B, standing="proposed") == ["would_apply"]


class TestKnowledge:
    TEXT = asked(event("replied", "XB", "02T20:00", known_at="2026-03-04T10:00Z"))

    def status(self, at: str, known_at: str | None) -> list[str]:
        known = known_at and f"2026-03-{known_at}Z"
        return [d.status for d in duties(self.TEXT, f"2026-03-{at}Z", "XB", known, lib=small(DAY)).due]

    def test_at_sets_the_status_and_known_at_the_knowledge(self) -> None:
        assert self.status("05T00:00", None) == ["discharged"]
        assert self.status("05T00:00", "04T09:00") == ["late"]
        assert self.status("05T00:00", "04T10:00") == ["discharged"]
        assert self.status("02T12:00", None) == ["due"]
        assert self.status("05T00:00", "02T07:59") == []

    @given(st.integers(0, 96), st.integers(0, 96), st.integers(0, 96))
    def test_what_is_learnt_later_changes_nothing_known_earlier(
        self, at: int, known: int, learnt: int
    ) -> None:
        start = moment("2026-03-02T00:00Z")
        lib = small(DAY)
        when = start + dt.timedelta(hours=known)
        late = event(
            "replied", "XB", "02T20:00", known_at=(when + dt.timedelta(hours=1 + learnt)).isoformat()
        )
        if moment(late["known_at"]) < moment(late["at"]):
            return
        moments = start + dt.timedelta(hours=at), when
        before = evaluate(inquire(lib, situation(asked(), lib=lib), *moments), "XB")
        assert evaluate(inquire(lib, situation(asked(late), lib=lib), *moments), "XB") == before


class TestAddressee:
    TEXT = """
facts_version: 1
actors: {XA: {kind: state}, op1: {kind: entity, state: XA, roles: [nis2_entity, controller]}}
parties: {eu.nis2: [{state: XA, act: transposition, in_force: 2024-10-18, source: test}]}
events:
- {event: aware, of: significant_incident, by: op1, at: 2026-03-02T08:00Z, source: m1}
- {event: aware, of: personal_data_breach, by: op1, at: 2026-03-02T08:00Z, source: m2}
- {event: submitted, what: notification, by: op1, at: 2026-03-03T08:00Z, source: m3}
"""

    def statuses(self, text: str) -> dict[str, tuple[str, tuple[str, ...]]]:
        found = duties(text, "2026-03-04T00:00Z")
        return {row: (d.status, d.needs) for row in ("D075", "D090") for d in everywhere(found, row)}

    def test_one_notification_never_discharges_two_duties_towards_different_authorities(self) -> None:
        asked_ = ("due", ("to of m3",))
        assert self.statuses(self.TEXT) == {"D075": asked_, "D090": asked_}

    def test_with_its_addressee_it_discharges_the_one(self) -> None:
        named = self.TEXT.replace(
            "by: op1, at: 2026-03-03", "by: op1, to: supervisory_authority, at: 2026-03-03"
        )
        assert self.statuses(named) == {"D075": ("due", ()), "D090": ("discharged", ())}


FACTS = ("malicious", "ci_hit", "ongoing")
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    st.builds(FactIs, st.sampled_from(FACTS)),
    lambda inner: (
        st.builds(All, st.lists(inner, min_size=1, max_size=3).map(tuple))
        | st.builds(Any_, st.lists(inner, min_size=1, max_size=3).map(tuple))
        | st.builds(Not, inner)
    ),
    max_leaves=8,
)


def judged(condition: Condition, said: dict[str, str]) -> str:
    """What a condition gives by these facts."""
    nobody = Party("XA", None, frozenset())
    plain = Situation(name="t", context="", actors={}, facts=said)
    return judge(condition, Scene(words(), plain, (), nobody, nobody)).value


@given(CONDITIONS, st.fixed_dictionaries({name: st.sampled_from(("yes", "no", "unknown")) for name in FACTS}))
def test_what_is_known_under_unknown_facts_holds_whatever_they_are(
    condition: Condition, said: dict[str, str]
) -> None:
    value = judged(condition, said)
    if value == "unknown":
        return
    choices = [("yes", "no") if said[name] == "unknown" else (said[name],) for name in FACTS]
    for answers in product(*choices):
        assert judged(condition, dict(zip(FACTS, answers, strict=True))) == value


@given(CONDITIONS, st.fixed_dictionaries({name: st.sampled_from(("yes", "no")) for name in FACTS}))
def test_with_all_facts_known_nothing_is_unknown(condition: Condition, said: dict[str, str]) -> None:
    assert judged(condition, said) != "unknown"


@pytest.mark.parametrize("norm", library().norms, ids=lambda norm: norm.id)
def test_every_norm_is_held_against_an_empty_situation_without_a_duty_in_time(norm: Norm) -> None:
    plain = situation(facts(actors=STATES))
    for outcome in outcomes(inquire(library(), plain, moment("2026-03-02T08:00Z")), norm):
        assert outcome.list == "absent" or not norm.triggers


def test_the_state_filter_lists_bodies_under_the_state_and_what_institutions_owe_it() -> None:
    text = """
facts_version: 1
actors: {XA: {kind: state}, XB: {kind: state}, u1: {kind: authority, state: XA, roles: [reserve_user_a]}}
events: [{event: submitted, what: support, by: u1, at: 2026-03-03T10:00Z}]
"""
    assert [d.bearer for d in of_row(duties(text, "2026-03-04T00:00Z", "XA").due, "D098")] == [
        "contracting_authority"
    ]
    assert not of_row(duties(text, "2026-03-04T00:00Z", "XB").due, "D098")
    assert not of_row(duties(text, "2026-03-04T00:00Z", "u1").due, "D099")


def test_contradictory_facts_are_refused() -> None:
    with pytest.raises(InputError, match="cannot both be yes"):
        situation(facts(actors=STATES, facts={"risk_unlikely": "yes", "high_risk": "yes"}))
