"""A duty: the instance of a norm for a bearer and a counterparty, with its status, times and trace."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from proxeny.instrument.norm import Instrument, Norm
from proxeny.instrument.truth import Step


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """Who owes what to whom, by when and why.

    `by`: the earliest defensible limit; `late_after`: the latest, None where it never turns late. `by_if`: when an
    open duty would be due. `needs`: what would settle it. `reason`: that given for lateness or refusal.
    `proved_by`: the source that proves the discharge. `warn`: a vague term that has run longer than the desk allows.
    """

    row: str | None
    rows: tuple[str, ...]
    norm: str
    instrument: str
    provision: str
    reference: str
    url: str
    standing: str
    check: str
    modality: str
    action: str
    summary: str
    bearer: str
    counterparty: str
    status: str
    by: dt.datetime | None = None
    late_after: dt.datetime | None = None
    by_if: dt.datetime | None = None
    vague: str = ""
    warn: bool = False
    since: dt.datetime | None = None
    done_at: dt.datetime | None = None
    reason: str = ""
    proved_by: str | None = None
    needs: tuple[str, ...] = ()
    notice: str = ""
    trace: tuple[Step, ...] = ()


class Outcome(msgspec.Struct, frozen=True):
    """What became of a norm for one bearer and counterparty. `list`: due, recommended, would_apply, open, or
    `absent`; the duty stands there too when absent, to show why not (its last step is the first that failed)."""

    list: str
    duty: Duty


class Reference(msgspec.Struct, frozen=True):
    """A norm that is shown and never instantiated."""

    row: str | None
    rows: tuple[str, ...]
    norm: str
    instrument: str
    provision: str
    url: str
    standing: str
    check: str
    summary: str


class Duties(msgspec.Struct, frozen=True, kw_only=True):
    """Every duty, by the word that its norm's standing allows. `context`: the word of the facts file (exercise, test)."""

    at: dt.datetime
    known_at: dt.datetime | None
    state: str | None
    context: str = ""
    due: tuple[Duty, ...] = ()
    recommended: tuple[Duty, ...] = ()
    would_apply: tuple[Duty, ...] = ()
    open: tuple[Duty, ...] = ()
    reference: tuple[Reference, ...] = ()
    notices: tuple[str, ...] = ()


LISTS = ("due", "recommended", "would_apply", "open")


def new_duty(norm: Norm, instrument: Instrument, bearer: str, counterparty: str, **values: Any) -> Duty:
    """A duty of a norm, with what the norm says of it."""
    return Duty(
        row=norm.rows[0] if norm.rows else None,
        rows=norm.rows,
        norm=norm.id,
        instrument=norm.instrument,
        provision=norm.provision.at,
        reference=norm.provision.reference,
        url=norm.provision.url,
        standing=norm.standing,
        check=norm.check,
        modality=norm.modality,
        action=norm.action,
        summary=norm.summary,
        bearer=bearer,
        counterparty=counterparty,
        vague=norm.deadline.vague if norm.deadline else "",
        notice=instrument.notice,
        **values,
    )


def new_reference(norm: Norm) -> Reference:
    """A norm as a reference."""
    return Reference(
        row=norm.rows[0] if norm.rows else None,
        rows=norm.rows,
        norm=norm.id,
        instrument=norm.instrument,
        provision=norm.provision.at,
        url=norm.provision.url,
        standing=norm.standing,
        check=norm.check,
        summary=norm.summary,
    )
