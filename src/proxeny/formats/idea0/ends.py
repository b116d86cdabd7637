"""Source and Target of IDEA0: the observables of each end, with the port and the protocol that it gives them."""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec

from proxeny.formats.draft import Draft
from proxeny.formats.entries import pointer
from proxeny.formats.indicators import indicator_of
from proxeny.identify.report import Indicator

FIELDS: dict[str, str] = {
    "IP4": "ip",
    "IP6": "ip",
    "Hostname": "domain",
    "URL": "url",
    "Email": "email",
    "ASN": "asn",
    "MAC": "mac",
    "PTR": "domain",
}
"""Members that name an observable, with its type. PTR is of the members that IntelMQ's output adds."""

PORTED: frozenset[str] = frozenset(["ipv4", "ipv6", "cidr", "domain"])
"""Types to which the port and the protocol of the end belong."""

MAX_ENDS = 20_000  # observables of one event; IDEA aggregates, but not without bound

_RANGE = re.compile(r"[0-9A-Fa-f.:]+-[0-9A-Fa-f.:]+")
_LISTS = frozenset([*FIELDS, "Port", "Proto", "Type"])


def ends(event: dict[str, Any], draft: Draft) -> list[Indicator]:
    """The observables of both ends, each once an end. Faults and losses go into the draft."""
    found: dict[tuple[str, str, str | None], Indicator] = {}
    for name, role in (("Source", "source"), ("Target", "target")):
        nodes = event.get(name)
        if nodes is None:
            continue
        if not isinstance(nodes, list):
            draft.fault(f"/{name}", "not a list", "give a list of objects")
            continue
        for index, node in enumerate(nodes):
            at = f"/{name}/{index}"
            if not isinstance(node, dict):
                draft.fault(at, "not an object", "give an object with IP4, Hostname …")
                continue
            for item in _of_end(node, at, "source" if role == "source" else "target", draft):
                if len(found) < MAX_ENDS:
                    found.setdefault((item.type, item.value, item.role), item)
                else:
                    draft.lose(at, f"observables beyond the first {MAX_ENDS}")
    return list(found.values())


def _of_end(
    node: dict[str, Any], at: str, role: Literal["source", "target"], draft: Draft
) -> list[Indicator]:
    lists = {name: _listed(node, name, at, draft) for name in _LISTS if node.get(name) is not None}
    port, protocol = _port(lists.get("Port", []), at, draft), _protocol(lists.get("Proto", []), at, draft)
    found = []
    for name, kind in FIELDS.items():
        for index, value in enumerate(lists.get(name, [])):
            where = f"{at}/{name}/{index}"
            item = indicator_of(kind, str(value), where)
            if item is None:
                what = "a range of addresses" if _RANGE.fullmatch(str(value)) else f"no {kind}"
                draft.lose(where, f"not held: {str(value)[:80]!r} is {what}")
            elif item.type in PORTED:
                found.append(msgspec.structs.replace(item, role=role, port=port, protocol=protocol))
            else:
                found.append(msgspec.structs.replace(item, role=role))
    if not any(item.type in PORTED for item in found):
        for name, told in (("Port", port), ("Proto", protocol)):
            if told is not None:
                draft.lose(f"{at}/{name}", f"not held: {name} {told} of an end without an address")
    for name in node:
        if name not in FIELDS and name not in ("Port", "Proto"):
            draft.lose(f"{at}{pointer(name)}", f"not held: {name[:60]} of an end")
    return found


def _listed(node: dict[str, Any], name: str, at: str, draft: Draft) -> list[Any]:
    """A member that is a list; one value alone, as some sensors send, is a list of one."""
    value = node[name]
    items = value if isinstance(value, list) else [value]
    for index, item in enumerate(items):
        if isinstance(item, bool) or not isinstance(item, (str, int)):
            draft.fault(f"{at}/{name}/{index}", "neither a text nor a whole number", "correct it")
            return []
    return items


def _port(ports: list[Any], at: str, draft: Draft) -> int | None:
    """The port where there is one alone: of several, nothing says which belongs to which address."""
    if len(ports) == 1 and str(ports[0]).isdecimal() and int(ports[0]) < 65_536:
        return int(ports[0])
    if ports:
        shown = ", ".join(str(port)[:20] for port in ports[:20])
        draft.lose(f"{at}/Port", f"not held: the ports {shown}{' …' if len(ports) > 20 else ''}")
    return None


def _protocol(protocols: list[Any], at: str, draft: Draft) -> str | None:
    """The last, since IDEA lists them from the lower layer to the upper: tcp, ssh."""
    for name in protocols[:-1]:
        draft.lose(f"{at}/Proto", f"not held: the protocol {str(name)[:30]} below another")
    return str(protocols[-1]).strip().lower()[:30] or None if protocols else None
