"""Indicators from cyber observables and from the simple comparisons of STIX patterns."""

from __future__ import annotations

import re
from collections.abc import Iterator

from proxeny.formats.stix.check import Object

_HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-512": "sha512"}
_BY_VALUE = {
    "ipv4-addr": "ip",
    "ipv6-addr": "ip",
    "domain-name": "domain",
    "url": "url",
    "email-addr": "email",
    "mac-addr": "mac",
}

# `path = 'constant'` of a STIX pattern (section 9): the only comparison that names one value. It starts
# only at the edge of a word, so that the work grows with the length of the pattern only.
_COMPARISON = re.compile(
    r"(?<![a-z0-9-])([a-z][a-z0-9-]*+):"
    r"([A-Za-z_][\w.\-]*+(?:\['[^']{1,20}'\]|'[^']{1,20}'|\[\*\])?[\w.]*+)"
    r"\s*+=\s*+'((?:[^'\\]|\\.)*+)'"
)
_HASH_PATH = re.compile(r"hashes\.?\[?'?([A-Za-z0-9-]+)'?\]?")


def values_of(item: Object) -> Iterator[tuple[str, str]]:
    """The type (as `indicator_of` takes it) and value of each indicator that an observable gives."""
    kind = item["type"]
    value = item.get("value")
    if kind in _BY_VALUE and isinstance(value, str):
        yield _BY_VALUE[kind], value
    elif kind == "autonomous-system":
        yield "asn", f"AS{item['number']}"
    elif kind in ("file", "artifact", "x509-certificate"):
        for name, digest in item.get("hashes", {}).items():
            if isinstance(digest, str):
                yield _HASHES.get(name, "other"), digest
        if kind == "file" and isinstance(item.get("name"), str):
            yield "filename", item["name"]


def values_in_pattern(pattern: str) -> Iterator[tuple[str, str]]:
    """The indicators named by the equality comparisons of a STIX pattern."""
    for kind, path, constant in _COMPARISON.findall(pattern):
        value = constant.replace("\\'", "'").replace("\\\\", "\\")
        if path == "value" and kind in _BY_VALUE:
            yield _BY_VALUE[kind], value
        elif path == "resolves_to_refs[*].value":
            yield "ip", value
        elif path == "value" or path.endswith("_ref.value"):
            yield "other", value
        elif kind == "file" and path == "name":
            yield "filename", value
        elif kind in ("file", "artifact", "x509-certificate") and path.startswith("hashes"):
            named = _HASH_PATH.match(path)
            yield _HASHES.get(named[1].upper(), "other") if named else "other", value


def cves_of(item: Object) -> Iterator[tuple[str, str]]:
    """The CVE of a vulnerability, from its name or its references."""
    yield from (
        ("cve", reference["external_id"])
        for reference in item.get("external_references", ())
        if reference.get("source_name") == "cve" and isinstance(reference.get("external_id"), str)
    )
    if isinstance(item.get("name"), str):
        yield "cve", item["name"]
