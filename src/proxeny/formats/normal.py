"""Observables in their normal form, each by its type; "" for what is none of that type."""

from __future__ import annotations

import re
from collections.abc import Callable

MAX_URL = 4096  # code points; longer ones are cut by every sender we know

HASHES = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
_CVE = re.compile(r"(?:CVE)?[-‐‑–_ ]?(\d{4})[-‐‑–_ ](\d{4,19})", re.IGNORECASE | re.ASCII)
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")


def domain_form(value: str) -> str:
    """Lower case, without the root's dot; "" if RFC 1035 lengths or characters do not allow it."""
    name = value.strip().rstrip(".").lower()
    labels = name.split(".")
    if len(name) > 253 or len(labels) < 2 or labels[-1].isdigit():
        return ""
    return name if all(_LABEL.fullmatch(label) for label in labels) else ""


def url_form(value: str) -> str:
    """Scheme and host in lower case, the rest as written (RFC 3986 section 6.2.2.1)."""
    scheme, colons, rest = value.partition("://")
    cut = min((at for at in (rest.find(mark) for mark in "/?#") if at >= 0), default=len(rest))
    authority, path = rest[:cut], rest[cut:]
    user, at, host = authority.rpartition("@")
    if not colons or not scheme.replace("+", "").isalnum() or not host or len(value) > MAX_URL:
        return ""
    if not (host[0].isalnum() or host[0] in "[_-") or any(char.isspace() for char in value):
        return ""
    return f"{scheme.lower()}://{user}{at}{host.lower()}{path}"


def ipv4_form(value: str) -> str:
    """The address as it stands, or the network without host bits; "" for leading zeros and 0.x.x.x."""
    address, slash, length = value.partition("/")
    parts = address.split(".")
    if len(parts) != 4 or not all(p.isdigit() and p.isascii() and len(p) < 4 for p in parts):
        return ""
    if any(int(part) > 255 or (len(part) > 1 and part[0] == "0") for part in parts) or parts[0] == "0":
        return ""
    if not slash:
        return address
    if not (length.isdigit() and length.isascii() and int(length) <= 32):
        return ""
    return address if int(length) == 32 else _network(value)


def _network(value: str) -> str:
    import ipaddress

    return str(ipaddress.ip_network(value, strict=False))


def ipv6_form(value: str) -> str:
    """The compressed form of RFC 5952; "" if it is none. A zone id is dropped, /128 is one address."""
    import ipaddress

    try:
        if "/" in value:
            network = ipaddress.IPv6Network(value, strict=False)
            return str(network.network_address if network.prefixlen == 128 else network)
        return str(ipaddress.IPv6Address(value.partition("%")[0].strip("[]")))
    except ValueError:
        return ""


def mac_form(value: str) -> str:
    """Lower case, with colons."""
    digits = re.sub(r"[:.\-]", "", value).lower()
    if len(digits) != 12 or re.fullmatch(r"[0-9a-f]{12}", digits) is None:
        return ""
    return ":".join(digits[index : index + 2] for index in range(0, 12, 2))


def _hash_of(length: int) -> Callable[[str], str]:
    def normal(value: str) -> str:
        value = value.strip().lower()
        return value if len(value) == length and re.fullmatch(r"[0-9a-f]+", value) else ""

    return normal


def cve_form(value: str) -> str:
    """CVE and two numbers, joined by hyphens."""
    match = _CVE.fullmatch(value.strip())
    return f"CVE-{match[1]}-{match[2]}" if match and 1988 <= int(match[1]) <= 2099 else ""


def asn_form(value: str) -> str:
    """AS and the number; "" for AS400, which is nearly always the computer."""
    digits = re.sub(r"^ASN?[ :]*", "", value.strip(), flags=re.IGNORECASE)
    if not (digits.isdigit() and digits.isascii() and len(digits) < 11 and 0 < int(digits) < 2**32):
        return ""
    return "" if value.upper() == "AS400" else f"AS{int(digits)}"


def email_form(value: str) -> str:
    """The local part as written, the host in lower case."""
    local, at, host = value.strip().rpartition("@")
    host = domain_form(host)
    good = at and host and local.strip(".") and len(local) <= 64 and " " not in local
    return f"{local}@{host}" if good else ""


def _ip(value: str) -> str:
    return ipv6_form(value) if ":" in value else ipv4_form(value)


FORMS: dict[str, Callable[[str], str]] = {
    "ip": _ip,
    "ipv4": _ip,
    "ipv6": _ip,
    "cidr": _ip,
    "domain": domain_form,
    "hostname": domain_form,
    "url": url_form,
    "email": email_form,
    "cve": cve_form,
    "asn": asn_form,
    "mac": mac_form,
    "hash": lambda value: _hash_of(len(value.strip()))(value) if len(value.strip()) in HASHES else "",
    **{name: _hash_of(length) for length, name in HASHES.items()},
}
"""The normal form by the type that a structured source gives."""


def type_of(type: str, value: str) -> str:
    """The type of an Indicator, for a type of the source and the value in its normal form."""
    if type in ("ip", "ipv4", "ipv6", "cidr"):
        return "cidr" if "/" in value else "ipv6" if ":" in value else "ipv4"
    if type == "hash":
        return HASHES[len(value)]
    return "domain" if type == "hostname" else type
