"""Facts files to try the rules with: any point, the same known less well, and the same a little worse."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from proxeny.identify.facts import Facts
from proxeny.identify.facts_file import parse_facts

Plain = dict[str, Any]
Leaf = tuple[Plain, str]
"""Where a value stands: the mapping that holds it, and its key."""

MANY = 10**9

# Numbers are drawn near every cut of the scale and elsewhere.
COUNTS = st.sampled_from((0, 1, 9, 10, 99, 100, 999, 1000, 9999, 10_000, 10**5, 10**6, 10**7)) | st.integers(
    0, MANY
)
SHARES = st.sampled_from((0, 0.0009, 0.001, 0.01, 0.1, 0.49, 0.5, 1)) | st.floats(0, 1)
HOURS = st.sampled_from((0, 1.9, 2, 7.9, 8, 23.9, 24, 167.9, 168)) | st.floats(0, 1000)
GDP = st.sampled_from((0, 0.00005, 0.0001, 0.001, 0.005, 0.01, 0.05)) | st.floats(0, 0.1)
USD = st.sampled_from((0, 10**7, 10**8, 10**9, 10**10, 5 * 10**10)) | st.integers(0, 10**11)

NUMBERS: dict[str, tuple[st.SearchStrategy[Any], float, float]] = {
    "tier": (st.integers(1, 3), 1, 3),
    "share": (SHARES, 0, 1),
    "persons": (COUNTS, 0, MANY),
    "hours": (HOURS, 0, 1000),
    "deaths": (COUNTS, 0, MANY),
    "injuries": (COUNTS, 0, MANY),
    "loss_gdp_share": (GDP, 0, 1),
    "loss_usd": (USD, 0, 10**11),
    "worst_credible": (st.integers(0, 3), 0, 3),
    "barriers": (st.integers(0, 6), 0, 6),
    "more_states": (st.integers(0, 193), 0, 193),
    "hours_since_aware": (st.integers(0, 48), 0, 48),
}
CHOICES = {
    "physical": ("none", "repairable", "site_lost", "off_site"),
    "state": ("none", "restored_24h", "restored_later", "not_restorable", "extent_unknown"),
    "trust_anchor": ("none", "exposed", "misused", "misused_many"),
}
FLAGS = ("degraded", "sensitive", "common_cause", "repetition", "planned_test")
EASING = frozenset({"tier", "barriers", "degraded", "planned_test"})
"""Inputs of which more means less harm."""


def _point(keys: str, needed: str = "") -> st.SearchStrategy[Plain]:
    kinds: dict[str, st.SearchStrategy[Any]] = {
        **{key: value[0] for key, value in NUMBERS.items()},
        **{key: st.sampled_from(value) for key, value in CHOICES.items()},
        **{key: st.booleans() for key in FLAGS},
    }
    return st.fixed_dictionaries(
        {key: kinds[key] for key in needed.split()}, optional={key: kinds[key] for key in keys.split()}
    )


SERVICES = _point("share persons hours degraded", needed="tier")
STATES: st.SearchStrategy[Plain] = st.builds(
    lambda state, depth, services, records, integrity: {
        **state,
        **depth,
        **({"services": services} if services else {}),
        **({"records": records} if records is not None else {}),
        **({"integrity": integrity} if integrity is not None else {}),
    },
    _point(
        "deaths injuries physical loss_gdp_share loss_usd trust_anchor common_cause repetition planned_test"
    ),
    st.just({}) | _point("", needed="worst_credible barriers"),
    st.lists(SERVICES, max_size=4),
    st.none() | _point("share persons sensitive"),
    st.none() | _point("share persons", needed="state"),
)
POINTS: st.SearchStrategy[Plain] = st.builds(
    lambda states, more: {"home": "XA", "states": states, "more_states": more},
    st.dictionaries(st.sampled_from(("XA", "XB", "NO", "XD")), STATES, max_size=3),
    st.integers(0, 193),
)
"""Facts files without anything unknown."""


def facts_of(plain: Plain) -> Facts:
    """The facts of the file, read as any facts file is."""
    return parse_facts(json.dumps(plain).encode(), "f.json").facts


def leaves(plain: Plain) -> list[Leaf]:
    """Every number, choice and yes-or-no of the file."""
    found: list[Leaf] = []
    for key, value in plain.items():
        if isinstance(value, dict):
            found += leaves(value)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            found += [leaf for entry in value for leaf in leaves(entry)]
        elif key in NUMBERS or key in CHOICES or key in FLAGS:
            found.append((plain, key))
    return found


def changed(
    plain: Plain, pick: Callable[[list[Leaf]], list[Leaf]], change: Callable[[str, Any], Any]
) -> Plain:
    """A copy of the file in which the picked values are changed."""
    made = copy.deepcopy(plain)
    for holder, key in pick(leaves(made)):
        holder[key] = change(key, holder[key])
    return made


def known_less(draw: st.DataObject, plain: Plain) -> Plain:
    """The same facts, some of them known less well: an interval around what was known, or unknown."""

    def widen(key: str, value: Any) -> Any:
        if value == "unknown" or key not in NUMBERS or draw.draw(st.booleans()):
            return "unknown"
        points, least, most = NUMBERS[key]
        low, high = value if isinstance(value, list) else (value, value)
        others = [n for n in draw.draw(st.lists(points, max_size=2)) if least <= n <= most]
        return [min(low, *others, high), max(high, *others, low)]

    return changed(plain, lambda all_: [leaf for leaf in all_ if draw.draw(st.booleans())], widen)


def worse(draw: st.DataObject, plain: Plain) -> Plain:
    """The same facts, one of them a little worse."""
    candidates = leaves(plain)
    if not candidates:
        return plain
    number = draw.draw(st.integers(0, len(candidates) - 1))

    def worsen(key: str, value: Any) -> Any:
        if value == "unknown":
            return value
        if key in CHOICES:
            order = CHOICES[key]
            return order[draw.draw(st.integers(order.index(value), len(order) - 1))]
        if key in FLAGS:
            return key not in EASING
        points, least, most = NUMBERS[key]
        low, high = value if isinstance(value, list) else (value, value)
        other = min(max(draw.draw(points), least), most)
        nearer = min if key in EASING else max
        return [nearer(low, other), nearer(high, other)]

    return changed(plain, lambda all_: [all_[number]], worsen)
