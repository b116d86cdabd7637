"""Members of X-ARF reports of any version, taken strictly by their type."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import msgspec

from proxeny.base.errors import InputError
from proxeny.base.moments import parse_moment
from proxeny.formats.draft import Draft
from proxeny.formats.indicators import indicator_of
from proxeny.identify.report import Indicator

Role = Literal["source", "target"] | None


def words(node: dict[str, Any], name: str, at: str, draft: Draft, needed: bool = False) -> str:
    """A text; "" where it is missing, which is a fault where it is needed."""
    value = node.get(name)
    if isinstance(value, str) and (value.strip() or not needed):
        return value.strip()
    if value is not None:
        draft.fault(f"{at}/{name}", "not a text", "put it in quotes")
    elif needed:
        draft.fault(f"{at}/{name}", f"no {name}", f"give {name}")
    return ""


def moment(node: dict[str, Any], name: str, at: str, draft: Draft) -> dt.datetime | None:
    """A time, None where it is missing."""
    written = words(node, name, at, draft)
    if not written:
        return None
    try:
        return parse_moment(written, "")
    except InputError as error:
        fault = error.faults[0]
        draft.fault(f"{at}/{name}", fault.message, fault.remedy)
        return None


def port(node: dict[str, Any], name: str, at: str, draft: Draft) -> int | None:
    """A port, also written as a text, as some senders do."""
    value = node.get(name)
    if value is None:
        return None
    digits = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    if digits.isascii() and digits.isdecimal() and int(digits) < 65_536:
        return int(digits)
    draft.fault(f"{at}/{name}", "not a port", "give a number from 0 to 65535")
    return None


def observables(
    kind: str,
    value: Any,
    at: str,
    draft: Draft,
    role: Role = None,
    port: int | None = None,
    protocol: str = "",
) -> list[Indicator]:
    """The observables of a member, a text or a list of texts; `host` is an address, a name or a mailbox."""
    found = []
    for item in value if isinstance(value, list) else [value]:
        if item is None or item == "":
            continue
        text = str(item) if isinstance(item, (str, int)) and not isinstance(item, bool) else ""
        indicator = _host(text, at) if kind == "host" else indicator_of(kind, text, at)
        if indicator is None:
            draft.lose(at, f"not held: {text[:80]!r} is no {kind}")
        else:
            ended = {"role": role, "port": port, "protocol": protocol or None}
            found.append(msgspec.structs.replace(indicator, **(ended if role else {})))
    return found


def _host(text: str, at: str) -> Indicator | None:
    kinds = ("url",) if "://" in text else ("email",) if "@" in text else ("ip", "domain", "asn")
    return next((found for kind in kinds if (found := indicator_of(kind, text, at))), None)


def once(indicators: list[Indicator]) -> tuple[Indicator, ...]:
    """Each observable once an end; the first one stands, since it bears the port."""
    found: dict[tuple[str, str, str | None], Indicator] = {}
    for item in indicators:
        found.setdefault((item.type, item.value, item.role), item)
    return tuple(found.values())
