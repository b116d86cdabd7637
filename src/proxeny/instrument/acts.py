"""What a norm demands and what it forbids, as acts that can be held against each other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from proxeny.instrument.mentions import ONE_RESULT
from proxeny.instrument.norm import Norm, Pattern
from proxeny.instrument.situation import Situation
from proxeny.instrument.words import Words

WIDER = {"disclose": ("submit", "inform", "report", "reply", "exchange", "substantiate")}
"""Actions that are each a way of another: who must not disclose must not inform either."""

NO_ACT = ("refrain", "observe")
"""Actions that ask for nothing to be done; as the action of a prohibition they name nothing that is forbidden."""

Act = tuple[str, dict[str, str]]
"""What happens, and its attributes."""


def demands(norm: Norm) -> bool:
    """Whether it asks its bearer to do something."""
    return norm.modality in ("obligation", "recommendation") and norm.action not in NO_ACT


def forbidden(norm: Norm) -> tuple[Pattern, ...]:
    """The events that it forbids: its `forbids`; of a prohibition without, what is written as its discharge."""
    if norm.forbids or norm.modality != "prohibition" or norm.discharge is None:
        return norm.forbids
    return norm.discharge.events


def acts(pattern: Pattern) -> Iterator[Act]:
    """Each act that will do."""
    for row in itertools.product(*pattern.attributes.values()):
        yield pattern.event, dict(zip(pattern.attributes, row, strict=True))


def may_forbid(words: Words, forbidding: Norm, demanding: Norm) -> bool:
    """Whether one norm may forbid every way of doing what the other demands, whoever is meant. A duty that may be
    refused on any ground leaves a way, unless refusing is forbidden too."""
    if not demands(demanding):
        return False
    patterns = forbidden(forbidding)
    if not patterns:
        action = forbidding.action
        named = forbidding.modality == "prohibition" and action not in NO_ACT
        return named and demanding.action in (action, *WIDER.get(action, ()))
    if demanding.discharge is None:
        return False
    ways = [act for one in (*demanding.discharge.events, *_free_refusals(demanding)) for act in acts(one)]
    return all(any(covers(words, one, act) for one in patterns) for act in ways)


def _free_refusals(norm: Norm) -> Iterator[Pattern]:
    yield from (one for one in norm.refusal if "ground" not in one.attributes)


def covers(words: Words, pattern: Pattern, act: Act) -> bool:
    """Whether the act is surely one of those meant: what the pattern asks the act says, as narrow or narrower."""
    event, said = act
    if pattern.event != event:
        return False
    kinds = words.events[event].attributes
    return all(
        name in said and any(words.counts_as(kinds[name], said[name], one) for one in asked)
        for name, asked in pattern.attributes.items()
    )


def forbids_all(
    words: Words, situation: Situation, demanding: Norm, owed_to: str, forbidding: Norm, towards: str
) -> bool:
    """Whether in the situation every way of meeting the one duty, owed to an actor, is forbidden by the other, which
    stands towards an actor. Without patterns, actions towards the same actor are held against each other."""
    patterns = forbidden(forbidding)
    if not patterns or demanding.discharge is None:
        return not patterns and owed_to == towards
    for way in (*demanding.discharge.events, *_free_refusals(demanding)):
        for act in acts(way):
            barring = [one for one in patterns if covers(words, one, act)]
            if way.by != "bearer" or not any(
                _reaches(situation, way, owed_to, one, towards) for one in barring
            ):
                return False
    return True


def _reaches(situation: Situation, way: Pattern, owed_to: str, bar: Pattern, towards: str) -> bool:
    """Whether what is forbidden includes telling those whom the act would tell."""
    if bar.by not in ("bearer", ""):
        return False
    if not bar.to:
        return True
    if not way.to:
        return False  # anybody may be told, somebody else than those meant too
    told = {owed_to} if way.to == "counterparty" else {a.id for a in situation.holders(way.to)}
    barred = {towards} if bar.to == "counterparty" else {a.id for a in situation.holders(bar.to)}
    return bool(told) and told <= barred


def overlap(words: Words, one: Pattern, other: Pattern) -> bool:
    """Whether an event may fit both patterns, whoever is meant."""
    if one.event != other.event:
        return False
    kinds = words.events[one.event].attributes
    shared = set(one.attributes) & set(other.attributes)
    return all(
        any(_same(words, kinds[n], a, b) for a in one.attributes[n] for b in other.attributes[n])
        for n in shared
    )


def exclusive(words: Words, one: Pattern, other: Pattern) -> bool:
    """Whether nobody can do both: two results of one classification or assessment; to answer and to refuse."""
    if {one.event, other.event} == {"replied", "refused"}:
        whats = one.attributes.get("what", ()), other.attributes.get("what", ())
        return bool(set(whats[0]) & set(whats[1]))
    return one.event == other.event and one.event in ONE_RESULT and not overlap(words, one, other)


def _same(words: Words, kind: str, one: str, other: str) -> bool:
    return words.counts_as(kind, one, other) or words.counts_as(kind, other, one)
