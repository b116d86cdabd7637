"""Reading a facts file: every fault at once, each with its line, its column and its remedy."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from proxeny.base.errors import Fault, InputError
from proxeny.base.wire import Limits, unknown_keys
from proxeny.base.yaml_wire import YAML_LIMITS, Document, Path, scan_yaml
from proxeny.identify.facts import (
    LIST_N,
    QUESTIONS,
    UNLISTED_STATES,
    Answer,
    DecisionFacts,
    Facts,
    Given,
    Integrity,
    Records,
    Service,
    StateFacts,
)
from proxeny.identify.state_codes import is_state_code, meant_code

_EVIDENCE = "evidence"
"""The words behind drawn facts, as `proxeny identify --json` emits them beside the facts; nothing is read there."""

_CHOICES = {
    "physical": ("none", "repairable", "site_lost", "off_site"),
    "state": ("none", "restored_24h", "restored_later", "not_restorable", "extent_unknown"),
    "trust_anchor": ("none", "exposed", "misused", "misused_many"),
}
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}
_A_NUMBER = "write n, [least, most] or unknown"


class _Range(msgspec.Struct, frozen=True):
    """What a number may be. `whole`: things and people are counted, not measured."""

    least: float = 0
    most: float = math.inf
    whole: bool = False
    hint: str = "a negative or infinite number is none"


_COUNT = _Range(whole=True)
_AMOUNT = _Range()
_SHARE = _Range(most=1, hint="a share is a fraction: 0.35 for 35 %")
_TIER = _Range(least=1, most=3, whole=True, hint="1 electricity, water, health …; 2 payments …; 3 other")
_WORST = _Range(most=3, whole=True, hint="0 none, 1 for A up to 2, 2 for A of 3 or 4, 3 for A of 5 or more")
_STATES = _Range(most=UNLISTED_STATES, whole=True, hint="the United Nations have 193 members")

_SERVICE = {"tier": _TIER, "share": _SHARE, "persons": _COUNT, "hours": _AMOUNT}
_PEOPLE = {"share": _SHARE, "persons": _COUNT}
_STATE = {
    "deaths": _COUNT,
    "injuries": _COUNT,
    "loss_gdp_share": _SHARE,
    "loss_usd": _AMOUNT,
    "worst_credible": _WORST,
    "barriers": _COUNT,
}
_STATE_FLAGS = ("common_cause", "repetition", "planned_test")


def parse_facts(data: bytes, name: str, limits: Limits = YAML_LIMITS) -> Given:
    """The facts of a file (YAML or JSON), and which keys it names. Raises InputError with every fault."""
    return read_facts(scan_yaml(data, name, limits))


def read_facts(document: Document) -> Given:
    """The facts of a document that is decoded already, as `parse_facts` reads them."""
    check = _Check(document, list(document.faults))
    given = _facts(check, document.value)
    if check.faults:
        raise InputError(check.faults)
    return given


class _Check(msgspec.Struct, frozen=True):
    """The document, and the faults found in it so far."""

    document: Document
    faults: list[Fault]

    def fault(self, path: Path, message: str, remedy: str) -> None:
        """Note a fault of the value there."""
        self.faults.append(Fault(self.document.at(path), message, remedy))

    def key_fault(self, path: Path, message: str, remedy: str) -> None:
        """Note a fault of the key there."""
        self.faults.append(Fault(self.document.at_key(path), message, remedy))


def _facts(check: _Check, raw: Any) -> Given:
    if not isinstance(raw, dict):
        check.fault((), "no facts file", "write home:, states: and so on, or {} where there is nothing")
        return Given(Facts(), {})
    values = _mapping(check, raw, (), (*Facts.__struct_fields__, _EVIDENCE))
    states: dict[str, StateFacts] = {}
    keys = {"": frozenset(values) - {_EVIDENCE}}
    for code, entry in _mapping(check, values.get("states"), ("states",)).items():
        if not is_state_code(code):
            check.key_fault(("states", code), f"{code[:20]!r} is no State code", _state_remedy(code))
        states[code], keys[code] = _state(check, entry, ("states", code))
    facts = Facts(
        home=_home(check, values),
        states=states,
        decision=_decision(check, values.get("decision"), ("decision",)),
        **_numbers(check, values, (), {"more_states": _STATES}),
    )
    return Given(facts, keys)


def home_faults(home: str | None, place: str) -> list[Fault]:
    """What is wrong with a home that was given: the same words as for one in a file."""
    if home is None or is_state_code(home):
        return []
    return [Fault(place, f"{home[:20]!r} is no State code", _state_remedy(home))]


def _home(check: _Check, values: Mapping[str, Any]) -> str | None:
    home = values.get("home")
    if "home" not in values or (isinstance(home, str) and is_state_code(home)):
        return home
    check.fault(("home",), f"{str(home)[:20]!r} is no State code", _state_remedy(str(home)))
    return None


def _state_remedy(code: str) -> str:
    meant = meant_code(code)
    return f"did you mean {meant}?" if meant else "two capital letters of ISO 3166-1, or XA to XZ"


def _state(check: _Check, raw: Any, path: Path) -> tuple[StateFacts, frozenset[str]]:
    values = _mapping(check, raw, path, StateFacts.__struct_fields__)
    facts = StateFacts(
        services=_services(check, values.get("services"), (*path, "services")),
        records=_records(check, values.get("records"), (*path, "records")),
        integrity=_integrity(check, values.get("integrity"), (*path, "integrity")),
        physical=_choice(check, values, path, "physical"),
        trust_anchor=_choice(check, values, path, "trust_anchor"),
        **_numbers(check, values, path, _STATE),
        **{key: _flag(check, values, path, key) for key in _STATE_FLAGS},
    )
    worst = facts.worst_credible
    # `unknown` may yet be 0; a figure above 0 says nothing of depth without the barriers (the scale, rule C).
    above = not isinstance(worst, str) and (worst[1] if isinstance(worst, tuple) else worst) > 0
    if above and "barriers" not in values:
        remedy = "add barriers: how many independent ones are left, or unknown"
        check.key_fault((*path, "worst_credible"), "worst_credible above 0 without barriers", remedy)
    return facts, frozenset(values)


def _services(check: _Check, raw: Any, path: Path) -> tuple[Service, ...]:
    if raw is None:
        return ()
    if not isinstance(raw, list):
        check.fault(path, "services is not a list", "write - {tier: 1, share: 0.1, hours: 5}")
        return ()
    services = []
    for number, entry in enumerate(raw):
        own = (*path, number)
        values = _mapping(check, entry, own, Service.__struct_fields__)
        if "tier" not in values and (entry is None or isinstance(entry, dict)):
            check.fault(own, "a service without a tier", f"add tier: 1, 2, 3 or unknown; {_TIER.hint}")
        numbers = {"tier": 3, **_numbers(check, values, own, _SERVICE)}
        services.append(Service(degraded=_flag(check, values, own, "degraded"), **numbers))
    return tuple(services)


def _records(check: _Check, raw: Any, path: Path) -> Records | None:
    if raw is None:
        return None
    values = _mapping(check, raw, path, Records.__struct_fields__)
    return Records(
        sensitive=_flag(check, values, path, "sensitive"), **_numbers(check, values, path, _PEOPLE)
    )


def _integrity(check: _Check, raw: Any, path: Path) -> Integrity | None:
    if raw is None:
        return None
    values = _mapping(check, raw, path, Integrity.__struct_fields__)
    return Integrity(state=_choice(check, values, path, "state"), **_numbers(check, values, path, _PEOPLE))


def _decision(check: _Check, raw: Any, path: Path) -> DecisionFacts:
    values = _mapping(check, raw, path, DecisionFacts.__struct_fields__)
    return DecisionFacts(
        list=_listed(check, values.get("list"), (*path, "list")),
        questions=_answers(check, values.get("questions"), (*path, "questions"), QUESTIONS),
        **_numbers(check, values, path, {"hours_since_aware": _AMOUNT}),
    )


def _listed(check: _Check, raw: Any, path: Path) -> dict[str, Answer]:
    """List N: codes that are met, or a mapping from codes to answers."""
    if not isinstance(raw, list):
        return _answers(check, raw, path, LIST_N)
    for number, code in enumerate(raw):
        if code not in LIST_N:
            near = str(code).upper()
            remedy = f"did you mean {near}?" if near in LIST_N else f"known: {', '.join(LIST_N)}"
            check.fault((*path, number), f"{str(code)[:20]!r} is not in list N", remedy)
    return {code: "yes" for code in LIST_N if code in raw}


def _answers(check: _Check, raw: Any, path: Path, known: Collection[str]) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for key, value in _mapping(check, raw, path, known).items():
        answer = _truth(value)
        if answer is None:
            check.fault((*path, key), f"{_said(value)} is no answer", "write yes, no or unknown")
        else:
            found[key] = "unknown" if answer == "unknown" else "yes" if answer else "no"
    return found


def _mapping(check: _Check, raw: Any, path: Path, known: Collection[str] | None = None) -> dict[str, Any]:
    """The keys and values there; a fault for each key that is not known. Nothing written is an empty one."""
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        name = f"{path[-1]} is " if path and isinstance(path[-1], str) else ""
        check.fault(path, f"{name}not a set of keys and values", "write key: value lines")
        return {}
    if known is not None:
        for key in (key for key in raw if key not in known):
            (fault,) = unknown_keys({key: None}, set(known), "")
            check.key_fault((*path, key), fault.message, fault.remedy)
    return raw


def _numbers(
    check: _Check, values: Mapping[str, Any], path: Path, ranges: Mapping[str, _Range]
) -> dict[str, Any]:
    """Those of the keys that the file gives, as the records hold them: n, (least, most) or unknown."""
    return {key: _number(check, values[key], (*path, key), ranges[key]) for key in ranges if key in values}


def _number(check: _Check, raw: Any, path: Path, allowed: _Range) -> Any:
    key = path[-1]
    if isinstance(raw, str) and raw.lower() == "unknown":
        return "unknown"
    ends = raw if isinstance(raw, list) else [raw]
    if not all(type(n) is int or type(n) is float for n in ends) or len(ends) != (2 if ends is raw else 1):
        check.fault(path, f"{key} is not a number: {_said(raw)}", _number_remedy(raw))
    elif not all(math.isfinite(n) and allowed.least <= n <= allowed.most for n in ends):
        limit = (
            f"{allowed.least:g} or more"
            if allowed.most == math.inf
            else f"{allowed.least:g} to {allowed.most:g}"
        )
        check.fault(path, f"{key} is not {limit}: {_said(raw)}", allowed.hint)
    elif allowed.whole and any(n != int(n) for n in ends):
        check.fault(path, f"{key} is not a whole number: {_said(raw)}", "count whole persons or things")
    elif ends[0] > ends[-1]:
        check.fault(path, f"the least of {key} is above the most: {_said(raw)}", "write [least, most]")
    else:
        ends = [int(n) if allowed.whole else n for n in ends]
        return tuple(ends) if isinstance(raw, list) else ends[0]
    return 0  # only so that the reading goes on to the next fault


def _number_remedy(raw: Any) -> str:
    if raw is None:
        return f"{_A_NUMBER}, or leave the key out"
    if isinstance(raw, str) and raw.endswith("%"):
        return _SHARE.hint
    if isinstance(raw, str) and raw[:1].isdigit():
        return "write digits only, without quotes, units or separators: 12500"
    return _A_NUMBER


def _choice(check: _Check, values: Mapping[str, Any], path: Path, key: str) -> Any:
    raw = values.get(key, "none")
    if raw == "unknown" or raw in _CHOICES[key]:
        return raw
    remedy = f"one of {', '.join(_CHOICES[key])}, unknown"
    check.fault((*path, key), f"{_said(raw)} is no {key}", remedy)
    return "none"


def _flag(check: _Check, values: Mapping[str, Any], path: Path, key: str) -> Any:
    answer = _truth(values.get(key, False))
    if answer is None:
        check.fault((*path, key), f"{key} is neither yes nor no: {_said(values[key])}", "yes, no or unknown")
        return False
    return answer


def _truth(raw: Any) -> bool | str | None:
    """True, False or `unknown`; None where it is none of them."""
    if isinstance(raw, bool):
        return raw
    if not isinstance(raw, str):
        return None
    return "unknown" if raw.lower() == "unknown" else _YES_NO.get(raw.lower())


def _said(raw: Any) -> str:
    """What stands in the file, short enough for one line."""
    return "no value" if raw is None else repr(raw)[:40]
