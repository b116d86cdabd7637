"""The codes of a VERIS record: actions, attributes, assets and kinds of actor become tags in the dotted
form of VERIS; statements on who did it are withheld (design, section 10).

Source: the VERIS schemas 1.3.6 and 1.4.1 (vz-risk/veris).
"""

from __future__ import annotations

from typing import Any

from proxeny.formats.indicators import indicators_in_text
from proxeny.formats.veris.draft import (
    NOT_SAID,
    Draft,
    codes_in,
    lose_unheld,
    lose_unknown,
    member,
    number_in,
    pointer_in,
    text_in,
)
from proxeny.identify.report import Stated

ACTIONS = ("malware", "hacking", "social", "misuse", "physical", "error", "environmental", "unknown")
_OF_ACTION = frozenset(["variety", "vector", "result", "target", "location", "notes", "name", "cve"])
_ACTORS = ("external", "internal", "partner", "unknown")
# Who did it, as a group or a State: never a tag. The others say only where it was done from.
ACCUSING = frozenset(
    ["Activist", "Competitor", "Nation-state", "Organized crime", "State-affiliated", "Terrorist"]
)
_OF_ACTOR = frozenset(
    ["variety", "motive", "country", "region", "name", "notes", "job_change", "industry", "victim_id"]
)
_LISTED = "assets accessibility ownership management hosting cloud governance country notes role total_amount"
_OF_ASSET = frozenset(_LISTED.split())
_LISTED = """
data_disclosure data_total data_volume data data_victim state notes
partner_data partner_number credit_monitoring credit_monitoring_years data_misuse
"""
_OF_CONFIDENTIALITY = frozenset(_LISTED.split())
# Facts file, records.sensitive: health, biometric, State credentials (scale B1).
_SENSITIVE = frozenset(["Medical", "Sensitive Personal"])
_CREDENTIALS = frozenset(
    ["Credentials", "Multi-factor credential", "Digital certificate", "API key", "Secrets"]
)
_HOURS = {"Seconds": 1 / 3600, "Minutes": 1 / 60, "Hours": 1, "Days": 24, "Weeks": 168, "Months": 730}
_HOURS["Years"] = 8766


def take_actions(draft: Draft, actions: dict[str, Any]) -> None:
    """Tags of the actions: the class, its varieties and vectors; results and targets as parts."""
    for name in actions:
        action, at = name.lower(), pointer_in("/action", name)
        if action not in ACTIONS:
            draft.lose(at, f"{name[:60]!r} is no VERIS action; not read")
            continue
        node = member(draft, actions, name, "/action")
        draft.tag(f"action.{action}", at)
        for key in ("variety", "vector"):
            for code, where in codes_in(draft, node, key, at):
                draft.tag(f"action.{action}.{key}.{code}", where)
        for key in ("result", "target", "location"):
            for code, where in codes_in(draft, node, key, at):
                draft.tag(f"action.{action}.{key}.{code}", where, "part")
        take_notes(draft, node, at)
        draft.indicators += indicators_in_text(text_in(draft, node, "cve", at))
        lose_unheld(draft, node, ("name",), at)
        lose_unknown(draft, node, _OF_ACTION, at)


def take_actors(draft: Draft, actors: dict[str, Any]) -> None:
    """Kinds of actor as tags (inside, outside, partner); countries, names, motives and groups withheld."""
    for name in actors:
        kind, at = name.lower(), pointer_in("/actor", name)
        if kind not in _ACTORS:
            draft.lose(at, f"{name[:60]!r} is no VERIS actor; not read")
            continue
        node = member(draft, actors, name, "/actor")
        draft.tag(f"actor.{kind}", at)
        for code, where in codes_in(draft, node, "variety", at):
            if code in ACCUSING:
                draft.withhold("actor", code, where)
            else:
                draft.tag(f"actor.{kind}.variety.{code}", where)
        for code, where in codes_in(draft, node, "motive", at):
            draft.withhold("motive", code, where)
        for key in ("country", "region"):
            for code, where in codes_in(draft, node, key, at):
                draft.withhold("actor-country", code, where)
        for code, where in codes_in(draft, node, "name", at, one=True):
            draft.withhold("actor", code, where)
        # What is told about an actor is told about who did it, so it is no part of the text.
        draft.withhold("actor", text_in(draft, node, "notes", at), pointer_in(at, "notes"))
        lose_unheld(draft, node, ("job_change", "industry"), at)
        lose_unknown(draft, node, _OF_ACTOR, at)


def take_assets(draft: Draft, asset: dict[str, Any]) -> None:
    """The varieties of assets as tags."""
    entries = asset.get("assets")
    if entries is not None and not isinstance(entries, list):
        draft.fault("/asset/assets", "no list", "put it in square brackets")
        entries = []
    for index, entry in enumerate(entries or ()):
        at = f"/asset/assets/{index}"
        if not isinstance(entry, dict):
            draft.fault(at, "no object", 'write it as {"variety": "S - Database"}')
            continue
        variety = text_in(draft, entry, "variety", at)
        if variety:
            draft.tag(f"asset.assets.variety.{variety}", f"{at}/variety")
        number_in(draft, entry, "amount", at)
    for key in ("cloud", "hosting", "management", "ownership", "accessibility", "governance", "role"):
        for code, where in codes_in(draft, asset, key, "/asset", one=True):
            draft.tag(f"asset.{key}.{code}", where, "part")
    # Where an asset stands is not whom the incident befell, so it is checked and not held.
    if any(code not in NOT_SAID for code, _ in codes_in(draft, asset, "country", "/asset", one=True)):
        lose_unheld(draft, asset, ("country",), "/asset")
    lose_unheld(draft, asset, ("total_amount",), "/asset")
    take_notes(draft, asset, "/asset")
    lose_unknown(draft, asset, _OF_ASSET, "/asset")


def take_attributes(draft: Draft, attribute: dict[str, Any], state: str | None, government: bool) -> None:
    """Attributes as tags, with the numbers of records and the hours they state.

    `state` is the one State of the victim, if there is exactly one; `government`: the victim is a State's.
    """
    for name in attribute:
        kind, at = name.lower(), pointer_in("/attribute", name)
        if kind not in ("confidentiality", "integrity", "availability", "unknown"):
            draft.lose(at, f"{name[:60]!r} is no VERIS attribute; not read")
            continue
        node = member(draft, attribute, name, "/attribute")
        draft.tag(f"attribute.{kind}", at)
        for code, where in codes_in(draft, node, "variety", at):
            draft.tag(f"attribute.{kind}.variety.{code}", where)
        take_notes(draft, node, at)
        if kind == "confidentiality":
            _take_confidentiality(draft, node, at, state, government)
            lose_unknown(draft, node, _OF_CONFIDENTIALITY, at)
        elif kind == "availability":
            _take_duration(draft, member(draft, node, "duration", at), f"{at}/duration", state)
            lose_unknown(draft, node, frozenset(["variety", "duration", "notes"]), at)


def _take_confidentiality(
    draft: Draft, node: dict[str, Any], at: str, state: str | None, government: bool
) -> None:
    disclosure = text_in(draft, node, "data_disclosure", at)
    if disclosure:
        draft.tag(f"attribute.confidentiality.data_disclosure.{disclosure}", f"{at}/data_disclosure")
    else:
        draft.lose(at, "no data_disclosure, which the VERIS schema requires")
    for key in ("data_victim", "state"):
        for code, where in codes_in(draft, node, key, at):
            draft.tag(f"attribute.confidentiality.{key}.{code}", where, "part")
    total = number_in(draft, node, "data_total", at)
    amounts, sensitive = _take_data(draft, node.get("data"), f"{at}/data", government)
    if disclosure == "No":
        return
    if sensitive:
        _state(draft, "records.sensitive", "yes", sensitive, f"{at}/data", state)
    if total is None and amounts:
        # The same persons may stand in several kinds of data: at least the largest, at most the sum.
        low, high = max(amounts), sum(amounts)
        value: float | tuple[float, float] = low if low == high else (low, high)
        _state(draft, "records.persons", value, "data.amount", f"{at}/data", state)
    elif total is not None:
        _state(draft, "records.persons", total, f"data_total {total:.0f}", f"{at}/data_total", state)
    lose_unheld(draft, node, ("data_volume", "credit_monitoring", "partner_data", "data_misuse"), at)


def _take_data(draft: Draft, data: Any, at: str, government: bool) -> tuple[list[float], str]:
    """Kinds of data as part tags; the numbers of records, and the first kind that is sensitive."""
    if data is None:
        return [], ""
    if not isinstance(data, list):
        draft.fault(at, "no list", "put it in square brackets")
        return [], ""
    amounts: list[float] = []
    sensitive = ""
    for index, entry in enumerate(data):
        where = f"{at}/{index}"
        if not isinstance(entry, dict):
            draft.fault(where, "no object", 'write it as {"variety": "Personal"}')
            continue
        variety = text_in(draft, entry, "variety", where)
        if variety:
            draft.tag(f"attribute.confidentiality.data.variety.{variety}", f"{where}/variety", "part")
        amount = number_in(draft, entry, "amount", where)
        if amount:
            amounts.append(amount)
        if variety in _SENSITIVE or (government and variety in _CREDENTIALS):
            sensitive = sensitive or variety
    return amounts, sensitive


def _take_duration(draft: Draft, duration: dict[str, Any], at: str, state: str | None) -> None:
    unit = text_in(draft, duration, "unit", at)
    value = number_in(draft, duration, "value", at)
    if unit in _HOURS and value is not None:
        _state(draft, "services.hours", value * _HOURS[unit], f"{value:g} {unit}", at, state)
    elif unit and unit not in NOT_SAID:
        draft.lose(at, f"duration {unit!r} without a number of hours")


def _state(
    draft: Draft, path: str, value: float | tuple[float, float] | str, words: str, at: str, state: str | None
) -> None:
    draft.stated.append(Stated(path=path, value=value, words=words, at=at, state=state))


def take_notes(draft: Draft, node: dict[str, Any], at: str) -> None:
    """Notes belong to the text that is read for meaning."""
    notes = text_in(draft, node, "notes", at)
    if notes:
        draft.notes.append(notes)
