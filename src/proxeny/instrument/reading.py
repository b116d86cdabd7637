"""What reads the values of a YAML document under a closed vocabulary, and notes every fault with its place."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Any

import msgspec

from proxeny.base.errors import Fault, InputError, refuse
from proxeny.base.moments import parse_moment
from proxeny.base.wire import Limits, unknown_keys
from proxeny.base.yaml_wire import YAML_LIMITS, Document, Path, scan_yaml

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TRUTH = {"yes": True, "true": True, "no": False, "false": False}
FIRST_YEAR, LAST_YEAR = 1800, 9000
"""Days and moments are of these years: no norm is older, and what a limit adds stays a date that Python can hold."""
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""The marks of Unicode's bidirectional algorithm (UAX #9) that embed and override: they hide what a text says."""
_MOST_LISTED = 12  # known words named in a remedy


class Reader(msgspec.Struct, frozen=True):
    """A document, and the faults found in it so far."""

    document: Document
    faults: list[Fault]

    def fault(self, path: Path, message: str, remedy: str) -> None:
        """Note a fault of the value there."""
        self.faults.append(Fault(self.document.at(path), message, remedy))

    def key_fault(self, path: Path, message: str, remedy: str) -> None:
        """Note a fault of the key there."""
        self.faults.append(Fault(self.document.at_key(path), message, remedy))

    def mapping(self, raw: Any, path: Path, known: Collection[str] | None = None) -> dict[str, Any]:
        """The keys and values there; a fault for each key that is not known. Nothing written is an empty one."""
        if raw is None:
            return {}
        if not isinstance(raw, dict):
            self.fault(path, f"{_name(path)}not a set of keys and values", "write key: value lines")
            return {}
        if known is None:
            return raw
        for key in (key for key in raw if key not in known):
            (fault,) = unknown_keys({key: None}, set(known), "")
            self.key_fault((*path, key), fault.message, fault.remedy)
        return {key: value for key, value in raw.items() if key in known}

    def items(self, raw: Any, path: Path) -> Iterator[tuple[Path, Any]]:
        """The members of a list with their paths; a single value is a list of one."""
        if raw is None:
            return
        if not isinstance(raw, list):
            yield path, raw
            return
        for number, entry in enumerate(raw):
            yield (*path, number), entry

    def require(self, values: dict[str, Any], path: Path, keys: Collection[str], why: str = "") -> bool:
        """Whether all of the keys are given; a fault for each that is not."""
        missing = [key for key in keys if values.get(key) is None]
        for key in missing:
            self.key_fault(path, f"{_name(path)}without {key}", why or f"add {key}: …")
        return not missing

    def text(self, raw: Any, path: Path, most: int = 400) -> str:
        """A text on one line, or "" where there is none."""
        if raw is None:
            return ""
        if isinstance(raw, (dict, list, bool)):
            self.fault(path, f"{_name(path)}not a text", "write it as text, in quotes if need be")
            return ""
        found = " ".join(str(raw).split())
        if len(found) > most:
            self.fault(path, f"longer than {most} characters", "shorten it")
        if not _is_shown(found):
            self.fault(path, "characters that are no text", "take control characters out")
        return found

    def word(self, raw: Any, path: Path, known: Collection[str], what: str) -> str:
        """One of the known words, or "" and a fault."""
        if isinstance(raw, str) and raw in known:
            return raw
        said = "nothing" if raw is None else repr(raw)[:60]
        self.fault(path, f"{said} is no {what}", _remedy(raw, known))
        return ""

    def words(self, raw: Any, path: Path, known: Collection[str], what: str) -> tuple[str, ...]:
        """Known words, one or a list of them; at least one, or a fault."""
        found = tuple(self.word(entry, own, known, what) for own, entry in self.items(raw, path))
        if raw is not None and not found:
            self.fault(path, f"no {what} in the list", _remedy(None, known))
        return tuple(one for one in found if one)

    def date(self, raw: Any, path: Path) -> dt.date | None:
        """A day, as 2026-03-02."""
        if raw is None:
            return None
        text = str(raw)
        if _DATE.fullmatch(text):
            try:
                day = dt.date.fromisoformat(text)
            except ValueError:
                pass
            else:
                if FIRST_YEAR <= day.year <= LAST_YEAR:
                    return day
        self.fault(
            path, f"{text[:40]!r} is no day", f"write it as 2026-03-02, of {FIRST_YEAR} to {LAST_YEAR}"
        )
        return None

    def moment(self, raw: Any, path: Path) -> dt.datetime | None:
        """A moment with its offset."""
        try:
            return parse_calendar_moment(str(raw), self.document.at(path))
        except InputError as error:
            self.faults.extend(error.faults)
            return None

    def truth(self, raw: Any, path: Path) -> bool:
        """Yes or no; nothing is no."""
        if raw is None:
            return False
        found = raw if isinstance(raw, bool) else _TRUTH.get(str(raw).lower())
        if found is None:
            self.fault(path, f"{raw!r} is neither yes nor no", "write yes or no")
        return bool(found)

    def answer(self, raw: Any, path: Path) -> str:
        """yes, no or unknown."""
        if isinstance(raw, bool):
            return "yes" if raw else "no"
        text = str(raw).lower()
        if text == "unknown":
            return text
        if text in _TRUTH:
            return "yes" if _TRUTH[text] else "no"
        self.fault(path, f"{_said(raw)} is no answer", "write yes, no or unknown")
        return "unknown"

    def count(self, raw: Any, path: Path, least: int, most: int) -> int | None:
        """A whole number within a range."""
        if type(raw) is int and least <= raw <= most:
            return raw
        self.fault(path, f"{_said(raw)} is no whole number of {least} to {most}", f"write {least} to {most}")
        return None


def open_document(data: bytes, name: str, limits: Limits = YAML_LIMITS) -> Reader:
    """The document of a file, ready to be read. Raises InputError where it is not YAML within the limits."""
    document = scan_yaml(data, name, limits)
    return Reader(document, list(document.faults))


def parse_calendar_moment(text: str, place: str) -> dt.datetime:
    """A moment of the years for which local time and limits can be reckoned. Raises InputError."""
    moment = parse_moment(text, place)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise refuse(place, f"the year {moment.year:04}", f"write a year of {FIRST_YEAR} to {LAST_YEAR}")
    return moment


def _is_shown(text: str) -> bool:
    """Whether a terminal shows the text as it stands: no control characters, none that turn the direction round."""
    return not any(unicodedata.category(char) == "Cc" or char in _TURNING for char in text)


def _name(path: Path) -> str:
    return f"{path[-1]} is " if path and isinstance(path[-1], str) else ""


def _said(raw: Any) -> str:
    return "nothing" if raw is None else repr(raw)[:40]


def _remedy(raw: Any, known: Collection[str]) -> str:
    near = get_close_matches(str(raw), known, n=1) if raw is not None else []
    if near:
        return f"did you mean {near[0]!r}?"
    listed = sorted(known)
    more = ", …" if len(listed) > _MOST_LISTED else ""
    return f"known: {', '.join(listed[:_MOST_LISTED])}{more}"
