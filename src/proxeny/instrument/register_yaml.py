"""A register of parties as the file parties.yaml (docs/reference/norms.md): what `parse_register` reads back."""

from __future__ import annotations

import json
import re

from proxeny.instrument.norm import PartyAct, Register

_PLAIN = re.compile(r"[A-Za-z][A-Za-z_]*")
_WORDS = frozenset(
    {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}
)  # YAML 1.1 reads them as values


def write_register(register: Register) -> str:
    """The text of parties.yaml, one act a line. An act's own source stands where it differs from the register's."""
    lines = [
        f"as_of: {register.as_of.isoformat()}" if register.as_of else "as_of: null",
        f"source: {_quoted(register.source)}",
        "acts:" if register.acts else "acts: []",
        *(_act(act, register.source) for act in register.acts),
    ]
    return "\n".join(lines) + "\n"


def _act(act: PartyAct, source: str) -> str:
    parts = {
        "state": _word(act.state),
        "act": _word(act.act),
        "on": act.on.isoformat() if act.on else "",
        "in_force": act.in_force.isoformat() if act.in_force else "",
        "source": _quoted(act.source) if act.source != source else "",
        "note": _quoted(act.note) if act.note else "",
    }
    return "- {" + ", ".join(f"{key}: {value}" for key, value in parts.items() if value) + "}"


def _word(text: str) -> str:
    plain = _PLAIN.fullmatch(text) is not None and text.lower() not in _WORDS
    return text if plain else _quoted(text)


def _quoted(text: str) -> str:
    """A text in the double quotes of YAML, whose escapes hold those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\x7f")
