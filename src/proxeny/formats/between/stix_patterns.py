"""Patterns of STIX as attributes of MISP.

Read are the patterns that compare properties with constants for equality, joined by AND or OR. Any other stays whole,
as an attribute of the type stix2-pattern.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from proxeny.formats.between.attribute_types import TYPES, AttributeType
from proxeny.formats.between.object_types import OBJECTS, type_of_relation

MAX_PATTERN = 100_000  # code points; a longer one stays whole

# Sections 9.1 and 9.2: brackets, operators, and `path = constant`. Each branch begins with a character of its own and
# never gives back what it took.
_TOKEN = re.compile(
    r"\s*+(?:([\[\]()])|(AND|OR)\b"
    r"|([a-z0-9-]++):([A-Za-z0-9_]++(?:\.[A-Za-z0-9_-]++|\.'(?:[^'\\]|\\.)*+'|\['[^']*+'\]|\[\*\]|\[\d++\])*+)"
    r"\s*+=\s*+(?:'((?:[^'\\]|\\.)*+)'|(\d++|true\b|false\b)|t'([^']*+)'))"
)
_UNESCAPED = re.compile(r"\\(.)", re.DOTALL)


class Comparison(NamedTuple):
    """One comparison for equality."""

    root: str
    path: str
    value: str


class Parsed(NamedTuple):
    """The comparisons of a pattern, and how they are joined: by AND alone, by OR alone, or by both."""

    comparisons: tuple[Comparison, ...]
    joined: Literal["one", "and", "or", "both"]


class Part(NamedTuple):
    """An attribute to be made; `relation` where it stands in an object, `data` where it is a file, in base64."""

    type: str
    value: str
    relation: str = ""
    data: str = ""


@lru_cache(maxsize=1024)
def parsed(pattern: str) -> Parsed | None:
    """The comparisons of a pattern; None where it says more than equality."""
    if len(pattern) > MAX_PATTERN:
        return None
    found: list[Comparison] = []
    operators = set()
    at, depth, expects = 0, 0, True
    while at < len(pattern):
        match = _TOKEN.match(pattern, at)
        if match is None:
            if pattern[at:].strip():
                return None
            break
        at = match.end()
        bracket, operator, root, path, text, number, moment = match.groups()
        if bracket:
            depth += 1 if bracket in "[(" else -1
            if depth < 0 or (bracket in "[(") != expects:
                return None
        elif operator:
            if expects:
                return None
            operators.add(operator)
            expects = True
        else:
            if not expects or not depth:
                return None
            expects = False
            value = _UNESCAPED.sub(r"\1", text) if text is not None else number or moment
            found.append(Comparison(root, _normal(path), value))
    if expects or depth or not found:
        return None
    # What type of observable a reference leads to is told by the value itself.
    kept = tuple(one for one in found if not one.path.endswith("_ref.type"))
    if len(operators) == 2:
        return Parsed(kept, "both")
    if len(kept) == 1:
        return Parsed(kept, "one")
    return Parsed(kept, "or" if operators == {"OR"} else "and") if kept else None


def _normal(path: str) -> str:
    """A path as the tables write it."""
    path = re.sub(r"\['([^']+)'\]", r".'\1'", path)
    path = re.sub(r"(_refs|values)\[\d+\]", r"\1[*]", path)
    return re.sub(r"'([A-Za-z0-9_]+)'", r"\1", path)


_PLAIN = {}  # the type of attribute for one comparison, by root and path
for _name in (
    *("domain", "url", "email", "md5", "sha1", "sha256", "sha512", "sha3-256", "sha3-512", "ssdeep", "tlsh"),
    *(
        "filename",
        "x509-fingerprint-md5",
        "x509-fingerprint-sha1",
        "x509-fingerprint-sha256",
        "AS",
        "mac-address",
    ),
    *("mutex", "regkey", "port", "user-agent", "http-method", "windows-service-name", "size-in-bytes"),
    *(
        "windows-service-displayname",
        "cpe",
        "email-subject",
        "email-body",
        "email-message-id",
        "email-x-mailer",
    ),
):
    (_place,) = TYPES[_name].places
    _PLAIN[_place.root, _normal(_place.path)] = _name
_PLAIN |= {
    ("ipv4-addr", "value"): "ip-dst",
    ("ipv6-addr", "value"): "ip-dst",
    ("network-traffic", "src_ref.value"): "ip-src",
    ("network-traffic", "dst_ref.value"): "ip-dst",
    ("email-message", "from_ref.value"): "email-src",
    ("email-message", "sender_ref.value"): "email-src",
    ("email-message", "to_refs[*].value"): "email-dst",
    ("email-message", "body_multipart[*].body_raw_ref.name"): "email-attachment",
}
_FOR_ROOT = {  # the object of MISP for comparisons of one observable, joined by AND
    "file": "file",
    "network-traffic": "network-connection",
    "domain-name": "domain-ip",
    "email-message": "email",
    "process": "process",
    "user-account": "user-account",
    "windows-registry-key": "registry-key",
    "x509-certificate": "x509",
    "url": "url",
    "autonomous-system": "asn",
    "directory": "directory",
    "software": "cpe-asset",
    "mutex": "mutex",
}


@lru_cache(maxsize=256)
def relations_at(name: str) -> dict[tuple[str, str], str]:
    """The relation of an object of MISP that stands at each place: by the root and the path."""
    found: dict[tuple[str, str], str] = {}
    for relation, row in OBJECTS.get(name, {}).items():
        if len(row.places) == 1:
            place = row.places[0]
            roots = ("ipv4-addr", "ipv6-addr") if place.root == "ip" else (place.root,)
            for root in roots:
                found.setdefault((root, _normal(place.path)), relation)
    return found


def _as_labelled(found: Parsed, labelled: str) -> list[Part] | None:
    """The one attribute of the type that a label names, where the comparisons are its parts."""
    spec: AttributeType | None = TYPES.get(labelled)
    if spec is None or found.joined in ("or", "both"):
        return None
    size = max(1, len(spec.places))
    values = [one.value for one in found.comparisons if one.path != "account_type"]
    if len(values) == size:
        return [Part(labelled, "|".join(values))]
    return None


def _single(one: Comparison) -> Part | None:
    kind = _PLAIN.get((one.root, one.path))
    if kind is None:
        return None
    if kind in ("ip-src", "ip-dst") and one.root == "network-traffic" and not _is_address(one.value):
        kind = "hostname"
    return Part(kind, f"AS{one.value}" if kind == "AS" and one.value.isdecimal() else one.value)


def _is_address(value: str) -> bool:
    return ":" in value or value.rpartition(".")[2].partition("/")[0].isdecimal()


def parts_of(pattern: str, labelled: str, name: str) -> tuple[str, list[Part]] | None:
    """What a pattern is in MISP: the name of an object ("" for attributes of their own) and the attributes.

    `labelled` is the type, `name` the object that the labels of a converter name. None where the pattern stays whole.
    """
    found = parsed(pattern)
    if found is None:
        return None
    if labelled and (one := _as_labelled(found, labelled)):
        return "", one
    if found.joined in ("one", "or") and not name:
        singles = [_single(one) for one in found.comparisons]
        good = [part for part in singles if part is not None]
        return ("", good) if len(good) == len(singles) else None
    roots = {one.root for one in found.comparisons}
    if not name and (found.joined != "and" or len(roots) != 1):
        return None
    name = name or _FOR_ROOT.get(next(iter(roots)), "")
    table = relations_at(name)
    parts = []
    for comparison in found.comparisons:
        relation = table.get((comparison.root, comparison.path))
        if relation is None:
            return None
        kind = type_of_relation(name, relation)
        parts.append(
            Part(
                kind,
                f"AS{comparison.value}"
                if kind == "AS" and comparison.value.isdecimal()
                else comparison.value,
                relation,
            )
        )
    return name, parts
