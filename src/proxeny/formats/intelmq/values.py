"""The values of IntelMQ's fields, one function a type: each brings a value into its form, or says why it is unfit.

The commonest spellings are told by one pattern; only others are taken apart. Nothing is guessed: a number for an
address, a time without an offset or a text that is no base64 is unfit.
"""

from __future__ import annotations

import binascii
import datetime as dt
import ipaddress
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from proxeny.base.errors import InputError
from proxeny.base.moments import parse_moment
from proxeny.formats.intelmq.fields import (
    FIELDS,
    LABELS,
    REGISTRIES,
    RENAMED,
    SEVERITIES,
    TAXONOMY,
    TRANSPORTS,
)

Check = Callable[[Any], Any]
"""From a value to its harmonised form. Raises UnfitError."""

MAX_NAME = 253  # of a domain name, without the root's dot (RFC 1035, section 2.3.4)

_DIGITS = re.compile(r"[+-]?[0-9]{1,18}").fullmatch
_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,18})?").fullmatch

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(rf"(?!0\.){_OCTET}\.{_OCTET}\.{_OCTET}\.{_OCTET}").fullmatch
# Tells most names at once; what it lets pass too, a hyphen at the end of a label, is looked for by itself.
_PLAIN_NAME = re.compile(r"(?:[a-z0-9_][a-z0-9_-]{0,62}+\.)++[a-z][a-z0-9-]{0,62}+").fullmatch
_NAME = re.compile(
    r"(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*+(?![0-9]+$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
).fullmatch
_URL = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]{0,30}://(?:[^\s/?#@]*@)?(?:[\w~%][\w.~%-]*+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?"
    r"(?:[/?#]\S*)?"
).fullmatch
_UTC = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\+00:00").fullmatch
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch
_COUNTRY = re.compile(r"[A-Z0-9]{2}").fullmatch
_HASH = re.compile(r"[A-F0-9./]{1,40}").fullmatch


class UnfitError(Exception):
    """A value that its field does not take: what is wrong, and what the person can do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


def _text(value: Any) -> str:
    if value.__class__ is str:
        return value.strip()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    raise UnfitError("not a text", "put it in quotes")


def _lower(value: Any) -> str:
    return _text(value).lower()


def _upper(value: Any) -> str:
    return _text(value).upper()


def _printable(value: Any) -> str:
    text = _text(value)
    if text.isascii() and text.isprintable():
        return text
    raise UnfitError("not printable ASCII", "leave other characters out")


def _printable_lower(value: Any) -> str:
    return _printable(value).lower()


def _at_most(check: Callable[[Any], str], length: int) -> Check:
    def checked(value: Any) -> str:
        text = check(value)
        if len(text) > length:
            raise UnfitError(f"longer than {length} characters", "shorten it")
        return text

    return checked


def _one_of(values: Mapping[str, str], fold: Callable[[Any], str], what: str) -> Check:
    listed = ", ".join(dict.fromkeys(values.values()))

    def checked(value: Any) -> str:
        found = values.get(fold(value))
        if found is None:
            raise UnfitError(f"{str(value)[:40]!r} is no {what}", f"one of: {listed}")
        return found

    return checked


def _spelt(match: Callable[[str], object], fold: Callable[[Any], str], what: str, remedy: str) -> Check:
    def checked(value: Any) -> str:
        text = fold(value)
        if match(text):
            return text
        raise UnfitError(f"{text[:60]!r} is no {what}", remedy)

    return checked


def _ip(value: Any) -> str:
    if value.__class__ is not str:
        raise UnfitError("not an address", "write it as text, such as 192.0.2.1")
    return value if _IPV4(value) else _address(value)


@lru_cache(maxsize=8192)
def _address(text: str) -> str:
    """An address in another spelling: IPv6, with a zone, or as the network of one address."""
    plain = text.strip().partition("%")[0]
    for length in ("/32", "/128"):
        if plain.endswith(length) and (":" in plain) == (length == "/128"):
            plain = plain.removesuffix(length)
    try:
        found = ipaddress.ip_address(plain)
    except ValueError:
        raise UnfitError(
            f"{text[:50]!r} is no IP address", "correct it, or give a network as network"
        ) from None
    if found.is_unspecified:
        raise UnfitError(f"{text[:50]!r} is no address of a host", "leave it out")
    return str(found)


def _network(value: Any) -> str:
    if value.__class__ is not str:
        raise UnfitError("not a network", "write it as text, such as 192.0.2.0/24")
    return _network_of(value)


@lru_cache(maxsize=8192)
def _network_of(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text.strip(), strict=False))
    except ValueError:
        raise UnfitError(f"{text[:50]!r} is no network", "write it as 192.0.2.0/24") from None


def _fqdn(value: Any) -> str:
    if value.__class__ is not str:
        raise UnfitError("not a name", "write it as text")
    if _PLAIN_NAME(value) and "-." not in value and value[-1] != "-" and len(value) <= MAX_NAME:
        return value
    return _name(value)


@lru_cache(maxsize=8192)
def _name(text: str) -> str:
    """A name in another spelling: capitals, the root's dot, letters beyond ASCII (RFC 3490)."""
    plain = text.strip().rstrip(".").lower()
    try:
        plain = plain if plain.isascii() else plain.encode("idna").decode("ascii")
    except UnicodeError:
        plain = ""
    if len(plain) > MAX_NAME or not _NAME(plain):
        raise UnfitError(f"{text[:60]!r} is no domain name", "correct it; an address belongs into ip")
    return plain


def _url(value: Any) -> str:
    if value.__class__ is not str:
        raise UnfitError("not a URL", "write it as text")
    return _url_of(value)


@lru_cache(maxsize=8192)
def _url_of(value: str) -> str:
    text = value.strip()
    if text[:3].lower() == "hxx":  # defanged
        text = "htt" + text[3:]
    if _URL(text):
        return text
    raise UnfitError(f"{text[:60]!r} is no URL", "write it whole, with scheme and host")


def _moment(value: Any) -> str:
    if value.__class__ is not str:
        raise UnfitError("not a time", "write it as 2026-03-02T08:00:00+00:00")
    return _moment_of(value)


@lru_cache(maxsize=8192)
def _moment_of(text: str) -> str:
    try:
        if _UTC(text):
            dt.datetime.fromisoformat(text)
            return text
    except ValueError:
        raise UnfitError(f"{text!r} is not a time that exists", "correct the date") from None
    try:
        return parse_moment(text, "").isoformat()
    except InputError as error:
        fault = error.faults[0]
        raise UnfitError(fault.message, fault.remedy) from None


def _whole(value: Any) -> int:
    if value.__class__ is int:
        return value
    if value.__class__ is str and _DIGITS(value.strip()):
        return int(value)
    raise UnfitError(f"{str(value)[:40]!r} is no whole number", "write it in digits")


def _between(low: int, high: int, what: str) -> Check:
    def checked(value: Any) -> int:
        number = value if value.__class__ is int else _whole(value)
        if low <= number <= high:
            return number
        raise UnfitError(f"{str(value)[:40]} is no {what}", f"give one from {low} to {high}")

    return checked


_NUMBERS = _between(1, 2**32 - 1, "number of an autonomous system")  # RFC 6793; 0 is reserved (RFC 7607)


def _asn(value: Any) -> Any:
    if value.__class__ is str and value.strip()[:2].upper() == "AS":
        return _NUMBERS(value.strip()[2:].strip())
    return _NUMBERS(value)


def _decimal(low: float, high: float, what: str) -> Check:
    def checked(value: Any) -> float:
        if value.__class__ is str and _DECIMAL(value.strip()):
            value = float(value)
        if value.__class__ in (int, float) and low <= value <= high:
            return float(value)
        raise UnfitError(f"{str(value)[:40]!r} is no {what}", f"give a number from {low:g} to {high:g}")

    return checked


def _boolean(value: Any) -> bool:
    if value.__class__ is bool:
        return value
    if value.__class__ is int and value in (0, 1):
        return value == 1
    found = {"true": True, "false": False}.get(value.strip().lower() if value.__class__ is str else "")
    if found is None:
        raise UnfitError(f"{str(value)[:40]!r} is neither true nor false", "write true or false")
    return found


def _type(value: Any) -> str:
    if value.__class__ is str:
        if value in TAXONOMY:
            return value
        name = value.strip().lower()
        found = name if name in TAXONOMY else RENAMED.get(name)
        if found:
            return found
    from difflib import get_close_matches

    near = get_close_matches(str(value).lower(), TAXONOMY, n=1)
    raise UnfitError(
        f"{str(value)[:60]!r} is no type of IntelMQ",
        f"did you mean {near[0]!r}?" if near else "use 'other', and name it in classification.identifier",
    )


def _taxonomy(value: Any) -> str:
    """A class, also as versions 1 and 2 spelt it, with blanks. Beside a type, the type decides."""
    name = _lower(value).replace(" ", "-")
    if name in _CLASS_NAMES:
        return name
    raise UnfitError(
        f"{str(value)[:60]!r} is no class of IntelMQ", f"one of: {', '.join(sorted(_CLASS_NAMES))}"
    )


_CLASS_NAMES = frozenset(TAXONOMY.values())


def _label(value: Any) -> str:
    return _upper(value).removeprefix("TLP:").strip()


def _base64(value: Any) -> str:
    if value.__class__ is str:
        try:
            binascii.a2b_base64(value, strict_mode=True)
        except (binascii.Error, ValueError):
            pass
        else:
            return value
    raise UnfitError("not base64", "encode it (RFC 4648, section 4)")


def _json(value: Any) -> str:
    if value.__class__ is str:
        try:
            msgspec.json.decode(value)
        except msgspec.DecodeError:
            pass
        else:
            return value
    return msgspec.json.encode(value).decode()


_CHECK_OF: dict[str, Check] = {
    "text": _text,
    "text100": _at_most(_text, 100),
    "plain": _printable,
    "plain200": _at_most(_printable, 200),
    "lower": _lower,
    "lower plain": _printable_lower,
    "lower plain100": _at_most(_printable_lower, 100),
    "moment": _moment,
    "asn": _asn,
    "fqdn": _fqdn,
    "country": _spelt(_COUNTRY, _upper, "code of a country", "two letters (ISO 3166-1)"),
    "latitude": _decimal(-90, 90, "latitude"),
    "longitude": _decimal(-180, 180, "longitude"),
    "accuracy": _decimal(0, 100, "accuracy"),
    "ip": _ip,
    "network": _network,
    "port": _between(0, 65535, "port"),
    "integer": _whole,
    "registry": _one_of(REGISTRIES, _upper, "registry"),
    "boolean": _boolean,
    "url": _url,
    "transport": _one_of({name: name for name in TRANSPORTS}, _lower, "transport protocol"),
    "severity": _one_of({name: name for name in SEVERITIES}, _lower, "severity"),
    "type": _type,
    "taxonomy": _taxonomy,
    "hash": _spelt(_HASH, _upper, "hash of an event", "at most 40 hexadecimal digits"),
    "uuid": _spelt(_UUID, _lower, "UUID", "write it as 8-4-4-4-12 hexadecimal digits"),
    "json": _json,
    "base64": _base64,
    "tlp": _one_of(LABELS, _label, "TLP label of IntelMQ"),
}

CHECKS: dict[str, Check] = {name: _CHECK_OF[kind] for name, kind in FIELDS.items()}
"""The function of each field. Each raises UnfitError for a value that the field does not take."""
