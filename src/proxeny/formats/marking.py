"""TLP (FIRST, versions 1.0 and 2.0) and PAP labels as people write them into text."""

from __future__ import annotations

import re

from proxeny.identify.report import Marking

_TLP = re.compile(
    r"\bTLP\s{0,2}[:：=\-]?\s{0,2}(RED|AMBER\s?\+\s?STRICT|AMBER|GREEN|CLEAR|WHITE)(?![A-Za-z])",
    re.IGNORECASE,
)
_PAP = re.compile(r"\bPAP\s{0,2}[:：=]\s{0,2}(RED|AMBER|GREEN|CLEAR|WHITE)(?![A-Za-z])", re.IGNORECASE)
_ORDER = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")  # TLP 2.0, section 1: from open to closed
_FIRST_LINES = 600  # code points: where TLP 2.0 section 4 has the label stand, in header or subject


def label_of(word: str) -> str | None:
    """The label of TLP 2.0 for a word such as `amber` or `WHITE` (the name of CLEAR in TLP 1.0)."""
    label = "".join(word.split()).upper().removeprefix("TLP:").replace("WHITE", "CLEAR")
    return label if label in _ORDER else None


def marking_in_text(text: str) -> Marking:
    """The strictest label written in the first lines or, where none stands there, anywhere in the text."""
    return Marking(tlp=_strictest("TLP", _TLP, text), pap=_strictest("PAP", _PAP, text))


def _strictest(name: str, pattern: re.Pattern[str], text: str) -> str | None:
    if name not in text and name.lower() not in text:
        return None
    found = pattern.findall(text, 0, _FIRST_LINES) or pattern.findall(text)
    labels = [label for label in map(label_of, found) if label]
    return f"{name}:{max(labels, key=_ORDER.index)}" if labels else None
