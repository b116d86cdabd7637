"""Reports as VERIS incident records (schema 1.4.1): what happened, to which assets, with what effect.

The actor is always `unknown`: VERIS asks who did it, and nothing here says so (design, section 10). What the schema
requires and nobody knows is `Unknown`, as VERIS provides. Codes of this terminology stand under `plus`, which the
schema leaves free.
"""

from __future__ import annotations

import copy
import re
from typing import Any

from proxeny.base.errors import refuse
from proxeny.base.records import encode_json
from proxeny.formats.accused import accuses, unaccusing
from proxeny.formats.outgoing import Outgoing, Written, identifier, moment, untold
from proxeny.formats.own import own_codes, said_of
from proxeny.formats.veris.codes import ACCUSING
from proxeny.formats.veris.read import MEMBERS, wrapped
from proxeny.identify.kinds import rated_kind
from proxeny.identify.report import Loss, Report
from proxeny.identify.state_codes import ISO_3166_1

VERSION = "1.4.1"

# The lists that the schema requires of each action beside its name.
_REQUIRED: dict[str, tuple[str, ...]] = {
    "malware": ("variety", "vector"),
    "hacking": ("variety", "vector"),
    "social": ("variety", "vector", "target"),
    "misuse": ("variety", "vector"),
    "physical": ("variety", "vector"),
    "error": ("variety", "vector"),
    "environmental": ("variety",),
    "unknown": (),
}
_LISTS = ("variety", "vector", "result", "target")
_CODE = re.compile(r"(action|attribute|asset|actor)\.([a-z]+)(?:\.(data\.variety|[a-z_]+)\.(.+))?")
_CONFIDENCE = ("High", "Medium", "Low", "None")
_STATUS = ("Confirmed", "Suspected", "Near miss", "False positive")
_UNSURE = ("suspected", "attempted")
_NAICS = re.compile(r"naics:((?:11|2[1-3]|3[1-3]|4[24589]|5[1-6]|6[12]|7[12]|81|92)\d{0,4})")
_LISTED = "source_id text occurred reported states tags indicators confidence reporter marking"
_KEPT = frozenset(_LISTED.split())


def write(out: Outgoing) -> Written:
    """One VERIS record. Raises InputError for a report that is no incident: a record says that one happened."""
    if not rated_kind(out.report.kind) and out.report.kind != "test":
        kind = out.report.kind
        remedy = "write it as STIX, MISP or CSV"
        raise refuse(
            "--to veris", f"a report of the kind {kind} tells of no incident that VERIS could record", remedy
        )
    if isinstance(out.document, dict):
        return _completed(out)
    losses: list[Loss] = []
    record = _record(out, losses)
    kept = set(_KEPT)
    if out.report.title in ("", out.report.text) or not out.report.text:
        kept.add("title")
    losses += untold(out.report, kept | {"sectors", "stated"})
    return Written(encode_json(record), tuple(losses))


def _record(out: Outgoing, losses: list[Loss]) -> dict[str, Any]:
    report = out.report
    codes = said_of(out.codes.get("veris", ()), report.tags, "veris")
    record: dict[str, Any] = {
        "schema_version": VERSION,
        "incident_id": str(identifier(report, "veris")),
        "security_incident": _status(out),
        "summary": _summary(report),
        "timeline": {"incident": _date(out, losses)},
        "actor": {"unknown": {}},
        "action": _actions(codes),
        "asset": _assets(codes),
        "attribute": _attributes(codes),
        "discovery_method": {"unknown": True},
    }
    _add(record, "confidence", report.confidence if report.confidence in _CONFIDENCE else None)
    _add(record, "source_id", report.reporter)
    _add(record, "reference", report.source_id)
    _add(record, "victim", _victim(report, losses))
    _add(record, "impact", _impact(report))
    _add(record, "ioc", [{"indicator": one.value, "comment": _comment(one)} for one in report.indicators])
    _facts(record["attribute"], report, losses)
    if not record["attribute"]:
        record["attribute"] = {"unknown": {}}
    # VERIS has no member for a marking; in the notes a person sees it, and a reader of text finds it.
    _add(record, "notes", " ".join(label for label in (report.marking.tlp, report.marking.pap) if label))
    record["plus"] = _plus(out)
    if any(code.startswith("actor.") for code in codes):
        losses.append(Loss(at="actor", why="the kind of actor: it is always written as unknown"))
    if report.confidence and report.confidence not in (*_CONFIDENCE, *_STATUS):
        losses.append(
            Loss(at="confidence", why="the source's own confidence, in words that VERIS does not have")
        )
    foreign = [tag for tag in report.tags if tag.scheme not in ("veris", "proxeny")]
    if foreign:
        losses.append(Loss(at="tags", why=f"{len(foreign)} codes of other schemes"))
    return record


def _add(record: dict[str, Any], key: str, value: Any) -> None:
    if value:
        record[key] = value


def _status(out: Outgoing) -> str:
    """As the source says it, else by whether what was found is said to have occurred."""
    for tag in out.report.tags:
        if tag.scheme == "veris" and tag.code.startswith("security_incident."):
            status = tag.code.partition(".")[2]
            if status in _STATUS:
                return status
    types = [one for one in out.found.types if one.primary] if out.found is not None else []
    return "Suspected" if types and all(one.status in _UNSURE for one in types) else "Confirmed"


def _summary(report: Report) -> str:
    """The narrative; an exercise or a test is said to be one first, since VERIS has no member for it."""
    text = report.text or report.title
    if report.kind in ("exercise", "test"):
        word = report.kind.upper()
        return text if text.upper().startswith(word) else f"{word} {word} {word} {text}".strip()
    return text


def _date(out: Outgoing, losses: list[Loss]) -> dict[str, int]:
    report = out.report
    day = report.occurred or moment(out)
    if report.occurred is None:
        losses.append(
            Loss(at="timeline.incident", why="when it occurred is not known: the year of the report stands")
        )
        return {"year": day.year}
    if (day.hour, day.minute, day.second) != (0, 0, 0):
        losses.append(Loss(at="occurred", why="the time of day: VERIS has no offset from UTC"))
    return {"year": day.year, "month": day.month, "day": day.day}


def _parts(codes: tuple[str, ...], group: str) -> list[tuple[str, str, str]]:
    """The codes of a group in their parts: name, list and value, the last two "" where the code is the name alone."""
    found = []
    for code in codes:
        match = _CODE.fullmatch(code)
        if match is not None and match[1] == group:
            found.append((match[2], match[3] or "", match[4] or ""))
    return found


def _actions(codes: tuple[str, ...]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, key, value in _parts(codes, "action"):
        if name not in _REQUIRED:
            continue
        node = made.setdefault(name, {})
        if key in _LISTS and (key in _REQUIRED[name] or key == "result"):
            _append(node, key, value)
    for name, node in made.items():
        for key in _REQUIRED[name]:
            node.setdefault(key, ["Unknown"])
    if len(made) > 1:
        made.pop("unknown", None)
    return made or {"unknown": {}}


def _append(node: dict[str, Any], key: str, value: str) -> None:
    values = node.setdefault(key, [])
    if value not in values:
        values.append(value)


def _assets(codes: tuple[str, ...]) -> dict[str, Any]:
    varieties = [value for name, key, value in _parts(codes, "asset") if (name, key) == ("assets", "variety")]
    return {
        "assets": [{"variety": value} for value in dict.fromkeys(varieties or ["Unknown"])],
        "cloud": ["Unknown"],
    }


def _attributes(codes: tuple[str, ...]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, key, value in _parts(codes, "attribute"):
        if name == "confidentiality":
            node = made.setdefault(name, {"data_disclosure": "Unknown"})
            if key == "data_disclosure":
                node[key] = value
            elif key == "data.variety":
                entries = node.setdefault("data", [])
                if {"variety": value} not in entries:
                    entries.append({"variety": value})
            elif key in ("state", "data_victim"):
                _append(node, key, value)
        elif name in ("integrity", "availability"):
            node = made.setdefault(name, {})
            if key == "variety":
                _append(node, key, value)
    for name in ("integrity", "availability"):
        if name in made:
            made[name].setdefault("variety", ["Unknown"])
    return made


def _facts(attribute: dict[str, Any], report: Report, losses: list[Loss]) -> None:
    """Numbers of records and hours of interruption, where the report states them."""
    for fact in report.stated:
        if fact.path == "records.persons" and _whole(fact.value):
            node = attribute.setdefault("confidentiality", {"data_disclosure": "Unknown"})
            node["data_total"] = int(fact.value)  # type: ignore[arg-type]
        elif fact.path == "services.hours" and isinstance(fact.value, (int, float)):
            node = attribute.setdefault("availability", {"variety": ["Interruption"]})
            node["duration"] = {"unit": "Hours", "value": fact.value}
        elif fact.path != "loss_usd":
            losses.append(
                Loss(at=f"stated.{fact.path}", why="an impact that VERIS has no member for, or no number of")
            )


def _whole(value: Any) -> bool:
    return isinstance(value, (int, float)) and float(value).is_integer()


def _impact(report: Report) -> dict[str, Any]:
    """The sum lost; its rating is the victim's own and is not made up."""
    for fact in report.stated:
        if fact.path == "loss_usd" and not isinstance(fact.value, str):
            made: dict[str, Any] = {"overall_rating": "Unknown", "iso_currency_code": "USD"}
            if isinstance(fact.value, tuple):
                made["overall_min_amount"], made["overall_max_amount"] = fact.value
            else:
                made["overall_amount"] = fact.value
            return made
    return {}


def _victim(report: Report, losses: list[Loss]) -> dict[str, Any]:
    states = [code for code in report.states if code in ISO_3166_1]
    industries = [match[1] for sector in report.sectors if (match := _NAICS.fullmatch(sector))]
    if len(states) < len(report.states):
        losses.append(Loss(at="states", why="States that ISO 3166-1 does not have"))
    if len(industries) != len(report.sectors) or len(industries) > 1:
        losses.append(Loss(at="sectors", why="sectors beyond one industry of NAICS"))
    if not states and not industries:
        return {}
    industry = industries[0] if industries else "000000"
    return {
        "country": states or ["Unknown"],
        "industry": industry,
        "employee_count": "Unknown",
        "government": ["Unknown" if industry.startswith("92") else "NA"],
    }


def _comment(one: Any) -> str:
    words = [one.type, one.role or "", f"port {one.port}" if one.port is not None else "", one.protocol or ""]
    return " ".join(word for word in words if word)


def _plus(out: Outgoing) -> dict[str, Any]:
    """What VERIS has no member for: the codes of this terminology, the kind of report, and when it was notified."""
    report = out.report
    made: dict[str, Any] = {"proxeny": {"codes": own_codes(out.said), "kind": report.kind}}
    if report.reported is not None:
        day = report.reported
        made["timeline"] = {"notification": {"year": day.year, "month": day.month, "day": day.day}}
    return made


def _completed(out: Outgoing) -> Written:
    """The record that the report was read from, whole, but for what says who did it; codes only where it has none."""
    whole = copy.deepcopy(out.document)
    held = wrapped(whole)
    record = held if held is not None else whole
    codes = said_of(out.codes.get("veris", ()), (), "veris")
    for key, made in (
        ("action", _actions(codes)),
        ("attribute", _attributes(codes)),
        ("asset", _assets(codes)),
    ):
        if not record.get(key) and made and (key == "action" or made != _assets(())):
            record[key] = made
    losses = []
    if _withhold(record):
        losses.append(Loss(at="withheld", why="statements on who did it: never exported"))
    return Written(encode_json(whole), tuple(losses), whole=True)


def _withhold(record: dict[str, Any]) -> bool:
    """Take out who did it: names, countries, motives and notes of actors, kinds that accuse, the campaign."""
    done = record.pop("campaign_id", None) is not None
    for key in [key for key in record if key not in MEMBERS or key == "plus"]:
        if accuses(key, record[key]):
            del record[key]
            done = True
        elif (kept := _unaccusing(record[key])) != record[key]:
            record[key], done = kept, True
    actors = record.get("actor")
    for actor in actors.values() if isinstance(actors, dict) else ():
        if not isinstance(actor, dict):
            continue
        for key in ("name", "notes", "region"):
            done |= actor.pop(key, None) is not None
        for key in ("country", "motive"):
            if key in actor and actor[key] not in (["Unknown"], ["NA"]):
                actor[key], done = ["Unknown"], True
        varieties = actor.get("variety")
        if isinstance(varieties, list) and any(one in ACCUSING for one in varieties if isinstance(one, str)):
            kept = [one for one in varieties if not (isinstance(one, str) and one in ACCUSING)]
            actor["variety"], done = kept or ["Unknown"], True
    return done


def _unaccusing(value: Any) -> Any:
    """What VERIS leaves free, without who did it. The chain of events tells of each step only whether its actor was
    inside, outside or a partner."""
    if not isinstance(value, dict):
        return unaccusing(value)
    chain = {key: value[key] for key in ("event_chain",) if key in value}
    rest = {key: item for key, item in value.items() if key not in chain and key not in _PLACES}
    return {**unaccusing(rest), **chain}


_PLACES = frozenset({"external_country", "external_region"})  # where VCDB once kept the places of actors
