"""The forms of values: from the text of one format to what STIX takes in a place, None where it takes it not."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from proxeny.base.errors import InputError
from proxeny.base.moments import parse_moment
from proxeny.formats.normal import ipv6_form
from proxeny.formats.stix.write_objects import stamp, stamp_of_seconds

_IPV4 = re.compile(
    r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:/(?:3[0-2]|[12]?\d))?",
    re.ASCII,
)
_DOMAIN = re.compile(
    r"(?=.{1,253}\Z)(?:(?!-)[A-Za-z0-9-]{1,63}(?<!-)\.)*(?!-)[A-Za-z0-9-]{1,63}(?<!-)", re.ASCII
)
# RFC 3986, appendix A: a scheme, an authority that may be an address in brackets, and no brackets elsewhere.
_PCHAR = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*+"
_URL = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*+:(?://(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*@)?"
    r"(?:\[[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*+)(?::\d*)?(?=[/?#]|\Z))?"
    rf"{_PCHAR}(?:\?(?:{_PCHAR}|\?)*+)?(?:#(?:{_PCHAR}|\?)*+)?",
    re.ASCII,
)
_MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", re.ASCII)
_HIVES = {
    "HKLM": "HKEY_LOCAL_MACHINE",
    "HKCU": "HKEY_CURRENT_USER",
    "HKCR": "HKEY_CLASSES_ROOT",
    "HKU": "HKEY_USERS",
    "HKCC": "HKEY_CURRENT_CONFIG",
}
_SHORT_HIVE = re.compile(r"HKLM|HKCC|HKCR|HKCU|HKU|hklm|hkcc|hkcr|hkcu|hku")
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_CPE = re.compile(r"cpe:2\.3:[aho*-](?::(?:[A-Za-z0-9._\-*?~%]|\\[^\s])+){10}", re.ASCII)
_CVE = re.compile(r"CVE-\d{4}-(?:0\d{3}|[1-9]\d{3,})", re.ASCII)


def _text(value: str) -> str | None:
    return value or None


def _ip(value: str) -> str | None:
    if ":" not in value:
        return value if _IPV4.fullmatch(value) else None
    return value if ipv6_form(value) and "." not in value and "%" not in value and "[" not in value else None


def _domain(value: str) -> str | None:
    if _DOMAIN.fullmatch(value) and not value.rpartition(".")[2].isdigit():
        return value
    return None


def _host(value: str) -> str | None:
    return _ip(value) or _domain(value)


def _url(value: str) -> str | None:
    return value if _URL.fullmatch(value) else None


def _email(value: str) -> str | None:
    local, at, host = value.rpartition("@")
    return value if at and local and host and len(value.split()) == 1 else None


def _mac(value: str) -> str | None:
    form = value.lower().replace("-", ":")
    return form if _MAC.fullmatch(form) else None


def _asn(value: str) -> int | None:
    digits = value[2:] if value[:2].upper() == "AS" else value
    return int(digits) if digits.isdecimal() and digits.isascii() and 0 < len(digits) < 11 else None


def _port(value: str) -> int | None:
    number = _int(value)
    return number if number is not None and number <= 65_535 else None


def _int(value: str) -> int | None:
    return int(value) if value.isdecimal() and value.isascii() and len(value) < 16 else None


def _bool(value: str) -> bool | None:
    return {"true": True, "1": True, "false": False, "0": False}.get(value.lower())


@lru_cache(maxsize=4096)
def _time(value: str) -> str | None:
    if value.isdecimal():
        return stamp_of_seconds(value)
    try:
        return stamp(parse_moment(value, ""))
    except InputError:
        return None


def _hash(length: int) -> Callable[[str], str | None]:
    fits = re.compile(rf"[0-9a-fA-F]{{{length}}}", re.ASCII).fullmatch
    return lambda value: value if fits(value) else None


def _matching(pattern: str) -> Callable[[str], str | None]:
    fits = re.compile(pattern, re.ASCII).fullmatch
    return lambda value: value if fits(value) else None


def _regkey(value: str) -> str | None:
    hive, slash, rest = value.partition("\\")
    value = f"{_HIVES.get(hive.upper(), hive)}{slash}{rest}"
    return value if value and not _SHORT_HIVE.search(value) else None


def _base64(value: str) -> str | None:
    """RFC 4648, section 4. Looked through by the standard library's own loops: files of many MiB are common."""
    data = value.encode("ascii", "replace")
    digits = data.rstrip(b"=")
    good = digits and len(data) % 4 == 0 and len(data) - len(digits) <= 2
    return value if good and not digits.translate(None, _BASE64) else None


def _cpe(value: str) -> str | None:
    return value if _CPE.fullmatch(value) else None


def _cve(value: str) -> str | None:
    form = value.strip().upper()
    return form if _CVE.fullmatch(form) else None


FORMS: dict[str, Callable[[str], Any]] = {
    "text": _text,
    "ip": _ip,
    "host": _host,
    "domain": _domain,
    "url": _url,
    "email": _email,
    "mac": _mac,
    "asn": _asn,
    "port": _port,
    "int": _int,
    "bool": _bool,
    "time": _time,
    "md5": _hash(32),
    "sha1": _hash(40),
    "sha256": _hash(64),
    "sha512": _hash(128),
    "ssdeep": _matching(r"[a-zA-Z0-9/+:.]{1,128}"),
    "tlsh": _matching(r"[a-zA-Z0-9]{70}"),
    "regkey": _regkey,
    "base64": _base64,
    "cpe": _cpe,
    "cve": _cve,
    "lower": lambda value: value.lower() if re.fullmatch(r"[A-Za-z0-9-]+", value) else None,
    "family": _matching("AF_(?:UNSPEC|INET|IPX|APPLETALK|NETBIOS|INET6|IRDA|BTH)"),
    "socket": _matching("SOCK_(?:STREAM|DGRAM|RAW|RDM|SEQPACKET)"),
    "accounttype": _matching(r"[a-z0-9-]{1,250}"),
}
"""By the names that the tables use."""

LOOSE = frozenset({"domain", "url", "email", "mac", "regkey", "lower", "accounttype"})
"""The forms whose values a pattern may compare with as they stand, where an observable could not hold them."""


def as_text(value: Any) -> str | None:
    """A value of a format as text, whatever JSON type it came in; None for what is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, (int, float)):
        return str(value)
    return None
