"""Members of a CSAF document, checked on the way: what its schema requires, and the forms of identifiers and times.

Source: CSAF 2.0 (OASIS Standard, 18 November 2022), sections 3.2.1 and 3.2.3, and its JSON schema. The tests of
section 6 on what a document means, such as whether a product is named twice, are not made here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from typing import Any

import msgspec

from proxeny.base.errors import Fault, InputError
from proxeny.base.moments import parse_moment
from proxeny.formats.entries import MAX_FAULTS, pointer

STATUSES = ("draft", "final", "interim")
PUBLISHERS = ("coordinator", "discoverer", "other", "translator", "user", "vendor")
NOTES = ("description", "details", "faq", "general", "legal_disclaimer", "other", "summary")
SEE = "see CSAF 2.0, section 3.2"

CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,}")
_IDENTIFIER = re.compile(r"\S(?:.*\S)?")
_VERSION = re.compile(
    r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)?"
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*|[xi](?:-[A-Za-z0-9]{1,8})+", re.IGNORECASE)


class Check(msgspec.Struct):
    """The document that is read, and the faults found in it so far."""

    place: str
    faults: list[Fault] = []

    def fault(self, at: str, message: str, remedy: str = SEE) -> None:
        """Note a fault, as far as a person can correct them at a time."""
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(Fault(f"{self.place}{at}", message, remedy))

    def member(self, node: dict[str, Any], key: str, at: str, kind: type, required: bool = False) -> Any:
        """The member, of its JSON type; None where there is none, or a fault."""
        value = node.get(key)
        where = at + pointer(key)
        if value is None:
            if key in node:
                self.fault(where, f"null where {_KINDS[kind]} belongs", "leave the member out")
            elif required:
                self.fault(where, f"the member {key!r} is missing, which CSAF requires")
            return None
        if not isinstance(value, kind):
            self.fault(where, f"{_kind_of(value)} where {_KINDS[kind]} belongs")
            return None
        if kind in (str, list) and not value:
            self.fault(where, "it is empty, which CSAF forbids", "fill it in, or leave it out")
            return None
        return value

    def text(self, node: dict[str, Any], key: str, at: str, required: bool = False) -> str:
        """The text of a member, "" where there is none."""
        return self.member(node, key, at, str, required) or ""

    def items(self, node: dict[str, Any], key: str, at: str, required: bool = False) -> list[tuple[str, Any]]:
        """The objects of a list, each with its pointer."""
        found = []
        for index, item in enumerate(self.member(node, key, at, list, required) or ()):
            where = f"{at}{pointer(key)}/{index}"
            if isinstance(item, dict):
                found.append((where, item))
            else:
                self.fault(where, f"{_kind_of(item)} where an object belongs")
        return found

    def one_of(self, node: dict[str, Any], key: str, at: str, known: Collection[str]) -> str:
        """A word that the schema lists."""
        word = self.text(node, key, at, required=True)
        if word and word not in known:
            self.fault(
                at + pointer(key),
                f"{word[:60]!r} is none of the words of CSAF",
                f"one of: {', '.join(known)}",
            )
            return ""
        return word

    def moment(self, node: dict[str, Any], key: str, at: str, required: bool = False) -> dt.datetime | None:
        """A date-time of RFC 3339."""
        written = self.text(node, key, at, required)
        if not written:
            return None
        try:
            return parse_moment(written, f"{self.place}{at}{pointer(key)}")
        except InputError as error:
            for fault in error.faults:
                self.fault(at + pointer(key), fault.message, fault.remedy)
            return None

    def form(self, written: str, at: str, what: str) -> None:
        """Whether an identifier, a version or a language has the form that the schema gives it."""
        pattern = {"identifier": _IDENTIFIER, "version": _VERSION, "language": _LANGUAGE, "CVE": CVE}[what]
        if written and pattern.fullmatch(written) is None:
            self.fault(at, f"{written[:60]!r} is no {what}", _FORMS[what])


_KINDS: dict[type, str] = {dict: "an object", list: "a list", str: "a text"}
_FORMS = {
    "identifier": "write it on one line, without blanks around it",
    "version": "write a whole number, or three as in 1.0.0",
    "language": "write it as in BCP 47, such as en or fr-CA",
    "CVE": "write it as CVE-2026-12345",
}


def _kind_of(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    return _KINDS.get(type(value), "a number")
