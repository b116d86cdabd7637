"""System, Node and Service of IODEF: what took part in a connection (RFC 7970, sections 3.17 to 3.20)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from proxeny.formats.iodef.gathered import Gathered
from proxeny.formats.iodef.shape import Tree

MAX_PORTS = 64  # of one system; a longer list is that of a scan, which the narrative tells better

PROTOCOLS = {
    1: "icmp",
    2: "igmp",
    6: "tcp",
    17: "udp",
    41: "ipv6",
    47: "gre",
    50: "esp",
    58: "ipv6-icmp",
    132: "sctp",
}
"""Numbers of the IANA registry "Protocol Numbers" that reports name, with their keywords in lower case."""

PORTED = frozenset({"ip", "domain", "url"})
"""The kinds of which a port and a protocol are told; the others of a Node have none."""

ADDRESSES = {
    **dict.fromkeys(("ipv4-addr", "ipv6-addr", "ipv4-net", "ipv6-net", "ipv4-net-mask"), "ip"),
    "asn": "asn",
    "e-mail": "email",
    "mac": "mac",
    "site-uri": "url",
}
"""The kind of observable by the category of an Address."""

Role = Literal["source", "target"] | None


class Service(NamedTuple):
    """An end of a connection."""

    port: int | None
    protocol: str | None


def read_system(tree: Tree, at: str, draft: Gathered) -> None:
    """The addresses and names of a system. A source whose address is said to be spoofed is the source of nothing."""
    category = tree.get("category")
    role: Role = "source" if category == "source" else "target" if category == "target" else None
    held = ["Node", "Service", "AdditionalData"]
    if role:
        held.append("category")
    if tree.get("spoofed") == "yes":
        role = None
    elif tree.get("spoofed") in ("no", "unknown"):
        held.append("spoofed")
    if tree.get("virtual") == "unknown":
        held.append("virtual")
    services = [
        service
        for index, item in enumerate(tree.get("Service", ()))
        for service in _services(item, f"{at}/Service/{index}", draft)
    ]
    ends = services or [Service(None, None)]
    for kind, value, below in _named(tree["Node"], f"{at}/Node", draft):
        for port, protocol in ends if kind in PORTED and not draft.full else ends[:1]:
            if kind in PORTED:
                draft.observe(kind, value, below, role, port, protocol)
            else:
                draft.observe(kind, value, below, role)
    draft.additional(tree, "System", at)
    draft.rest(tree, "System", held, at)


def _named(node: Tree, at: str, draft: Gathered) -> Iterator[tuple[str, str, str]]:
    """Kind, value and place of what a Node is known by."""
    for index, item in enumerate(node.get("DomainData", ())):
        yield from domain_of(item, f"{at}/DomainData/{index}", draft)
    for index, item in enumerate(node.get("Address", ())):
        yield from address_of(item, f"{at}/Address/{index}", draft)
    draft.rest(node, "Node", ("DomainData", "Address"), at)


def domain_of(tree: Tree, at: str, draft: Gathered) -> Iterator[tuple[str, str, str]]:
    statuses = [key for key in ("system-status", "domain-status") if tree.get(key) == "unknown"]
    draft.rest(tree, "DomainData", ("Name", *statuses), at)
    yield "domain", tree["Name"], f"{at}/Name"


def address_of(tree: Tree, at: str, draft: Gathered) -> Iterator[tuple[str, str, str]]:
    category = tree.get("category", "ipv6-addr")  # the default of the schema
    kind = ADDRESSES.get(category)
    if kind is None:
        draft.lose(at, f"addresses of the category {category[:40]}")
        return
    draft.rest(tree, "Address", ("value", "category"), at)
    yield kind, tree["value"], at


def _services(tree: Tree, at: str, draft: Gathered) -> list[Service]:
    """The ports of a Service, each with its protocol: the application where it is named, else the transport."""
    transport = PROTOCOLS.get(tree.get("ip-protocol", -1))
    name = tree.get("ServiceName", {}).get("IANAService", "").lower() or None
    held = ["Port", "Portlist"]
    if name:
        held.append("ServiceName")
        draft.rest(tree["ServiceName"], "ServiceName", ("IANAService",), f"{at}/ServiceName")
    elif transport:
        held.append("ip-protocol")
    draft.rest(tree, "Service", held, at)
    ports = [int(tree["Port"])] if "Port" in tree else []
    ports += _listed(tree.get("Portlist", ""), f"{at}/Portlist", draft)
    good = [port for port in dict.fromkeys(ports) if 0 <= port <= 65_535]
    if len(good) < len(set(ports)):
        draft.lose(at, "ports beyond 65535")
    if len(good) > MAX_PORTS:
        draft.lose(f"{at}/Portlist", f"ports beyond the first {MAX_PORTS} of a system")
    found = [Service(port, name or transport) for port in good[:MAX_PORTS]]
    return found or ([Service(None, name or transport)] if name or transport else [])


def _listed(written: str, at: str, draft: Gathered) -> list[int]:
    """The ports of a Portlist, such as 22,80-82 (RFC 7970, section 2.10)."""
    found: list[int] = []
    for part in written.split(",") if written else ():
        low, _, high = part.strip().partition("-")
        if not (low.isdecimal() and (high or low).isdecimal() and len(low) < 6 and len(high) < 6):
            draft.lose(at, "lists of ports that cannot be read")
            continue
        found += range(int(low), min(int(high or low), int(low) + MAX_PORTS) + 1)
        if len(found) > MAX_PORTS:
            break
    return found
