"""A JSON Schema of norm files, for editors that complete and check while one writes. What it cannot say (what is
unreachable, what refers to nothing) the loader says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from proxeny.instrument.norm_file import CHECKS
from proxeny.instrument.norm_parts import ANYBODY, BEARER, CLOSES, COUNTERPARTY, LONGEST, TAKES, UNITS
from proxeny.instrument.words import ANY_STATE, LEVELS, OPEN_TYPES, OTHER_STATE, Words

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Schema = {"type": "string"}
_DAY: Schema = {"type": "string", "format": "date"}
_TRUTH: Schema = {"enum": ["yes", "no", True, False]}


def norm_schema(words: Words) -> Schema:
    """The schema of a norm file under these words."""
    needed = ("id", "provision", "check", "standing", "modality", "bearer", "counterparty", "valid", "action")
    keys = _keys(words)
    later = {key: value for key, value in keys.items() if key not in ("id", "rows", "valid")}
    keys["valid"]["items"]["properties"]["changes"] = _object(later)
    return {"$schema": DIALECT, "title": "Norm", **_object(keys, needed), "$defs": _definitions(words)}


def _keys(words: Words) -> Schema:
    ground = {"if": _ref("condition"), "source": _TEXT}
    tension = ("norm", "source", "note")
    return {
        "id": {"type": "string", "pattern": r"^[a-z0-9]+([.-][a-z0-9]+)+$"},
        "rows": _list({"type": "string", "pattern": r"^D\d{3}$"}),
        "provision": _object(
            {
                **dict.fromkeys(("at", "url", "reference", "eid"), _TEXT),
                "text_sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                "read": _DAY,
            },
            ("at", "url"),
        ),
        "check": _one_of(CHECKS),
        "standing": _one_of(words.standings),
        "modality": _one_of(words.modalities),
        "bearer": _ref("side"),
        "counterparty": _ref("side"),
        "valid": {"type": "array", "items": _object({"from": _DAY, "until": _DAY}, ("from",)), "minItems": 1},
        "action": _one_of(words.actions),
        "summary": _TEXT,
        "when": _or_list(_ref("pattern")),
        "take": _one_of((*TAKES, "each")),
        "awaits": _or_list(_TEXT),
        "if": _ref("condition"),
        "deadline": _ref("deadline"),
        "discharge": {"type": "object"},
        "refusal": _or_list(_ref("pattern")),
        "lapse": _or_list(_ref("pattern")),
        "late_reason": _object(
            {"given": _one_of(("before_limit", "with_discharge")), "source": _TEXT}, ("given", "source")
        ),
        "exceptions": _list(_object(ground, ("if", "source"))),
        "displaced_by": _list(_object({"by": _TEXT, **ground}, ("by", "source"))),
        "forbids": _or_list(_ref("pattern")),
        "tension_with": _list(_object(dict.fromkeys(tension, _TEXT), tension)),
        "note": _TEXT,
    }


def _definitions(words: Words) -> Schema:
    roles = (*words.roles, ANY_STATE, OTHER_STATE)
    counts = {unit: {"type": "integer", "minimum": 1, "maximum": LONGEST[unit]} for unit in UNITS}
    period = _object(counts) | {"minProperties": 1, "maxProperties": 1}
    limit = {
        **counts,
        "after": {
            "anyOf": [{"const": "trigger"}, _ref("pattern"), _object({"limit_of": _TEXT}, ("limit_of",))]
        },
        "take": _one_of(TAKES),
        "calendar": _one_of((BEARER, COUNTERPARTY)),
    }
    moves = {
        "weekend_or_holiday": {"const": "noon_of_next_working_day"},
        "calendar": _one_of((BEARER, COUNTERPARTY)),
        "unless": _ref("condition"),
        "source": _TEXT,
    }
    return {
        "side": {
            "anyOf": [
                _or_list(_one_of(roles)),
                _object({"one_of": _or_list(_one_of(roles))}, ("one_of",)),
            ]
        },
        "pattern": {"oneOf": [_pattern(words, event) for event in words.events]},
        "condition": {"anyOf": [_list(_ref("condition")), *_conditions(words)]},
        "within": {
            "anyOf": [
                *(_object({pick: _list(_ref("within"), 2)}, (pick,)) for pick in ("min", "max")),
                _object(limit, ("after",)),
            ]
        },
        "deadline": _object(
            {
                "within": _ref("within"),
                "vague": _one_of(words.vague),
                "where_possible": _TRUTH,
                "moves": _object(moves, ("weekend_or_holiday", "source")),
                "closes": _one_of(CLOSES),
                "every": period,
            }
        )
        | {"minProperties": 1},
    }


def _pattern(words: Words, event: str) -> Schema:
    sides = _one_of((BEARER, COUNTERPARTY, ANYBODY, *words.roles))
    attributes = {
        name: _or_list(_one_of(words.values[kind]))
        for name, kind in words.events[event].attributes.items()
        if kind not in OPEN_TYPES
    }
    return _object({"event": {"const": event}, "by": sides, "to": sides, **attributes}, ("event",))


def _conditions(words: Words) -> Iterable[Schema]:
    kinds = {name: kind for event in words.events.values() for name, kind in event.attributes.items()}
    level = {"type": "integer", "minimum": LEVELS[0], "maximum": LEVELS[-1]}
    hours = _object({"hours": {"type": "integer", "minimum": 1, "maximum": LONGEST["hours"]}}, ("hours",))
    ends = _object({"from": _ref("pattern"), "to": _ref("pattern")}, ("from", "to"))
    many = _list(_ref("condition"))
    return (
        _object({"all": many}, ("all",)),
        _object({"any": many}, ("any",)),
        _object({"not": _ref("condition")}, ("not",)),
        _object({"fact": _one_of(words.facts)}, ("fact",)),
        _object({"role": _one_of(words.roles), "of": _one_of((BEARER, COUNTERPARTY))}, ("role",)),
        _object({"happened": _ref("pattern")}, ("happened",)),
        _object(
            {"attribute": _one_of(kinds), "is": _or_list(_TEXT), "at_least": level, "at_most": level},
            ("attribute",),
        ),
        _object({"apart": ends, "more_than": hours, "at_most": hours}, ("apart",)),
    )


def _object(properties: Schema, required: Iterable[str] = ()) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _list(items: Schema, least: int = 1) -> Schema:
    return {"type": "array", "items": items, "minItems": least}


def _or_list(items: Schema) -> Schema:
    return {"anyOf": [items, _list(items)]}


def _one_of(words: Iterable[str]) -> Schema:
    return {"enum": list(words)}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}
