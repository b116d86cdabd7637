"""The benchmark's duties (duties.yaml) said in openfisca-core: due times by incident, and how long they take.

A program of its own, in an environment of its own: openfisca-core is AGPL. It imports nothing of this project. It reads
a JSON list of incidents from the file of its argument and writes one JSON object to standard output.

Moments are whole minutes since 2026-01-01T00:00Z, in an int32; NEVER is an event that has not happened, and a duty that
is not due. Facts are 0 no, 1 yes, 2 unknown; roles 0 or 1. Every norm is one variable with one formula, as the country
packages do it; the tax and benefit system is built once.
"""
# mypy: disable-error-code="import-not-found"

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit, period
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

NEVER = -1
FOREVER = 2**31 - 1
ROUNDS = 5
Incident = build_entity(key="incident", plural="incidents", label="An incident", is_person=True)

EVENTS = ("aware", "classified", "initial", "clarification", "recovered", "handled", "detected")
FACTS = (
    *("malicious", "cross_border", "risk_unlikely", "high_risk", "ci_hit", "ongoing", "unable_to_notify"),
    *("essential_service_disrupted", "endangers_peace"),
)
ROLES = ("trust_service_provider", "financial_entity")


class Of:
    """What a formula may ask of the incidents."""

    def __init__(self, incident: Any, when: Any) -> None:
        self.incident, self.when = incident, when

    def at(self, event: str) -> Any:
        """When it happened."""
        return self.incident(event, self.when)

    def happened(self, event: str) -> Any:
        """Whether it happened."""
        return self.at(event) != NEVER

    def yes(self, fact: str) -> Any:
        """Whether a fact or a role is yes."""
        return self.incident(fact, self.when) == 1

    def no(self, fact: str) -> Any:
        """Whether a fact or a role is no."""
        return self.incident(fact, self.when) == 0

    def after(self, event: str, hours: int) -> Any:
        """So many hours after an event; where it has not happened, never."""
        moment = self.at(event)
        return np.where(moment != NEVER, moment + hours * 60, NEVER)

    def apart(self, start: str, end: str) -> Any:
        """The minutes between two events, and whether both happened."""
        return self.at(end) - self.at(start), self.happened(start) & self.happened(end)


def first(*moments: Any) -> Any:
    """The first of the moments that are."""
    found = np.minimum.reduce([np.where(m == NEVER, FOREVER, m) for m in moments])
    return np.where(found == FOREVER, NEVER, found)


def last(*moments: Any) -> Any:
    """The last of the moments that are."""
    return np.maximum.reduce(moments)


def within(of: Of, start: str, end: str, hours: int) -> Any:
    """Whether two events are at most so many hours apart."""
    minutes, both = of.apart(start, end)
    return both & (minutes <= hours * 60)


def beyond(of: Of, start: str, end: str, hours: int) -> Any:
    """Whether two events are more than so many hours apart."""
    minutes, both = of.apart(start, end)
    return both & (minutes > hours * 60)


Formula = Callable[[Of], Any]
LAW: dict[str, tuple[str, Formula, Formula | None]] = {
    # name: what triggers it, the limit, and when it holds (None: always)
    "d01": ("aware", lambda o: o.after("aware", 24), None),
    "d02": ("aware", lambda o: o.after("aware", 72), lambda o: ~o.yes("risk_unlikely")),
    "d03": ("aware", lambda o: o.after("aware", 12), lambda o: o.yes("malicious")),
    "d04": ("aware", lambda o: o.after("aware", 8), lambda o: o.yes("malicious") & o.yes("cross_border")),
    "d05": ("aware", lambda o: o.after("aware", 6), lambda o: o.yes("malicious") | o.yes("ci_hit")),
    "d06": ("aware", lambda o: o.after("aware", 48), lambda o: o.no("ongoing")),
    "d07": ("aware", lambda o: o.after("aware", 24), lambda o: o.yes("trust_service_provider")),
    "d08": (
        "aware",
        lambda o: o.after("aware", 36),
        lambda o: o.yes("financial_entity") & o.no("risk_unlikely") & ~o.yes("unable_to_notify"),
    ),
    "d09": (
        "aware",
        lambda o: o.after("aware", 4),
        lambda o: (o.yes("ci_hit") & o.yes("cross_border")) | o.yes("high_risk"),
    ),
    "d10": (
        "aware",
        lambda o: o.after("aware", 96),
        lambda o: (
            o.happened("detected")
            & ~(o.yes("risk_unlikely") & o.no("malicious"))
            & ~o.yes("unable_to_notify")
        ),
    ),
    "d11": ("classified", lambda o: o.after("classified", 4), None),
    "d12": (
        "classified",
        lambda o: first(o.after("classified", 4), o.after("aware", 24)),
        lambda o: within(o, "aware", "classified", 24),
    ),
    "d13": (
        "classified",
        lambda o: o.after("classified", 4),
        lambda o: beyond(o, "aware", "classified", 24),
    ),
    "d14": ("classified", lambda o: o.after("classified", 2), lambda o: o.yes("financial_entity")),
    "d15": ("classified", lambda o: o.after("classified", 1), lambda o: o.yes("essential_service_disrupted")),
    "d16": ("classified", lambda o: last(o.after("classified", 10), o.after("aware", 30)), None),
    "d17": ("classified", lambda o: o.after("classified", 120), lambda o: ~o.happened("recovered")),
    "d18": (
        "classified",
        lambda o: o.after("classified", 16),
        lambda o: o.yes("cross_border") & (o.yes("trust_service_provider") | o.yes("financial_entity")),
    ),
    "d19": ("initial", lambda o: o.after("initial", 72), None),
    "d20": ("initial", lambda o: o.after("initial", 168), lambda o: ~o.happened("recovered")),
    "d21": ("initial", lambda o: first(o.after("initial", 72), o.after("recovered", 12)), None),
    "d22": ("initial", lambda o: o.after("initial", 24), lambda o: o.yes("ongoing")),
    "d23": ("clarification", lambda o: o.after("clarification", 240), None),
    "d24": ("clarification", lambda o: o.after("clarification", 24), lambda o: o.yes("malicious")),
    "d25": ("clarification", lambda o: o.after("clarification", 48), lambda o: ~o.no("ci_hit")),
    "d26": (
        "clarification",
        lambda o: o.after("clarification", 60),
        lambda o: o.no("malicious") | o.yes("endangers_peace"),
    ),
    "d27": ("recovered", lambda o: o.after("recovered", 24), None),
    "d28": ("recovered", lambda o: o.after("recovered", 336), lambda o: o.happened("classified")),
    "d29": (
        "recovered",
        lambda o: o.after("recovered", 72),
        lambda o: beyond(o, "detected", "recovered", 48),
    ),
    "d30": ("handled", lambda o: o.after("handled", 720), None),
    "d31": (
        "handled",
        lambda o: last(o.after("handled", 100), o.after("initial", 200)),
        lambda o: o.happened("initial") & o.no("risk_unlikely"),
    ),
    "d32": ("handled", lambda o: o.after("handled", 500), lambda o: o.yes("trust_service_provider")),
    "d33": ("detected", lambda o: o.after("detected", 2), None),
    "d34": (
        "detected",
        lambda o: o.after("detected", 1),
        lambda o: o.yes("ci_hit") & ~o.yes("unable_to_notify"),
    ),
    "d35": (
        "detected",
        lambda o: o.after("detected", 3),
        lambda o: o.yes("high_risk") | o.yes("essential_service_disrupted") | o.yes("endangers_peace"),
    ),
    "d36": (
        "detected",
        lambda o: first(o.after("detected", 20), o.after("aware", 10), o.after("recovered", 5)),
        lambda o: o.no("ongoing") & o.no("financial_entity"),
    ),
}


def variable(name: str, **attributes: Any) -> type[Variable]:
    """A variable of an incident that is a whole number."""
    plain = {
        "value_type": int,
        "entity": Incident,
        "definition_period": DateUnit.YEAR,
        "label": name,
    }
    made: type[Variable] = type(name, (Variable,), plain | attributes)
    return made


def due(trigger: str, limit: Formula, holds: Formula | None) -> Callable[..., Any]:
    """The formula of a duty."""
    if holds is None:

        def formula(incident: Any, when: Any) -> Any:
            of = Of(incident, when)
            return np.where(of.happened(trigger), limit(of), NEVER)

        return formula

    def conditional(incident: Any, when: Any) -> Any:
        of = Of(incident, when)
        return np.where(of.happened(trigger) & holds(of), limit(of), NEVER)

    return conditional


def system() -> TaxBenefitSystem:
    """The variables of the incidents and of the law."""
    made = TaxBenefitSystem([Incident])
    for event in EVENTS:
        made.add_variable(variable(event, default_value=NEVER))
    for fact in (*FACTS, *ROLES):
        made.add_variable(variable(fact, default_value=0 if fact in ROLES else 2))
    for name, (trigger, limit, holds) in LAW.items():
        made.add_variable(variable(name, default_value=NEVER, formula=due(trigger, limit, holds)))
    return made


PERIOD = period("2026")  # a formula needs a period of time; every incident is of this year


def simulate(made: TaxBenefitSystem, inputs: dict[str, Any], count: int, trace: bool) -> Any:
    """The due times of every norm, by its name; and the simulation. Built by the shortest way that it has."""
    simulation = SimulationBuilder().build_default_simulation(made, count)
    simulation.trace = trace
    for name, values in inputs.items():
        simulation.set_input(name, PERIOD, values)
    return {name: simulation.calculate(name, PERIOD) for name in LAW}, simulation


def one(made: TaxBenefitSystem, incident: dict[str, int], trace: bool) -> Any:
    """As simulate, for one incident."""
    inputs = {name: np.array([value], dtype=np.int32) for name, value in incident.items()}
    return simulate(made, inputs, 1, trace)


def timed(work: Callable[[], object]) -> float:
    """Seconds of the processor, the best of the rounds."""
    gc.collect()
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    """Due times, and seconds by way of asking."""
    incidents = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    measured = incidents[: int(sys.argv[2])]
    made = system()
    told = [
        {name: int(found[0]) for name, found in one(made, incident, False)[0].items() if found[0] != NEVER}
        for incident in incidents
    ]
    columns = {
        name: np.array([i.get(name, made.get_variable(name).default_value) for i in incidents], np.int32)
        for name in (*EVENTS, *FACTS, *ROLES)
    }

    def each(trace: bool, told: bool = False) -> None:
        for incident in measured:
            _, simulation = one(made, incident, trace)
            if told:
                simulation.tracer.computation_log.lines()

    seconds = {
        "times": timed(lambda: each(False)),
        "traced": timed(lambda: each(True)),
        "explained": timed(lambda: each(True, True)),
    }
    batch = timed(lambda: simulate(made, columns, len(incidents), False))
    print(
        json.dumps(
            {
                "version": version("openfisca-core"),
                "due": told,
                "each": {name: taken / len(measured) for name, taken in seconds.items()},
                "batch": batch / len(incidents),
            }
        )
    )


if __name__ == "__main__":
    main()
