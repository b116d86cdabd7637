"""Reading a facts file: every fault at once, each with its line, its column and its remedy."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from proxeny.base.errors import Fault, InputError
from proxeny.base.wire import DEFAULT_LIMITS, Limits, unknown_keys
from proxeny.base.yaml_wire import Document, decode_yaml
from proxeny.identify.facts import (
    LIST_N,
    QUESTIONS,
    DecisionFacts,
    Facts,
    Given,
    Integrity,
    Records,
    Service,
    StateFacts,
)

_STATE = re.compile(r"[A-Z]{2}")
_MOST_PERSONS = 1e11  # more than ten times all people alive; a larger figure is a slip of the keyboard
_MOST_HOURS = 24 * 366 * 100
_CHOICES = {
    "physical": ("none", "repairable", "site_lost", "off_site"),
    "state": ("none", "restored_24h", "restored_later", "not_restorable", "extent_unknown"),
    "trust_anchor": ("none", "exposed", "misused", "misused_many"),
}
_YES = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}


def parse_facts(data: bytes, name: str, limits: Limits = DEFAULT_LIMITS) -> Given:
    """The facts of a file (YAML or JSON). Raises InputError with every fault."""
    checker = _Checker(decode_yaml(data, name, limits), name)
    given = checker.top()
    if checker.faults:
        raise InputError(checker.faults)
    return given


class _Checker:
    """Goes through the document once, noting faults and carrying on with what can be read."""

    def __init__(self, document: Document, name: str) -> None:
        self.document = document
        self.name = name
        self.faults: list[Fault] = []

    def top(self) -> Given:
        values = self.mapping(self.document.value, "", {"home", "states", "more_states", "decision"})
        states: dict[str, StateFacts] = {}
        keys: dict[str, frozenset[str]] = {"": frozenset(values)}
        raw = values.get("states", {})
        for code, entry in self.mapping(raw, "/states", None).items():
            if not _STATE.fullmatch(code):
                self.fault(f"/states/{code}", f"{code[:20]!r} is no State code", "two capital letters, ISO 3166-1, e.g. XA")
            states[code], keys[code] = self.state(entry, f"/states/{code}")
        home = values.get("home")
        if home is not None and not (isinstance(home, str) and _STATE.fullmatch(home)):
            self.fault("/home", f"{str(home)[:20]!r} is no State code", "two capital letters, ISO 3166-1, e.g. XA")
            home = None
        return Given(
            Facts(
                home=home,
                states=states,
                more_states=self.number(values, "/more_states", 0, 193, whole=True),
                decision=self.decision(values.get("decision"), "/decision"),
            ),
            keys,
        )

    def state(self, raw: Any, at: str) -> tuple[StateFacts, frozenset[str]]:
        values = self.mapping(raw, at, set(StateFacts.__struct_fields__))
        facts = StateFacts(
            services=self.services(values.get("services"), f"{at}/services"),
            deaths=self.number(values, f"{at}/deaths", 0, _MOST_PERSONS, whole=True),
            injuries=self.number(values, f"{at}/injuries", 0, _MOST_PERSONS, whole=True),
            physical=self.choice(values, f"{at}/physical"),
            loss_gdp_share=self.number(values, f"{at}/loss_gdp_share", 0, math.inf),
            loss_usd=self.number(values, f"{at}/loss_usd", 0, 1e16),
            records=self.records(values.get("records"), f"{at}/records"),
            integrity=self.integrity(values.get("integrity"), f"{at}/integrity"),
            trust_anchor=self.choice(values, f"{at}/trust_anchor"),
            worst_credible=self.number(values, f"{at}/worst_credible", 0, 3, whole=True),
            barriers=self.number(values, f"{at}/barriers", 0, 1000, whole=True, default=None),
            common_cause=self.flag(values, f"{at}/common_cause"),
            repetition=self.flag(values, f"{at}/repetition"),
            planned_test=self.flag(values, f"{at}/planned_test"),
        )
        if facts.barriers is None and facts.worst_credible not in (0, "unknown"):
            self.fault(
                f"{at}/worst_credible", "worst_credible without barriers", "say how many independent barriers are left, or unknown"
            )
        return facts, frozenset(values)

    def services(self, raw: Any, at: str) -> tuple[Service, ...]:
        if raw is None:
            return ()
        if not isinstance(raw, list):
            self.fault(at, "services is a list", "write - {tier: 1, share: 0.1, hours: 5}")
            return ()
        return tuple(self.service(entry, f"{at}/{number}") for number, entry in enumerate(raw))

    def service(self, raw: Any, at: str) -> Service:
        values = self.mapping(raw, at, set(Service.__struct_fields__))
        tier = values.get("tier")
        if tier not in (1, 2, 3, "unknown") or isinstance(tier, bool):
            self.fault(f"{at}/tier", "tier is 1, 2 or 3", "1 electricity, water, health …; 2 payments, administration …; 3 other")
            tier = 3
        return Service(
            tier=tier,
            share=self.share(values, at),
            persons=self.number(values, f"{at}/persons", 0, _MOST_PERSONS, whole=True, default=None),
            hours=self.number(values, f"{at}/hours", 0, _MOST_HOURS),
            degraded=self.flag(values, f"{at}/degraded"),
        )

    def records(self, raw: Any, at: str) -> Records | None:
        if raw is None:
            return None
        values = self.mapping(raw, at, set(Records.__struct_fields__))
        return Records(
            share=self.share(values, at),
            persons=self.number(values, f"{at}/persons", 0, _MOST_PERSONS, whole=True, default=None),
            sensitive=self.flag(values, f"{at}/sensitive"),
        )

    def integrity(self, raw: Any, at: str) -> Integrity | None:
        if raw is None:
            return None
        values = self.mapping(raw, at, set(Integrity.__struct_fields__))
        return Integrity(
            state=self.choice(values, f"{at}/state"),
            share=self.share(values, at),
            persons=self.number(values, f"{at}/persons", 0, _MOST_PERSONS, whole=True, default=None),
        )

    def decision(self, raw: Any, at: str) -> DecisionFacts:
        if raw is None:
            return DecisionFacts()
        values = self.mapping(raw, at, set(DecisionFacts.__struct_fields__))
        listed = values.get("list")
        if isinstance(listed, list):
            listed = {str(item): "yes" for item in listed}
        return DecisionFacts(
            list=self.answers(listed, f"{at}/list", LIST_N),
            questions=self.answers(values.get("questions"), f"{at}/questions", QUESTIONS),
            hours_since_aware=self.number(values, f"{at}/hours_since_aware", 0, _MOST_HOURS, default=None),
        )

    def answers(self, raw: Any, at: str, known: tuple[str, ...]) -> Any:
        if raw is None:
            return {}
        found = {}
        for key, value in self.mapping(raw, at, set(known)).items():
            answer = "yes" if value is True else "no" if value is False else value
            if answer not in ("yes", "no", "unknown"):
                self.fault(f"{at}/{key}", f"{str(value)[:30]!r} is no answer", "yes, no or unknown")
            elif key in known:
                found[key] = answer
        return found

    def mapping(self, raw: Any, at: str, known: set[str] | None) -> dict[str, Any]:
        if raw is None:
            return {}
        if not isinstance(raw, dict):
            self.fault(at, "not a set of keys and values", "write key: value lines")
            return {}
        if known is not None:
            for fault in unknown_keys(raw, known, at):
                self.faults.append(Fault(self.document.place(self.name, fault.place), fault.message, fault.remedy))
        return raw

    def share(self, values: dict[str, Any], at: str) -> Any:
        return self.number(values, f"{at}/share", 0, 1, default=None)

    def number(
        self, values: dict[str, Any], at: str, least: float, most: float, whole: bool = False, default: Any = 0
    ) -> Any:
        key = at.rpartition("/")[2]
        if key not in values:
            return default
        raw = values[key]
        if raw == "unknown":
            return raw
        parts = raw if isinstance(raw, list) else [raw]
        check: Callable[[Any], bool] = lambda n: isinstance(n, int | float) and not isinstance(n, bool)  # noqa: E731
        if not all(check(n) for n in parts) or (isinstance(raw, list) and len(raw) != 2):
            self.fault(at, f"{key} is not a number", "write n, [least, most] or unknown")
            return default
        if not all(math.isfinite(n) and least <= n <= most for n in parts):
            limit = f"from {least:g} to {most:g}" if math.isfinite(most) else "0 or more"
            self.fault(at, f"{key} is out of range: {raw}", f"{limit}; a share is a fraction" if most == 1 else limit)
            return default
        if whole and any(n != int(n) for n in parts):
            self.fault(at, f"{key} is not a whole number: {raw}", "count whole persons or things")
            return default
        if len(parts) == 2 and parts[0] > parts[1]:
            self.fault(at, f"the least of {key} is above the most: {raw}", "write [least, most]")
            return default
        return (parts[0], parts[1]) if isinstance(raw, list) else raw

    def choice(self, values: dict[str, Any], at: str) -> Any:
        key = at.rpartition("/")[2]
        if key not in values:
            return "none"
        if values[key] not in (*_CHOICES[key], "unknown"):
            self.fault(at, f"{str(values[key])[:30]!r} is no {key}", f"one of {', '.join(_CHOICES[key])}, unknown")
            return "none"
        return values[key]

    def flag(self, values: dict[str, Any], at: str) -> Any:
        raw = values.get(at.rpartition("/")[2], False)
        if isinstance(raw, bool) or raw == "unknown":
            return raw
        if isinstance(raw, str) and raw.lower() in _YES:
            return _YES[raw.lower()]
        self.fault(at, f"{str(raw)[:30]!r} is neither yes nor no", "yes, no or unknown")
        return False

    def fault(self, at: str, message: str, remedy: str) -> None:
        self.faults.append(Fault(self.document.place(self.name, at), message, remedy))
