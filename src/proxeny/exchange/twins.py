"""The steps of a delivery, their clocks, and the negative twin of each: a signed claim that a step was not taken.

A twin is its signer's claim and nothing more; against proof of the step it is void. Clocks are asked at a moment that
the caller gives, so that a desk records their outcomes once and rebuilds them without a clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

import msgspec

from proxeny.base.members import CONTEXT, DIGEST, MOMENT, STATE, check_members, integer, words
from proxeny.base.moments import parse_moment
from proxeny.base.records import encode_json
from proxeny.base.wire import Limits
from proxeny.exchange.jws import parse_jws, parse_object, sign_jws, verify_jws
from proxeny.exchange.keys import Find, PublicKey, Signer
from proxeny.exchange.limits import OUTER, OUTER_JSON, OUTER_PAYLOAD
from proxeny.exchange.outer import Context
from proxeny.exchange.steps import RefusedError, refuse_at

TYPE = "proxeny-twin"
VERSION = 1
Rung = Literal["sent", "received", "acknowledged", "read", "answered"]
"""Sent by the desk; received by machine; acknowledged by a person; read by the authority; answered."""

RUNGS: tuple[Rung, ...] = ("sent", "received", "acknowledged", "read", "answered")
_LIMITS = Limits(size=OUTER_PAYLOAD, depth=2, values=60)


class Clock(msgspec.Struct, frozen=True):
    """Until when after sending a step is awaited, and what is to be done when it was not taken by then."""

    rung: Rung
    after: dt.timedelta
    then: str


DELIVERY = (
    Clock("received", dt.timedelta(minutes=5), "send-again"),
    Clock("acknowledged", dt.timedelta(minutes=30), "second-channel"),
    Clock("acknowledged", dt.timedelta(minutes=60), "third-channel-and-alternate"),
    Clock("acknowledged", dt.timedelta(hours=4), "mission"),
)
"""The clocks of every message (lifecycle of an incident, 5.1, after the usual figures of USIE)."""

ANSWERS: Mapping[str, tuple[Clock, ...]] = {
    "V": (
        Clock("answered", dt.timedelta(hours=24), "alternate-and-mission"),
        Clock("answered", dt.timedelta(hours=48), "shown-as-unanswered"),
    ),
    "R": (Clock("answered", dt.timedelta(hours=24), "counted-as-silent"),),
}
"""The clocks of forms that ask: verification (E4, E5, after article 10 of the International Health Regulations) and
request for assistance (A3)."""


class Lapse(msgspec.Struct, frozen=True):
    """A clock that ran out: the step not taken, since when, and what is to be done."""

    rung: Rung
    due_at: dt.datetime
    then: str


class Twin(msgspec.Struct, frozen=True, kw_only=True):
    """The claim of `signer` that `state` had not taken the step `missing` when it was stated."""

    version: int = VERSION
    signer: str
    state: str
    missing: Rung
    context: Context
    root: str
    outer: str
    commitment: str
    due_at: str
    stated_at: str


_MEMBERS = {
    "version": integer(1, VERSION),
    "signer": STATE,
    "state": STATE,
    "missing": words(*RUNGS[1:]),
    "context": CONTEXT,
    "root": DIGEST,
    "outer": DIGEST,
    "commitment": DIGEST,
    "due_at": MOMENT,
    "stated_at": MOMENT,
}


def lapsed(
    form: str, sent_at: dt.datetime, taken: Mapping[Rung, dt.datetime], now: dt.datetime
) -> tuple[Lapse, ...]:
    """The clocks of a message that have run out at `now`, soonest first.

    `taken` are the times of steps; a later step stands for those before it. A step taken late leaves its lapse.
    """
    found = []
    for clock in (*DELIVERY, *ANSWERS.get(form, ())):
        due_at = sent_at + clock.after
        times = [taken[rung] for rung in RUNGS[RUNGS.index(clock.rung) :] if rung in taken]
        if due_at <= now and not any(time <= due_at for time in times):
            found.append(Lapse(clock.rung, due_at, clock.then))
    return tuple(sorted(found, key=lambda lapse: lapse.due_at))


def next_lapse(
    form: str, sent_at: dt.datetime, taken: Mapping[Rung, dt.datetime], now: dt.datetime
) -> dt.datetime | None:
    """When to ask again: the next moment at which a clock will run out if nothing is done, or None."""
    clocks = (*DELIVERY, *ANSWERS.get(form, ()))
    reached = max((RUNGS.index(rung) for rung in taken), default=0)
    later = [sent_at + clock.after for clock in clocks if RUNGS.index(clock.rung) > reached]
    return min((due for due in later if due > now), default=None)


def sign_twin(twin: Twin, signer: Signer) -> bytes:
    """The claim under the desk's key for receipts. Raises RefusedError when nobody would take it."""
    payload = encode_json(twin)
    _read(payload)
    return sign_jws(payload, TYPE, [signer])


def read_twin(data: bytes, find: Find) -> tuple[Twin, PublicKey]:
    """Step `twin`: a claim whose signature is its signer's. Raises RefusedError."""
    if len(data) > OUTER:
        raise refuse_at("twin", "twin", f"larger than {OUTER} bytes", "ask for it again")
    jws = parse_jws(data, TYPE, 1, OUTER_JSON, "twin", "twin")
    twin = _read(jws.payload)
    (key,) = verify_jws(jws, find, "receipt", "twin", "twin")
    if key.state != twin.signer:
        raise refuse_at("twin", "twin/signer", f"signed by {key.state}", "each desk signs its own claims")
    return twin, key


def is_void(twin: Twin, reached: frozenset[Rung]) -> bool:
    """Whether proof of the step, or of one after it, stands against the claim."""
    return any(rung in reached for rung in RUNGS[RUNGS.index(twin.missing) :])


def _read(payload: bytes) -> Twin:
    value = parse_object(payload, _LIMITS, "twin", "twin/payload")
    faults = check_members(value, _MEMBERS, "twin/payload")
    if faults:
        raise RefusedError("twin", faults)
    twin = msgspec.convert(value, Twin)
    if parse_moment(twin.stated_at, "") < parse_moment(twin.due_at, ""):
        raise refuse_at(
            "twin", "twin/payload/stated_at", "stated before the step was due", "wait for the clock"
        )
    if twin.signer == twin.state:
        raise refuse_at("twin", "twin/payload/state", "a claim about its own signer", "claim of another only")
    return twin
