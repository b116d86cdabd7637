"""`proxeny replay`: what an instrument would have asked, counted by role and norm, and no State by name."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from shipped import facts, library, moment, zones

from knowledge import KNOWLEDGE
from proxeny.actions.replay import replay
from proxeny.base.errors import InputError
from proxeny.base.records import encode_json
from proxeny.cli.main import main
from proxeny.cli.replay import _lines
from proxeny.instrument.generate import compile_engine
from proxeny.instrument.replay import Count, Replay

MODEL = "model-convention"


def event(name: str, by: str, at: str, **more: Any) -> dict[str, Any]:
    """An event of 2019, before any norm of the model convention was written."""
    return {"event": name, "by": by, "at": f"2019-{at}Z", "source": f"{name}-{at}", **more}


ASSESSED = event("assessed", "XA", "05-20T10:00", level_high=5)
NOTIFIED = event("submitted", "XA", "05-20T12:00", what="notification")
LATER = event("recovered", "XA", "05-21T12:00")


def incident(*events: dict[str, Any], states: tuple[str, ...] = ("XA", "XB"), **sections: Any) -> bytes:
    """A facts file of an incident in the first of the States."""
    actors = {state: {"kind": "state"} for state in states}
    return facts(actors=actors, events=list(events), **sections).encode()


def run(*files: bytes, overlay: str | None = MODEL, at: str | None = None) -> Replay:
    """The statistics of these files."""
    named = [(data, f"incident-{number}.yaml") for number, data in enumerate(files)]
    return replay(named, library(), zones, overlay, moment(at) if at else None)


def count(found: Replay, norm: str) -> Count:
    """The count of a norm."""
    (one,) = [one for one in found.by_norm if one.norm == norm]
    return one


def test_without_an_overlay_a_proposal_binds_nobody() -> None:
    found = run(incident(ASSESSED), overlay=None)
    assert not [one for one in found.by_norm if one.norm.startswith(MODEL) and one.list == "due"]


def test_with_it_the_proposal_is_law_from_the_first_event_on() -> None:
    one = count(run(incident(ASSESSED)), "model-convention.5.3")
    assert (one.list, one.role, one.towards, one.total, one.statuses) == (
        "due",
        "affected_state",
        "other_state",
        1,
        {"due": 1},
    )


def test_in_time_late_and_running_are_told_apart() -> None:
    files = (
        incident(ASSESSED, NOTIFIED, LATER),
        incident(ASSESSED, LATER),
        incident(ASSESSED),
        incident(ASSESSED, {**NOTIFIED, "at": "2019-05-21T10:00Z"}, LATER),
    )
    one = count(run(*files), "model-convention.5.3")
    assert one.statuses == {"due": 1, "discharged": 1, "discharged_late": 1, "late": 1}
    assert one.total == 4


def test_unknown_facts_stay_open() -> None:
    unknown = event("assessed", "XA", "05-20T10:00", level_high="unknown", decision="unknown")
    assert count(run(incident(unknown)), "model-convention.5.3").statuses == {"open": 1}


def test_a_time_may_be_chosen_for_all() -> None:
    assert count(run(incident(ASSESSED), at="2019-06-01T00:00Z"), "model-convention.5.3").statuses == {
        "late": 1
    }


def test_roles_are_the_sum_of_their_norms() -> None:
    found = run(incident(ASSESSED, NOTIFIED, LATER), incident(ASSESSED, states=("XA", "XB", "XC")))
    for role in found.by_role:
        own = [one for one in found.by_norm if (one.list, one.role) == (role.list, role.role)]
        assert sum(one.total for one in own) == role.total == sum(role.statuses.values())
    assert found.files == 2
    assert found.events == 4


def test_what_stands_always_is_not_counted() -> None:
    assert not run(incident()).by_norm


def test_the_law_of_one_state_is_left_out() -> None:
    actors = {"US": {"kind": "state"}, "op1": {"kind": "entity", "state": "US", "roles": ["covered_entity"]}}
    aware = event("aware", "op1", "05-20T10:00", of="significant_incident") | {"at": "2026-05-20T10:00Z"}
    found = run(facts(actors=actors, events=[aware]).encode(), overlay=None)
    assert found.left_out > 0
    assert not [one for one in found.by_norm if one.norm.startswith("us.")]


def test_the_notice_of_a_draft_is_shown() -> None:
    assert run(incident(ASSESSED)).notice == "drafting aid; no State has proposed it"


def test_an_act_of_the_register_does_not_undo_the_overlay() -> None:
    withdrawn = {MODEL: [{"state": "XA", "act": "withdrawal", "in_force": "2018-01-01", "source": "t"}]}
    assert count(run(incident(ASSESSED, parties=withdrawn)), "model-convention.5.3").list == "due"


def test_generated_code_counts_the_same() -> None:
    files = [(incident(ASSESSED, NOTIFIED, LATER), "a.yaml"), (incident(ASSESSED), "b.yaml")]
    assert replay(files, library(), zones, MODEL, None, compile_engine) == replay(
        files, library(), zones, MODEL
    )


CODES = [f"X{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
NAMES = st.sampled_from(["op1", "Bank of XQ", "XR-power"])


@st.composite
def incidents(draw: st.DrawFn) -> tuple[bytes, set[str]]:
    """An incident of any States, with bodies under them, and every name in it."""
    states = draw(st.lists(st.sampled_from(CODES), unique=True, min_size=1, max_size=4))
    actors: dict[str, Any] = {state: {"kind": "state"} for state in states}
    roles = ["nis2_entity", "csirt", "financial_entity", "controller", "critical_entity"]
    for name in draw(st.lists(NAMES, unique=True, max_size=2)):
        held = draw(st.lists(st.sampled_from(roles), unique=True, max_size=2))
        owned = {"state": draw(st.sampled_from(states))} if draw(st.booleans()) else {}
        actors[name] = {"kind": "entity", "roles": held, **owned}
    actor, state = st.sampled_from(sorted(actors)), st.sampled_from(states)
    kinds = [
        st.builds(lambda by: {"event": "aware", "of": "significant_incident", "by": by}, actor),
        st.builds(
            lambda by, level: {"event": "assessed", "by": by, "level_high": level}, state, st.integers(0, 7)
        ),
        st.builds(
            lambda by, to: {"event": "received", "what": "assistance", "by": by, "to": to}, state, state
        ),
        st.builds(lambda by: {"event": "submitted", "what": "notification", "by": by}, actor),
        st.builds(lambda by: {"event": "classified", "as": "major", "by": by}, actor),
    ]
    events = [
        draw(st.one_of(kinds))
        | {"at": f"2026-03-0{1 + number}T08:00Z", "source": f"m{number} of {draw(state)}"}
        for number in range(draw(st.integers(0, 5)))
    ]
    text = facts(actors=actors, roles={"affected_state": states[:1]}, events=events)
    return text.encode(), {*actors, *states}


@settings(max_examples=60)
@given(
    st.lists(incidents(), min_size=1, max_size=3), st.sampled_from([None, MODEL, "un.norms", "coe.budapest"])
)
def test_no_state_and_no_actor_occurs_in_the_statistics(
    given_incidents: list[tuple[bytes, set[str]]], overlay: str | None
) -> None:
    files = [(data, f"incident in {min(names)}.yaml") for data, names in given_incidents]
    found = replay(files, library(), zones, overlay)
    for text in (encode_json(found).decode(), "\n".join(_lines(found, str, KNOWLEDGE.word_labels("en")))):
        assert not re.search(r"\b[A-Z]{2}\b", text), text
        for name in set().union(*(names for _, names in given_incidents)):
            assert not re.search(rf"\b{re.escape(name)}\b", text)


class TestCommand:
    def run(self, *words: str) -> Result:
        return CliRunner(env={"PROXENY_LANG": "en"}).invoke(main, ("replay", *words))

    @pytest.fixture
    def folder(self, tmp_path: Path) -> str:
        (tmp_path / "deeper").mkdir()
        (tmp_path / "a.yaml").write_bytes(incident(ASSESSED))
        (tmp_path / "deeper" / "b.json").write_text(
            json.dumps({"facts_version": 1, "actors": {"XB": {"kind": "state"}}}), encoding="utf-8"
        )
        (tmp_path / "notes.txt").write_text("not read", encoding="utf-8")
        return str(tmp_path)

    def test_every_facts_file_of_the_folder_is_counted(self, folder: str) -> None:
        found = json.loads(self.run(folder, "--overlay", MODEL, "--json").stdout)
        assert (found["files"], found["events"], found["overlay"]) == (2, 1, MODEL)
        assert "2 files, 1 events, overlay model-convention" in self.run(folder, "--overlay", MODEL).stdout

    def test_an_unknown_overlay_a_bad_file_and_an_empty_folder_are_refused(
        self, folder: str, tmp_path: Path
    ) -> None:
        assert self.run(folder, "--overlay", "modell").exit_code == 2
        (tmp_path / "deeper" / "b.json").write_text("{}", encoding="utf-8")
        assert self.run(folder).exit_code == 2
        (tmp_path / "empty").mkdir()
        assert self.run(str(tmp_path / "empty")).exit_code == 2


def test_every_fault_of_every_file_is_told() -> None:
    bad = incident(ASSESSED).replace(b"assessed", b"attacked")
    with pytest.raises(InputError) as refused:
        replay([(bad, "a.yaml"), (bad, "b.yaml")], library(), zones, "modell")
    assert len(refused.value.faults) == 3
