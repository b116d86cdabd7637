"""Norm files: what they may say, and that every fault is told at once with its place and remedy."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from shipped import ROOT, files, library, words

from proxeny.actions.instruments import read_library
from proxeny.base.errors import InputError
from proxeny.instrument.library import build_library
from proxeny.instrument.norm import Norm
from proxeny.instrument.norm_file import parse_norm, text_digest
from proxeny.instrument.norm_parts import OPERATORS

NORM: dict[str, Any] = {
    "id": "test.act.1",
    "rows": ["D074"],
    "provision": {"at": "1", "url": "https://example.org/act"},
    "check": "S",
    "standing": "binding-EU",
    "modality": "obligation",
    "bearer": "nis2_entity",
    "counterparty": {"one_of": ["csirt", "competent_authority"]},
    "valid": [{"from": "2024-10-18"}],
    "when": {"event": "aware", "of": "significant_incident"},
    "if": [{"fact": "malicious"}, {"not": {"role": "financial_entity"}}],
    "deadline": {"vague": "without_undue_delay", "within": {"hours": 24, "after": "trigger"}},
    "action": "submit",
    "discharge": {"event": "submitted", "what": "early_warning", "fields": ["malicious"]},
}


def parsed(norm: dict[str, Any]) -> tuple[Norm, ...]:
    """The versions of a norm given as plain values."""
    return parse_norm(yaml.safe_dump(norm, sort_keys=False).encode(), "norm.yaml", words(), "test.act")


def changed(**values: Any) -> dict[str, Any]:
    """The norm with other values; None takes a key out."""
    norm = copy.deepcopy(NORM) | values
    return {key: value for key, value in norm.items() if value is not None}


def faults(norm: dict[str, Any]) -> list[str]:
    """What is wrong with it."""
    with pytest.raises(InputError) as caught:
        parsed(norm)
    assert all(fault.place.startswith("norm.yaml") and fault.remedy for fault in caught.value.faults)
    return [fault.message for fault in caught.value.faults]


def test_a_norm_is_read_as_it_is_written() -> None:
    (norm,) = parsed(NORM)
    assert (norm.id, norm.rows, norm.check) == ("test.act.1", ("D074",), "S")
    assert norm.triggers[0].attributes == {"of": ("significant_incident",)}
    assert norm.counterparty.one


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"when": {"event": "attacked"}}, "'attacked' is no event"),
        ({"when": {"event": "aware", "of": "trouble"}}, "'trouble' is no of"),
        ({"when": {"event": "aware", "about": "incident"}}, "unknown key 'about'"),
        ({"bearer": "bank"}, "'bank' is no role"),
        ({"if": {"fact": "serious"}}, "'serious' is no fact"),
        ({"if": {"xor": []}}, "unknown operator 'xor'"),
        ({"if": {"all": []}}, "no condition in the list"),
        ({"if": {"attribute": "level_high", "is": "4"}}, "level_high is a level"),
        ({"if": {"attribute": "level_high", "at_least": 9}}, "9 is no whole number of 0 to 7"),
        ({"standing": "law"}, "'law' is no standing"),
        ({"modality": "duty"}, "'duty' is no modality"),
        ({"action": "attack"}, "'attack' is no action"),
        ({"provision": {"at": "1"}}, "provision is without url"),
        ({"provision": None}, "without provision"),
        ({"check": "V"}, "provision is without text_sha256"),
        ({"rows": ["74"]}, "'74' is no row"),
        ({"id": "other.act.1"}, "'other.act.1' is not of this instrument"),
        ({"valid": [{"from": "18.10.2024"}]}, "'18.10.2024' is no day"),
        ({"valid": [{"from": "2024-01-01"}, {"from": "2025-01-01"}]}, "the version before this one has no end"),
        ({"valid": [{"from": "2025-01-01", "until": "2024-01-01"}]}, "a version that ends before it begins"),
        ({"exceptions": [{"if": {"fact": "malicious"}}]}, "without source"),
        ({"displaced_by": [{"by": "x", "if": {"fact": "malicious"}}]}, "without source"),
        ({"when": None}, "an unreachable deadline: no trigger to run from"),
        ({"deadline": {"within": {"hours": 0, "after": "trigger"}}}, "0 is no whole number"),
        ({"deadline": {"within": {"hours": -4, "after": "trigger"}}}, "-4 is no whole number"),
        ({"deadline": {"within": {"hours": 4, "days": 1, "after": "trigger"}}}, "not one length of time"),
        ({"deadline": {"within": {"hours": 4}}}, "within is without after"),
        ({"deadline": {"within": {"hours": 4, "after": "later"}}}, "'later' is no anchor"),
        ({"deadline": {"within": {"min": [{"hours": 4, "after": "trigger"}]}}}, "min of fewer than two limits"),
        ({"deadline": {"within": {"after": {"limit_of": "test.act.1"}}}}, "an unreachable deadline: it runs from itself"),
        (
            {"deadline": {"within": {"hours": 1, "after": {"event": "submitted", "what": "early_warning"}}}},
            "an unreachable deadline: it runs from what discharges the duty",
        ),
        ({"modality": "prohibition"}, "a prohibition with a deadline"),
        ({"deadline": {"vague": "soon"}}, "'soon' is no vague term"),
        ({"deadline": {}}, "an empty deadline"),
        ({"discharge": None, "refusal": {"event": "refused"}}, "refusal of a duty that nothing discharges"),
        ({"limit": 4}, "unknown key 'limit'"),
    ],
)  # fmt: skip
def test_a_fault_is_told(change: dict[str, Any], message: str) -> None:
    assert any(message in found for found in faults(changed(**change)))


def test_all_faults_are_told_at_once_with_line_and_column() -> None:
    text = yaml.safe_dump(
        changed(bearer="bank", when={"event": "attacked"}, standing="law", **{"if": {"fact": "serious"}}),
        sort_keys=False,
    )
    with pytest.raises(InputError) as caught:
        parse_norm(text.encode(), "norm.yaml", words(), "test.act")
    assert len(caught.value.faults) >= 4
    by_place = {fault.place: fault.message for fault in caught.value.faults}
    line = text.splitlines().index("bearer: bank") + 1
    assert by_place[f"norm.yaml, line {line} column 9"].startswith("'bank' is no role")


def test_a_later_version_changes_only_what_it_says() -> None:
    later = {"from": "2027-01-01", "changes": {"deadline": {"within": {"hours": 12, "after": "trigger"}}}}
    old, new = parsed(changed(valid=[{"from": "2024-10-18", "until": "2027-01-01"}, later]))
    assert old.deadline != new.deadline
    assert (old.condition, old.triggers, old.valid.until) == (new.condition, new.triggers, new.valid.start)


def test_the_digest_of_a_text_does_not_hang_on_line_breaks() -> None:
    assert text_digest("within 24 hours\n  of becoming aware ") == text_digest(
        "within 24 hours of becoming aware"
    )
    assert text_digest("within 24 hours") != text_digest("within 25 hours")


@pytest.mark.parametrize("path", sorted(ROOT.glob("model-convention/articles/*.md")), ids=lambda p: p.name)
def test_the_digest_of_an_own_article_is_that_of_its_file(path: Any) -> None:
    url = f"data/instruments/model-convention/articles/{path.name}"
    own = [norm for norm in library().norms if norm.provision.url == url]
    assert {norm.provision.text_sha256 for norm in own} <= {text_digest(path.read_text(encoding="utf-8"))}


def test_no_norm_speaks_of_force_or_of_who_did_it() -> None:
    known = {*words().events, *words().facts, *words().roles, *words().actions}
    banned = (
        "force",
        "self_defence",
        "countermeasure",
        "attribut",
        "guilt",
        "breach_of",
        "responsib",
        "attack",
    )
    assert not [word for word in known for part in banned if part in word]


class TestBetweenFiles:
    @staticmethod
    def messages(name: str, old: bytes, new: bytes) -> list[str]:
        """The faults of the shipped files with one of them changed."""
        found = files()
        folder, file = name.split("/")
        assert old in found[folder][file]
        found[folder][file] = found[folder][file].replace(old, new)
        with pytest.raises(InputError) as caught:
            build_library(words(), found)
        return [fault.message for fault in caught.value.faults]

    def test_a_reference_to_no_norm_is_refused(self) -> None:
        (fault,) = self.messages("eu.nis2/23.4.d.yaml", b"eu.nis2.23.4.b, ", b"eu.nis2.99, ")
        assert "eu.nis2.99" in fault

    def test_a_displacement_by_nothing_is_refused(self) -> None:
        (fault,) = self.messages("eu.nis2/23.4.a.yaml", b"by: eu.dora", b"by: eu.dorra")
        assert "eu.dorra" in fault

    def test_a_displacement_by_itself_is_refused(self) -> None:
        (fault,) = self.messages("eu.nis2/23.4.a.yaml", b"by: eu.dora", b"by: eu.nis2")
        assert fault == "displaced by itself"

    def test_a_ring_of_deadlines_is_refused(self) -> None:
        ring = b"within: {hours: 1, after: {limit_of: eu.nis2.23.4.e}}"
        (first, second) = self.messages("eu.nis2/23.4.d.yaml", b"within: {months: 1, after: trigger}", ring)
        assert "by way of others" in first
        assert first == second

    def test_one_id_twice_is_refused(self) -> None:
        (fault,) = self.messages("eu.nis2/23.4.a.yaml", b"id: eu.nis2.23.4.a", b"id: eu.nis2.23.4.b")
        assert "stands in" in fault

    def test_unfit_words_are_refused(self) -> None:
        with pytest.raises(InputError, match=r"words\.yaml"):
            read_library(b"roles: {a: 1}", {})


KEYS = [*OPERATORS, "event", "of", "within", "hours", "after", "min", "by"]
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.text(max_size=6)
    | st.sampled_from([*OPERATORS, "aware", "trigger"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(NORM)), JUNK)
def test_whatever_stands_in_a_norm_it_is_read_or_refused(key: str, value: Any) -> None:
    try:
        found = parsed(copy.deepcopy(NORM) | {key: value})
    except InputError as error:
        found = ()
        assert_told(error)
    assert all(norm.instrument == "test.act" for norm in found)


def assert_told(error: InputError) -> None:
    """Every fault has its place, and what to do."""
    assert error.faults
    assert all(fault.place for fault in error.faults)
