"""The table that the engine of duties must reach: each case in the words of the instrument, times worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from shipped import duties, everywhere, facts, moment, of_row

UTC = {"XA": {"tz": "UTC", "weekend": ["sat", "sun"], "holidays": ["2026-04-06"]}}
NIS2 = {"eu.nis2": [{"state": "XA", "act": "transposition", "in_force": "2024-10-18", "source": "test"}]}


def event(name: str, by: str, at: str, **more: Any) -> dict[str, Any]:
    """An event of 2026, its time written as 03-02T08:00."""
    return {"event": name, "by": by, "at": f"2026-{at}Z", "source": f"m-{name}", **more}


def entity(*roles: str, events: list[dict[str, Any]], **sections: Any) -> str:
    """A facts file about one entity of XA."""
    actors = {"XA": {"kind": "state"}, "op1": {"kind": "entity", "state": "XA", "roles": list(roles)}}
    return facts(actors=actors, calendars=UTC, parties=NIS2, events=events, **sections)


def by(found: Any, row: str) -> list[str]:
    """The limits of the due duties of a row, as 03-03T08:00."""
    return [duty.by.strftime("%m-%dT%H:%M") if duty.by else "none" for duty in of_row(found.due, row)]


AWARE = event("aware", "op1", "03-02T08:00", of="significant_incident")
NOTIFIED = event("submitted", "op1", "03-05T07:00", what="notification")


class TestNis2:
    def test_early_warning_in_24_hours_notification_in_72_and_the_final_report_waits(self) -> None:
        found = duties(entity("nis2_entity", events=[AWARE, NOTIFIED]), "2026-03-02T12:00Z")
        assert by(found, "D074") == ["03-03T08:00"]
        assert by(found, "D075") == ["03-05T08:00"]
        assert [d.status for d in of_row(found.due, "D077")] == ["waiting"]
        assert not everywhere(found, "D084")

    def test_the_final_report_is_due_one_month_after_the_notification(self) -> None:
        found = duties(entity("nis2_entity", events=[AWARE, NOTIFIED]), "2026-03-06T12:00Z")
        assert by(found, "D077") == ["04-05T07:00"]
        assert [d.status for d in of_row(found.due, "D075")] == ["discharged"]
        assert [d.status for d in of_row(found.due, "D074")] == ["late"]

    def test_a_trust_service_provider_notifies_in_24_hours_only(self) -> None:
        text = entity(
            *("nis2_entity", "trust_service_provider"), events=[AWARE], facts={"trust_service_impact": "yes"}
        )
        found = duties(text, "2026-03-02T12:00Z")
        assert by(found, "D075") == ["03-03T08:00"]
        assert len(everywhere(found, "D075")) == 1

    def test_where_the_impact_is_unknown_72_hours_stay_due_and_24_are_open(self) -> None:
        text = entity("nis2_entity", "trust_service_provider", events=[AWARE])
        found = duties(text, "2026-03-02T12:00Z")
        assert by(found, "D075") == ["03-05T08:00"]
        (still,) = of_row(found.open, "D075")
        assert still.needs == ("trust_service_impact",)
        assert still.by_if == moment("2026-03-03T08:00Z")

    def test_without_a_recorded_transposition_it_is_open(self) -> None:
        text = entity("nis2_entity", events=[AWARE]).replace("eu.nis2", "model-convention")
        found = duties(text, "2026-03-02T12:00Z")
        assert not found.due
        (still,) = of_row(found.open, "D074")
        assert still.needs == ("parties.eu.nis2.XA",)
        assert still.by_if == moment("2026-03-03T08:00Z")

    def test_a_transposition_that_is_not_in_force_yet_leaves_it_open(self) -> None:
        text = entity("nis2_entity", events=[AWARE]).replace("2024-10-18", "2026-03-03")
        (duty,) = everywhere(duties(text, "2026-03-02T12:00Z"), "D074")
        assert (duty.status, duty.needs) == ("open", ("parties.eu.nis2.XA",))
        assert duty.by_if == moment("2026-03-03T08:00Z")

    def test_what_the_authority_received_binds_it_as_what_the_entity_submitted(self) -> None:
        actors = {
            "XA": {"kind": "state"},
            "XB": {"kind": "state"},
            "op1": {"kind": "entity", "state": "XA", "roles": ["nis2_entity"]},
            "c1": {"kind": "authority", "state": "XA", "roles": ["csirt"]},
        }
        got = event("received", "c1", "03-02T10:00", what="early_warning") | {"from": "op1"}
        roles, yes = {"affected_state": ["XA", "XB"]}, {"cross_border": "yes"}
        text = facts(actors=actors, parties=NIS2, roles=roles, facts=yes, events=[AWARE, got])
        found = duties(text, "2026-03-02T12:00Z")
        assert by(found, "D079") == ["03-03T10:00"]
        assert {d.counterparty for d in of_row(found.due, "D080")} == {"enisa", "XB"}


class TestDora:
    @pytest.mark.parametrize(
        ("classified", "row", "limit", "other"),
        [
            ("03-04T10:00", "D084", "03-04T14:00", "D085"),
            ("03-05T07:00", "D084", "03-05T08:00", "D085"),
            ("03-05T08:00", "D084", "03-05T08:00", "D085"),
            ("03-05T09:00", "D085", "03-05T13:00", "D084"),
        ],
    )
    def test_four_hours_after_classification_and_at_most_24_after_awareness(
        self, classified: str, row: str, limit: str, other: str
    ) -> None:
        events = [
            event("aware", "op1", "03-04T08:00", of="incident"),
            event("classified", "op1", classified, **{"as": "major"}),
        ]
        found = duties(entity("financial_entity", events=events), "2026-03-05T12:00Z")
        assert by(found, row) == [limit]
        assert not everywhere(found, other)

    def test_it_displaces_nis2_for_a_financial_entity(self) -> None:
        events = [
            event("aware", "op1", "03-04T08:00", of="significant_incident"),
            event("classified", "op1", "03-04T10:00", **{"as": "major"}),
        ]
        found = duties(entity("financial_entity", "nis2_entity", events=events), "2026-03-04T12:00Z")
        assert by(found, "D084") == ["03-04T14:00"]
        assert not [d for row in ("D074", "D075", "D077") for d in everywhere(found, row)]


class TestGdpr:
    BREACH = event("aware", "op1", "03-02T08:00", of="personal_data_breach")

    def test_the_breach_is_notified_in_72_hours_where_the_risk_is_unknown(self) -> None:
        found = duties(entity("controller", events=[self.BREACH]), "2026-03-02T12:00Z")
        assert by(found, "D090") == ["03-05T08:00"]
        assert [d.status for d in of_row(found.due, "D091")] == ["standing"]

    def test_where_a_risk_is_proved_unlikely_it_is_only_documented(self) -> None:
        text = entity("controller", events=[self.BREACH], facts={"risk_unlikely": "yes"})
        found = duties(text, "2026-03-02T12:00Z")
        assert not everywhere(found, "D090")
        assert [d.status for d in of_row(found.due, "D091")] == ["standing"]

    @pytest.mark.parametrize("separate", [True, False])
    def test_late_with_reasons_is_discharged_late_with_the_reason(self, separate: bool) -> None:
        why = "the log server was lost"
        late = event("submitted", "op1", "03-06T09:00", what="notification")
        told = event("delay_explained", "op1", "03-06T09:00", reason=why)
        events = [self.BREACH, late, told] if separate else [self.BREACH, late | {"reason": why}]
        (duty,) = of_row(duties(entity("controller", events=events), "2026-03-06T10:00Z").due, "D090")
        assert (duty.status, duty.reason) == ("discharged_late", why)


class TestCyberSolidarityAct:
    def test_a_request_is_answered_in_48_hours_and_the_user_reports_two_months_after_the_end(self) -> None:
        events = [
            event("submitted", "op1", "03-03T10:00", what="support"),
            event("support_ended", "op1", "06-10T10:00"),
        ]
        text = entity("reserve_user_a", events=events)
        assert by(duties(text, "2026-03-03T12:00Z"), "D098") == ["03-05T10:00"]
        assert by(duties(text, "2026-06-11T00:00Z"), "D099") == ["08-10T10:00"]

    def test_a_support_request_that_was_received_is_answered_as_well(self) -> None:
        actors = {
            "u": {"kind": "authority", "state": "XA", "roles": ["reserve_user_a"]},
            "ca": {"kind": "organization", "roles": ["contracting_authority"]},
        }
        got = event("received", "ca", "03-03T10:00", what="support") | {"from": "u"}
        text = facts(actors=actors, events=[got])
        assert by(duties(text, "2026-03-03T12:00Z", "ca"), "D098") == ["03-05T10:00"]


class TestUnNorm:
    def test_a_request_for_assistance_is_to_be_answered_and_nothing_is_due(self) -> None:
        text = facts(
            actors={"XA": {"kind": "state"}, "XB": {"kind": "state"}},
            roles={"requesting_state": ["XA"], "requested_state": ["XB"]},
            facts={"ci_hit": "yes", "malicious": "yes"},
            events=[event("received", "XB", "03-02T08:00", what="assistance")],
        )
        found = duties(text, "2026-03-02T12:00Z", "XB")
        (duty,) = of_row(found.recommended, "D051")
        assert (duty.bearer, duty.counterparty, duty.by, duty.late_after) == ("XB", "XA", None, None)
        assert not everywhere(found, "D052")
        assert not found.due

    @pytest.mark.parametrize(
        "request_",
        [
            event("received", "XB", "03-02T08:00", what="assistance", to="XA"),
            event("received", "XA", "03-02T08:00", what="assistance", to="XB"),
            event("received", "XB", "03-02T08:00", what="assistance", **{"from": "XA"}),
            event("submitted", "XA", "03-02T08:00", what="assistance", to="XB"),
        ],
    )
    def test_the_request_may_be_told_from_either_side(self, request_: dict[str, Any]) -> None:
        text = facts(
            actors={"XA": {"kind": "state"}, "XB": {"kind": "state"}},
            roles={"requesting_state": ["XA"], "requested_state": ["XB"]},
            facts={"ci_hit": "yes", "malicious": "yes"},
            events=[request_],
        )
        (duty,) = of_row(duties(text, "2026-03-02T12:00Z", "XB").recommended, "D051")
        assert (duty.bearer, duty.counterparty) == ("XB", "XA")


class TestModelConvention:
    @staticmethod
    def text(*events: dict[str, Any], **more: Any) -> str:
        acts = [
            {"state": s, "act": "ratification", "in_force": "2026-06-01", "source": "test"}
            for s in ("XA", "XB")
        ]
        return facts(
            actors={name: {"kind": "state"} for name in ("XA", "XB", "XC")},
            roles={"affected_state": ["XA"]},
            parties={"model-convention": acts},
            events=list(events),
            **more,
        )

    @staticmethod
    def notify(found: tuple[Any, ...]) -> dict[str, str]:
        """Counterparty to limit, of the duties to notify after an assessment."""
        mine = [d for d in found if d.norm in ("model-convention.5.2", "model-convention.5.3")]
        return {d.counterparty: d.by.strftime("%m-%dT%H:%M") for d in mine}

    def test_before_it_is_in_force_it_would_apply(self) -> None:
        found = duties(self.text(event("assessed", "XA", "05-20T10:00", level_high=4)), "2026-05-20T12:00Z")
        assert self.notify(found.would_apply)["XB"] == "05-20T14:00"
        assert not found.due

    def test_in_force_it_is_due_towards_a_party_and_not_towards_another_state(self) -> None:
        found = duties(self.text(event("assessed", "XA", "06-02T10:00", level_high=4)), "2026-06-02T12:00Z")
        assert self.notify(found.due) == {"XB": "06-02T14:00"}

    def test_below_level_4_notification_is_due_in_24_hours(self) -> None:
        assessed = event("assessed", "XA", "06-02T10:00", level_high=3, decision="notify")
        assert self.notify(duties(self.text(assessed), "2026-06-02T12:00Z").due) == {"XB": "06-03T10:00"}

    def test_a_level_left_out_is_that_of_the_impact_facts(self) -> None:
        dead = {"XA": {"deaths": 3}}
        assessed = event("assessed", "XA", "06-02T10:00")
        found = duties(self.text(assessed, states=dead), "2026-06-02T12:00Z")
        assert self.notify(found.due) == {"XB": "06-02T14:00"}

    def test_clarification_is_answered_within_ten_days(self) -> None:
        asked = event("received", "XA", "06-02T10:00", what="clarification", to="XB")
        (duty,) = of_row(duties(self.text(asked), "2026-06-03T00:00Z").due, "model-convention.10.2")
        assert (duty.counterparty, duty.by) == ("XB", moment("2026-06-12T10:00Z"))

    def test_every_output_bears_its_notice(self) -> None:
        found = duties(self.text(event("assessed", "XA", "06-02T10:00", level_high=4)), "2026-06-02T12:00Z")
        assert found.notices == ("model-convention: drafting aid; no State has proposed it",)
