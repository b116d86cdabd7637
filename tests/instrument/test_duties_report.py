"""Duties by a report: what is drawn from it, with the words that say so, and what is never inferred."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from shipped import library, moment, situation, zones
from test_duties_commands import ITEM
from test_situation_file import CONTRACT

from knowledge import KNOWLEDGE
from proxeny.actions.duties import Asked
from proxeny.actions.duties_report import ReportDuties, draw, duties_of_report
from proxeny.actions.identify import identify
from proxeny.base.errors import InputError
from proxeny.cli.main import main
from proxeny.identify.report import Report
from proxeny.instrument.situation_file import is_facts_file

AT = moment("2026-03-02T12:00Z")


def veris(**changes: Any) -> bytes:
    """A VERIS record of a loss in XA, changed."""
    record: dict[str, Any] = {
        "schema_version": "1.3.7",
        "incident_id": "r1",
        "source_id": "test",
        "security_incident": "Confirmed",
        "summary": "A hospital could not reach its records.",
        "victim": {"victim_id": "hospital", "country": ["DE"], "industry": "622110"},
        "actor": {"external": {"variety": ["Unknown"], "motive": ["Unknown"]}},
        "action": {"error": {"variety": ["Misconfiguration"], "vector": ["Unknown"]}},
        "asset": {"assets": [{"variety": "S - Database"}]},
        "attribute": {"availability": {"variety": ["Loss"]}},
        "timeline": {"incident": {"year": 2026, "month": 3, "day": 1}},
    }
    return json.dumps(record | changes).encode()


def text(body: str) -> bytes:
    """A free text."""
    return body.encode()


def drawn(data: bytes, state: str = "DE", name: str = "r.json", **asked: Any) -> ReportDuties:
    """What comes of the one report of a file."""
    found = duties_of_report(data, name, library(), KNOWLEDGE, zones, Asked(at=AT, state=state, **asked))
    (one,) = found
    return one


def events(found: ReportDuties) -> list[str]:
    """The names of the events that were drawn."""
    return [event["event"] for event in found.facts.get("events", ())]


def test_times_and_states_become_events_of_the_state_affected() -> None:
    found = drawn(veris())
    assert found.facts["roles"] == {"affected_state": ["DE"]}
    occurred = found.facts["events"][0]
    assert (occurred["event"], occurred["by"], occurred["source"]) == ("occurred", "DE", "r1")
    assert occurred["at"].startswith("2026-03-01")


def test_the_facts_that_were_drawn_are_a_facts_file() -> None:
    found = drawn(veris())
    assert situation(json.dumps(found.facts)).events


ATTACK = {"malware": {"variety": ["Ransomware"], "vector": ["Unknown"]}}


@pytest.mark.parametrize(
    ("action", "value"),
    [
        ({"error": {"variety": ["Misconfiguration"], "vector": ["Unknown"]}}, "no"),
        ({"hacking": {"variety": ["Brute force"], "vector": ["Unknown"]}}, "yes"),
        ({"unknown": {}}, "unknown"),
    ],
)
def test_malicious_is_what_the_cause_says_with_its_words(action: dict[str, Any], value: str) -> None:
    found = drawn(veris(action=action, summary="Records could not be reached."))
    assert found.facts["facts"]["malicious"] == value
    because = [fact.because for fact in found.drawn if fact.what == "malicious"]
    assert bool(because) == (value != "unknown")
    assert all(words for words in because)


def test_a_cause_and_a_denied_attack_together_are_not_malicious() -> None:
    body = (
        "It was not an attack: the outage was caused by human error, an operator misconfigured the firewall."
    )
    assert drawn(text(body), name="r.txt").facts["facts"]["malicious"] != "yes"


@pytest.mark.parametrize(
    ("countries", "value"), [(["DE"], "unknown"), (["DE", "FR"], "yes"), ([], "unknown")]
)
def test_two_states_are_cross_border_and_one_tells_nothing(countries: list[str], value: str) -> None:
    found = drawn(veris(victim={"victim_id": "x", "country": countries or ["Unknown"], "industry": "622110"}))
    assert found.facts["facts"]["cross_border"] == value


def test_a_coded_sector_of_the_first_tier_is_critical_and_its_code_is_told() -> None:
    found = drawn(veris())
    assert found.facts["facts"]["ci_hit"] == "yes"
    (fact,) = [fact for fact in found.drawn if fact.what == "ci_hit"]
    assert any("622" in word for word in fact.because)


def test_a_sector_that_words_alone_tell_settles_nothing() -> None:
    found = drawn(text("Ransomware encrypted the servers of a hospital on 1 March 2026."), name="r.txt")
    assert found.facts["facts"]["ci_hit"] == "unknown"


@pytest.mark.parametrize(
    "data", [veris(), veris(action=ATTACK), text("Ransomware detected at a bank. We are aware of it.")]
)
def test_awareness_is_never_inferred_and_is_named_as_missing(data: bytes) -> None:
    found = drawn(data)
    assert "aware" not in events(found)
    assert any("aware" in left for left in found.left_out)
    assert any(one.event == "aware" and "eu.nis2.23.4.a" in one.norms for one in found.missing)


def test_nothing_is_submitted_received_or_classified_by_a_report() -> None:
    assert set(events(drawn(veris(action=ATTACK)))) <= {"occurred", "detected", "assessed"}


def test_a_level_that_the_facts_leave_open_is_unknown() -> None:
    found = drawn(veris(action=ATTACK))
    (assessed,) = [event for event in found.facts["events"] if event["event"] == "assessed"]
    assert assessed["level_high"] == "unknown"
    assert assessed["decision"] == "unknown"
    opened = [duty for duty in found.duties.open if duty.norm == "model-convention.5.3"]
    listed = [duty for duty in found.duties.would_apply if duty.norm == "model-convention.5.3"]
    assert all("level_high" in duty.needs for duty in opened)
    assert not [duty for duty in listed if duty.by is not None and not duty.needs]


def test_an_assessment_is_that_of_the_affected_state_only() -> None:
    assert "assessed" in events(drawn(veris()))
    assert "assessed" not in events(drawn(veris(), state="FR"))


def test_the_time_of_the_report_is_no_event() -> None:
    mail = (
        b"From: a@csirt.example\r\nTo: b@csirt.example\r\nDate: Mon, 02 Mar 2026 08:00:00 +0000\r\n"
        b"Message-ID: <1@csirt.example>\r\nSubject: Ransomware\r\n\r\nServers were encrypted by ransomware.\r\n"
    )
    found = drawn(mail, name="r.eml")
    assert "submitted" not in events(found)
    assert any("2026-03-02T08:00:00Z" in left for left in found.left_out)


@pytest.mark.parametrize(
    ("detected", "expected"),
    [("2026-03-01T10:00Z", ["occurred", "detected"]), ("2026-03-01T08:00Z", [])],
)
def test_a_detection_before_the_occurrence_is_told_and_not_drawn(detected: str, expected: list[str]) -> None:
    report = Report(
        digest="sha256:0",
        format="text",
        text="Ransomware encrypted the servers of a bank.",
        occurred=moment("2026-03-01T09:00Z"),
        detected=moment(detected),
        states=("XA",),
    )
    asked = Asked(at=AT, state="XA")
    made = draw(report, identify(report, KNOWLEDGE, "XA"), KNOWLEDGE, asked, str)
    assert [event["event"] for event in made.facts["events"] if event["event"] != "assessed"] == expected
    assert any("before it occurred" in left for left in made.left_out) == (not expected)


def test_without_a_state_affected_none_is_made_up() -> None:
    found = drawn(text("Ransomware encrypted the servers of a bank."), name="r.txt")
    assert "roles" not in found.facts
    assert any("affected_state" in left for left in found.left_out)


def test_an_advisory_gives_no_event() -> None:
    report = Report(
        digest="sha256:0", format="csaf", kind="advisory", text="Patch it.", states=("XA",), occurred=AT
    )
    made = draw(report, identify(report, KNOWLEDGE, "XA"), KNOWLEDGE, Asked(at=AT, state="XA"), str)
    assert "events" not in made.facts
    assert made.left_out


def test_an_exercise_is_marked() -> None:
    body = "EXERCISE EXERCISE EXERCISE. This is an exercise. Ransomware encrypted the servers of the national bank."
    found = drawn(text(body), name="r.txt")
    assert found.report["kind"] == "exercise"
    assert found.facts["context"] == "exercise"


def test_who_did_it_is_never_told() -> None:
    data = veris(
        action=ATTACK,
        actor={
            "external": {
                "variety": ["Nation-state"],
                "country": ["KP"],
                "motive": ["Espionage"],
                "name": ["Group Q"],
            }
        },
    )
    assert "KP" not in str(drawn(data).facts)
    assert "Group Q" not in str(drawn(data))


@pytest.mark.parametrize(
    ("data", "name", "facts_file"),
    [
        (CONTRACT.encode(), "-", True),
        (b'{"context": "test", "facts_version": 1}', "a.json", True),
        (b"actors: {}", "a.yaml", True),
        (veris(), "r.json", False),
        (b"The facts_version of the file is old.", "r.txt", False),
        (b"", "r.txt", False),
    ],
)
def test_a_facts_file_is_told_from_a_report(data: bytes, name: str, facts_file: bool) -> None:
    assert is_facts_file(data, name) == facts_file


@pytest.mark.parametrize("asked", [{"state": "op1"}, {"state": "DE", "instruments": ("eu.nis3",)}])
def test_what_a_report_cannot_know_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        drawn(veris(), **asked)


class TestCommand:
    def run(self, *words: str) -> Result:
        return CliRunner(env={"PROXENY_LANG": "en"}).invoke(main, ("duties", *words))

    @pytest.fixture
    def report(self, tmp_path: Path) -> str:
        path = tmp_path / "r.json"
        path.write_bytes(veris())
        return str(path)

    def test_json_has_the_lists_of_duties_and_what_was_drawn(self, report: str) -> None:
        result = self.run(report, "--state", "DE", "--at", "2026-03-02T12:00Z", "--json")
        found = json.loads(result.stdout)
        assert set(found) >= {"due", "recommended", "would_apply", "open", "reference"}
        assert set(found) >= {"report", "facts", "drawn", "left_out", "missing"}
        for name in ("due", "recommended", "would_apply", "open"):
            assert all(set(duty) >= set(ITEM) for duty in found[name])

    def test_the_facts_that_it_shows_may_be_completed_and_given_back(
        self, report: str, tmp_path: Path
    ) -> None:
        at = ("--at", "2026-03-02T12:00Z", "--json")
        facts = json.loads(self.run(report, "--state", "DE", *at).stdout)["facts"]
        facts["actors"]["op1"] = {"kind": "entity", "state": "DE", "roles": ["nis2_entity"]}
        facts["events"].append(
            {
                "event": "aware",
                "of": "significant_incident",
                "by": "op1",
                "at": "2026-03-02T08:00Z",
                "source": "m",
            }
        )
        (tmp_path / "f.json").write_text(json.dumps(facts), encoding="utf-8")
        found = json.loads(self.run(str(tmp_path / "f.json"), "--state", "DE", *at).stdout)
        assert "eu.nis2.23.4.a" in [duty["norm"] for duty in (*found["due"], *found["open"])]

    def test_text_shows_what_was_drawn_and_what_is_missing(self, report: str) -> None:
        result = self.run(report, "--state", "DE", "--at", "2026-03-02T12:00Z")
        assert result.exit_code == 0, result.stderr
        for part in (
            "Drawn from the report",
            "Not drawn from it",
            "Missing: once recorded",
            "eu.nis2.23.4.a",
        ):
            assert part in result.stdout

    def test_what_is_neither_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "r.json"
        path.write_text('{"a": 1', encoding="utf-8")
        assert self.run(str(path), "--state", "DE").exit_code == 2
        path.write_bytes(veris())
        assert self.run(str(path), "--state", "op1").exit_code == 2
