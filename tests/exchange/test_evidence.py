"""Promises of evidence and of negative twins that no vector can show."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from desks import DIRECTORY, XA_RECEIPTS, XB_RECEIPTS
from hypothesis import given
from hypothesis import strategies as st
from make_evidence_vectors import FULL, revoking, twin

from federation import ROOT
from proxeny.directory.verify import verify_directory
from proxeny.exchange.evidence_file import write_evidence
from proxeny.exchange.evidence_verify import verify_evidence
from proxeny.exchange.steps import RefusedError
from proxeny.exchange.twins import RUNGS, Rung, Twin, is_void, lapsed, next_lapse, read_twin, sign_twin

AT = dt.datetime(2026, 3, 10, tzinfo=dt.UTC)
SENT = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
FORMS = st.sampled_from(["N", "V", "R", "Q"])
MINUTES = st.integers(0, 60 * 72).map(lambda minutes: SENT + dt.timedelta(minutes=minutes))
TAKEN = st.dictionaries(st.sampled_from(RUNGS), MINUTES, max_size=5)


def test_revocations_known_later_count_though_the_file_leaves_them_out() -> None:
    later = verify_directory(revoking("XA", "outer", "2026-03-01T00:00:00Z"), ROOT, AT)
    data = write_evidence(FULL)
    assert verify_evidence(data, ROOT, AT).messages[0].standing == "valid"
    assert verify_evidence(data, ROOT, AT, later).messages[0].standing == "time-unproven"


def test_an_expired_directory_is_told_and_proves_what_it_proved() -> None:
    years = verify_evidence(write_evidence(FULL), ROOT, dt.datetime(2040, 1, 1, tzinfo=dt.UTC))
    now = verify_evidence(write_evidence(FULL), ROOT, AT)
    assert (now.stale_since, years.stale_since) == (None, "2026-04-01T00:00:00Z")
    assert years.messages == now.messages


@given(FORMS, TAKEN, MINUTES, MINUTES)
def test_a_clock_that_ran_out_stays_so_whatever_comes_later(
    form: str, taken: dict[Rung, dt.datetime], first: dt.datetime, second: dt.datetime
) -> None:
    early, late = sorted((first, second))
    known = {rung: time for rung, time in taken.items() if time <= early}
    before = lapsed(form, SENT, known, early)
    after = lapsed(form, SENT, taken, late)
    assert set(before) <= set(after)
    assert all(lapse.due_at <= late for lapse in after)


@given(FORMS, TAKEN, MINUTES)
def test_between_two_askings_no_clock_runs_out_unseen(
    form: str, taken: dict[Rung, dt.datetime], now: dt.datetime
) -> None:
    known = {rung: time for rung, time in taken.items() if time <= now}
    upcoming = next_lapse(form, SENT, known, now)
    found = set(lapsed(form, SENT, known, now))
    far = now + dt.timedelta(days=30)
    if upcoming is None:
        assert set(lapsed(form, SENT, known, far)) == found
    else:
        just_before = upcoming - dt.timedelta(microseconds=1)
        assert set(lapsed(form, SENT, known, just_before)) == found
        assert set(lapsed(form, SENT, known, upcoming)) > found


def test_the_clocks_are_those_of_the_lifecycle() -> None:
    found = lapsed("V", SENT, {}, SENT + dt.timedelta(hours=48))
    assert [(lapse.rung, str(lapse.due_at - SENT), lapse.then) for lapse in found] == [
        ("received", "0:05:00", "send-again"),
        ("acknowledged", "0:30:00", "second-channel"),
        ("acknowledged", "1:00:00", "third-channel-and-alternate"),
        ("acknowledged", "4:00:00", "mission"),
        ("answered", "1 day, 0:00:00", "alternate-and-mission"),
        ("answered", "2 days, 0:00:00", "shown-as-unanswered"),
    ]


@given(st.sampled_from(RUNGS[1:]), st.sets(st.sampled_from(RUNGS)))
def test_a_claim_is_void_against_proof_of_the_step_or_of_a_later_one(
    missing: Rung, reached: set[Rung]
) -> None:
    claim, _ = read_twin(twin(missing), DIRECTORY.get)
    later = set(RUNGS[RUNGS.index(missing) :])
    assert is_void(claim, frozenset(reached)) == bool(reached & later)


def read(data: bytes) -> Twin:
    return read_twin(data, DIRECTORY.get)[0]


@given(st.sampled_from(RUNGS[1:]), st.sampled_from(["real", "exercise", "test"]), st.integers(0, 10**6))
def test_a_claim_comes_back_as_it_was_signed(missing: Rung, context: Any, seconds: int) -> None:
    stated = (SENT + dt.timedelta(hours=1, seconds=seconds)).isoformat().replace("+00:00", "Z")
    claim = msgspec.structs.replace(read(twin()), missing=missing, context=context, stated_at=stated)
    assert read(sign_twin(claim, XA_RECEIPTS)) == claim


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"missing": "sent"}, "twin/payload/missing"),
        ({"stated_at": "2026-03-02T08:00:00Z"}, "twin/payload/stated_at"),
        ({"state": "XA"}, "twin/payload/state"),
        ({"context": "war"}, "twin/payload/context"),
        ({"version": 2}, "twin/payload/version"),
    ],
)
def test_a_claim_that_cannot_be_is_not_signed(change: dict[str, Any], place: str) -> None:
    with pytest.raises(RefusedError) as caught:
        twin(**change)
    assert caught.value.step == "twin"
    assert caught.value.faults[0].place == place


def test_no_desk_claims_for_another() -> None:
    with pytest.raises(RefusedError) as caught:
        read(twin(holder=XB_RECEIPTS))
    assert caught.value.step == "twin"


@given(st.binary(max_size=60))
def test_no_bytes_are_a_claim_by_chance(data: bytes) -> None:
    with pytest.raises(RefusedError):
        read(data)
