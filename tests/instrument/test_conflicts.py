"""The audit of norms: it finds what was seeded, nothing in what only looks like it, and nothing unrecorded that ships."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from random_law import Draw, inquiry_of, library_of
from shipped import library, situation, words

from proxeny.base.errors import InputError
from proxeny.cli.main import main
from proxeny.instrument.cases import TooManyError
from proxeny.instrument.conflicts import KINDS, PAIRS, Audit, audit
from proxeny.instrument.contradictions import contradictions
from proxeny.instrument.duty import Outcome
from proxeny.instrument.evaluate import evaluate, inquire, outcomes
from proxeny.instrument.library import Library, build_library
from proxeny.instrument.mentions import as_verified
from proxeny.instrument.never import RUNNING, never_applies
from proxeny.instrument.situation import Situation

HERE = Path(__file__).parent / "conflicts"
SEEDED = {
    "inform-and-keep-secret": "demanded_and_forbidden",
    "inform-and-not-disclose": "demanded_and_forbidden",
    "classify-both-ways": "exclusive_results",
    "report-before-notification": "limit_before_it_arises",
    "each-gives-way": "displace_each_other",
    "likely-and-unlikely": "condition_never_met",
    "an-entity-that-is-a-state": "roles_exclude",
    "exception-wider-than-the-rule": "exception_covers_all",
    "displaced-whenever-it-applies": "always_displaced",
    "ended-before-it-began": "never_in_force",
    "lapses-by-its-trigger": "falls_away_at_once",
    "too-late-when-it-arises": "limit_already_passed",
}
SOUND = sorted(path.name for path in (HERE / "sound").iterdir())


def of_folder(path: Path) -> Library:
    """The library of a folder of instruments, with the shipped words."""
    folders = {
        own.name: {p.name: p.read_bytes() for p in own.glob("*.yaml")}
        for own in path.iterdir()
        if own.is_dir()
    }
    return build_library(words(), folders)


def audited(path: Path) -> Audit:
    """The audit of a folder; nothing in it is undecided."""
    found = audit(of_folder(path))
    assert not found.undecided
    return found


@pytest.mark.parametrize("name", SEEDED)
def test_what_is_seeded_is_found_once_and_nothing_else(name: str) -> None:
    assert [finding.kind for finding in audited(HERE / "seeded" / name).findings] == [SEEDED[name]]


@pytest.mark.parametrize("name", SOUND)
def test_what_only_looks_like_a_conflict_is_none(name: str) -> None:
    assert audited(HERE / "sound" / name).findings == ()


def test_every_folder_and_every_kind_is_tried() -> None:
    assert {path.name for path in (HERE / "seeded").iterdir()} == set(SEEDED)
    assert len(SOUND) == len(SEEDED)
    assert set(KINDS) - set(SEEDED.values()) == {"never_triggered"}


@pytest.mark.parametrize("name", [name for name, kind in SEEDED.items() if kind in PAIRS])
def test_the_witness_of_a_pair_is_a_facts_file_in_which_both_duties_run(name: str) -> None:
    lib = of_folder(HERE / "seeded" / name)
    (finding,) = audit(lib).findings
    facts = situation(yaml.safe_dump(finding.witness), lib=lib)
    at = max(event.at for event in facts.events)
    found = evaluate(inquire(lib, facts, at))
    running = {d.norm for d in found.due if d.status in ("due", "late", "standing")}
    if finding.kind == "displace_each_other":
        assert not running & set(finding.norms)
    elif finding.kind == "limit_before_it_arises":
        assert [d.norm for d in found.due if d.status == "late"] == [finding.norms[0]]
    else:
        assert running >= set(finding.norms)


@pytest.mark.parametrize("name", SEEDED)
def test_a_witness_is_a_facts_file_without_a_fault(name: str) -> None:
    lib = of_folder(HERE / "seeded" / name)
    for finding in audit(lib).findings:
        situation(yaml.safe_dump(finding.witness), lib=lib)


def test_what_ships_has_no_conflict_that_is_not_recorded() -> None:
    found = audit(library())
    assert [(finding.kind, finding.norms) for finding in found.open] == []
    assert found.undecided == ()


def edited(path: Path, file: str, old: str, new: str) -> Library:
    """The library of a folder with a slip of the pen in one file."""
    folders = {own.name: {p.name: p.read_bytes() for p in own.glob("*.yaml")} for own in path.iterdir()}
    instrument, name = file.split("/")
    text = folders[instrument][name].decode()
    assert old in text
    folders[instrument][name] = text.replace(old, new).encode()
    return build_library(words(), folders)


TENSION = 'tension_with: [{norm: x.act.1, source: "11", note: the first goes before}]\n'


def test_a_recorded_tension_is_told_and_fails_no_audit() -> None:
    lib = edited(HERE / "seeded" / "inform-and-keep-secret", "x.act/2.yaml", "action:", f"{TENSION}action:")
    found = audit(lib)
    assert found.open == ()
    assert [finding.recorded for finding in found.findings] == ["the first goes before (11)"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("action:", TENSION.replace("x.act.1", "x.act.9") + "action:"),
        ("action:", "tension_with: [{norm: x.act.1}]\naction:"),
        ("modality: prohibition", "modality: permission"),
        ("what: [information", "what: [gossip"),
    ],
)
def test_a_tension_or_a_bar_that_says_nothing_is_refused(old: str, new: str) -> None:
    with pytest.raises(InputError, match=r"x\.act/2\.yaml"):
        edited(HERE / "seeded" / "inform-and-keep-secret", "x.act/2.yaml", old, new)


@pytest.mark.parametrize("awaited", ["x.act.1", "x.act.2"])
def test_norms_that_await_one_another_are_refused(awaited: str) -> None:
    folder = HERE / "sound" / "report-with-notification"
    with pytest.raises(InputError, match="awaits its own discharge"):
        edited(folder, "x.act/1.yaml", "action:", f"awaits: [{awaited}]\naction:")


def test_a_duty_that_may_be_refused_on_any_ground_leaves_a_way() -> None:
    refusal = "refusal: {event: refused%s}\naction:"
    folder = HERE / "seeded" / "inform-and-keep-secret"
    assert audit(edited(folder, "x.act/1.yaml", "action:", refusal % "")).findings == ()
    assert audit(edited(folder, "x.act/1.yaml", "action:", refusal % ", ground: disproportionate")).findings


def test_one_way_that_is_not_forbidden_is_enough() -> None:
    folder = HERE / "seeded" / "inform-and-keep-secret"
    wider = edited(folder, "x.act/1.yaml", "what: information", "what: [information, final]")
    assert audit(wider).findings == ()
    narrower = edited(folder, "x.act/1.yaml", "what: information", "what: [information, disclosure]")
    assert audit(narrower).findings


def complete(facts: Situation) -> bool:
    """Whether it is a state of affairs that the audit thinks of: no contradiction, one result each."""
    results = [
        ("answer" if event.event in ("replied", "refused") else event.event, event.by)
        for event in facts.events
        if event.event in ("classified", "assessed", "replied", "refused")
    ]
    return len(set(results)) == len(results) and not any(contradictions(words(), facts))


def applies(found: Outcome, at: dt.datetime) -> bool:
    """Whether a duty is there to be met in time, by what is known for certain."""
    duty = found.duty
    unsure = any(s.step in ("exception", "displaced") and s.value == "unknown" for s in duty.trace)
    past = duty.late_after is not None and duty.late_after < at
    over = duty.status in ("lapsed", "refused_with_ground", "waiting", "discharged", "discharged_late")
    return found.list in RUNNING and not (unsure or past or over)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 100_000))
def test_what_is_said_never_to_apply_applies_in_no_random_situation(seed: int) -> None:
    draw = Draw(seed)
    made = as_verified(library_of(draw))
    for norm in (n for n in made.norms if words().standings[n.standing] != "reference"):
        try:
            never = never_applies(made, norm)
        except TooManyError:
            continue
        if never is None or never.kind == "always_displaced":
            continue  # a random register may leave out the displacing instrument
        for _ in range(30):
            inquiry = inquiry_of(draw, made)
            if complete(inquiry.situation):
                assert not any(applies(found, inquiry.at) for found in outcomes(inquiry, norm)), never.kind


class TestCommand:
    @staticmethod
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["duties", "conflicts", *arguments])

    def test_exit_code_1_and_the_witness_where_something_is_found(self) -> None:
        result = self.run(str(HERE / "seeded" / "report-before-notification"))
        assert result.exit_code == 1
        assert "limit_before_it_arises" in result.stdout
        assert "event: submitted" in result.stdout

    def test_json_has_kind_norms_and_witness(self) -> None:
        result = self.run(str(HERE / "seeded" / "each-gives-way"), "--json")
        assert result.exit_code == 1
        found: dict[str, Any] = json.loads(result.stdout)
        (finding,) = found["findings"]
        assert finding["norms"] == ["x.act.1", "y.act.1"]
        assert finding["witness"]["facts_version"] == 1

    def test_exit_code_0_where_nothing_is_found(self) -> None:
        result = self.run(str(HERE / "sound" / "one-gives-way"))
        assert result.exit_code == 0
        assert "no conflict" in result.stdout

    def test_what_ships_passes(self) -> None:
        assert self.run().exit_code == 0

    def test_a_folder_with_a_fault_is_told_with_its_place(self, tmp_path: Path) -> None:
        (tmp_path / "x.act").mkdir()
        (tmp_path / "x.act" / "1.yaml").write_text("id: x.act.1\n")
        result = self.run(str(tmp_path))
        assert result.exit_code == 1
        assert "x.act/1.yaml" in result.stderr
