"""The table of duties and the norms: every row is there, as it is marked, and none says more than its standing."""

from __future__ import annotations

import csv

import pytest
from shipped import duties, facts, library

from shared import SHARED

TABLE = SHARED / "spec" / "duties.tsv"


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[str, str]]:
    """The rows of the table by their ids."""
    if not TABLE.is_file():
        pytest.skip(f"{TABLE} is not here")
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {row["id"]: row for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}


def test_every_row_is_a_norm_or_a_final_clause(rows: dict[str, dict[str, str]]) -> None:
    found = {row for norm in library().norms for row in norm.rows}
    for instrument in library().instruments.values():
        found |= {row for rule in instrument.entry_rules for row in rule.rows}
    assert found == set(rows)


def test_an_unverified_row_stays_so_unless_its_official_text_was_read(
    rows: dict[str, dict[str, str]],
) -> None:
    for norm in library().norms:
        for row in norm.rows:
            if rows[row]["check"] == "R":
                assert norm.check in ("R", "V"), norm.id
        if norm.check == "V":
            assert norm.provision.text_sha256, norm.id
            assert norm.provision.read, norm.id


def test_only_binding_rows_can_be_due(rows: dict[str, dict[str, str]]) -> None:
    lists = library().words.standings
    for norm in library().norms:
        for row in norm.rows:
            if rows[row]["standing"] == "political":
                assert lists[norm.standing] == "recommended", norm.id
            if row in ("D001", "D003", "D120"):
                assert lists[norm.standing] == "reference", norm.id
            if "D069" <= row <= "D073":
                assert lists[norm.standing] == "none", norm.id


def test_an_unverified_norm_is_never_due_though_the_state_is_a_party() -> None:
    parties = {
        name: [
            {"state": state, "act": "ratification", "in_force": "2000-01-01", "source": "test"}
            for state in ("XA", "XB")
        ]
        for name, one in library().instruments.items()
        if one.bound_by == "parties"
    }
    text = facts(actors={"XA": {"kind": "state"}, "XB": {"kind": "state"}}, parties=parties)
    found = duties(text, "2026-03-02T08:00Z")
    assert not [duty.norm for duty in found.due if duty.check == "R"]
    assert [duty.norm for duty in found.open if duty.needs == ("check",)]
