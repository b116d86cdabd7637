"""What the tests of the routes between MISP and STIX share: generated events and bundles, and the outside validators."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import strategies as st

from proxeny.formats.between.attribute_types import TYPES
from shared import CORPUS, SHARED

Object = dict[str, Any]

AT = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
STAMP = "2026-03-02T08:00:00.000Z"
EVENTS = SHARED / "data" / "misp-events.jsonl"
SCHEMAS = SHARED / "data" / "schemas" / "misp"

VALUES = {
    "ip-src": "192.0.2.1",
    "ip-dst|port": "192.0.2.2|443",
    "domain": "a.example",
    "domain|ip": "b.example|192.0.2.3",
    "url": "http://c.example/d?e=f",
    "md5": "0" * 32,
    "filename|sha256": "g.exe|" + "1" * 64,
    "AS": "AS64500",
    "mutex": "h'i\\j",
    "regkey|value": "HKLM\\k|l",
    "vulnerability": "CVE-2026-10001",
    "yara": "rule m { condition: true }",
    "target-org": "Works",
    "target-location": "XA",
    "size-in-bytes": "12",
    "email-subject": "hello",
    "attachment": "n.txt",
}
uuids = st.uuids(version=4).map(str)
words = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)
keys = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True)
tags = st.sampled_from(
    ["tlp:amber", "tlp:clear", 'rsit:fraud="phishing"', "free words", "kill-chain:Delivery"]
)


@st.composite
def attributes(draw: st.DrawFn, relation: bool = False) -> Object:
    kind = draw(st.sampled_from([*VALUES, *TYPES, "of-tomorrow"]))
    found: Object = {"type": kind, "value": VALUES.get(kind, "o p") if draw(st.booleans()) else draw(words)}
    found |= draw(
        st.fixed_dictionaries(
            {},
            optional={
                "uuid": uuids,
                "category": st.sampled_from(["Other", "Attribution", "Network activity"]),
                "to_ids": st.sampled_from([True, False, "1", None]),
                "timestamp": st.sampled_from(["1772438400", 1772438400, "0", "x"]),
                "comment": words,
                "deleted": st.booleans(),
                "data": st.sampled_from(["AAAA", "no base64"]),
                "Tag": st.lists(st.fixed_dictionaries({"name": tags}), max_size=2),
                "ShadowAttribute": st.just([]),
                "Galaxy": st.just([]),
                "first_seen": st.just("2026-01-02T03:04:05+01:00"),
            },
        )
    )
    found |= draw(
        st.dictionaries(keys.map("u_{}".format), st.one_of(words, st.none(), st.integers(0, 9)), max_size=2)
    )
    if relation:
        found["object_relation"] = draw(st.sampled_from(["filename", "md5", "ip", "domain", "text", kind]))
    return found


@st.composite
def events(draw: st.DrawFn) -> Object:
    names = st.sampled_from(
        ["file", "domain-ip", "ip-port", "person", "vulnerability", "geolocation", "of-tomorrow"]
    )
    objects = st.fixed_dictionaries(
        {"name": names, "Attribute": st.lists(attributes(relation=True), max_size=4)},
        optional={
            "uuid": uuids,
            "meta-category": st.just("misc"),
            "comment": words,
            "deleted": st.booleans(),
        },
    )
    found = draw(
        st.fixed_dictionaries(
            {
                "info": words,
                "Attribute": st.lists(attributes(), max_size=5),
                "Object": st.lists(objects, max_size=3),
            },
            optional={
                "uuid": uuids,
                "date": st.sampled_from(["2026-03-02", "never"]),
                "timestamp": st.just("1772438400"),
                "published": st.booleans(),
                "Orgc": st.just({"name": "Desk", "uuid": "55f6ea5e-2c60-40e5-964f-47a8950d210f"}),
                "Tag": st.lists(st.fixed_dictionaries({"name": tags}), max_size=2),
                "u_unknown": words,
            },
        )
    )
    return {"Event": found} if draw(st.booleans()) else found


def attributes_of(document: Object, at: str = "") -> Iterator[tuple[str, Object]]:
    """Every attribute of an event, with its pointer."""
    event = document.get("Event", document)
    at = f"{at}/Event" if "Event" in document else at
    for number, attribute in enumerate(event.get("Attribute", ())):
        yield f"{at}/Attribute/{number}", attribute
    for index, item in enumerate(event.get("Object", ())):
        for number, attribute in enumerate(item.get("Attribute", ())):
            yield f"{at}/Object/{index}/Attribute/{number}", attribute


def told(attributes: Iterator[tuple[str, Object]]) -> Counter[tuple[str, str]]:
    return Counter((str(one.get("type")), str(one.get("value"))) for _, one in attributes)


def real_events() -> list[tuple[str, Object]]:
    """The events that misp-stix is tested with, and those of the corpus."""
    if not EVENTS.exists():
        pytest.skip(f"no real files at {SHARED}")
    found = [(row["name"], row["event"]) for row in map(json.loads, EVENTS.read_text("utf-8").splitlines())]
    for path in sorted((CORPUS / "misp").glob("*.json")):
        document = json.loads(path.read_bytes())
        if "GalaxyCluster" not in document:
            found.append((path.name, document))
    return found


def real_bundles() -> list[tuple[str, Object]]:
    """The STIX files of the corpus that the standard allows."""
    if not CORPUS.is_dir():
        pytest.skip(f"no corpus at {CORPUS}")
    paths = [*(CORPUS / "stix20").glob("*.json"), *(CORPUS / "stix21").glob("*.json")]
    return [
        (path.name, json.loads(path.read_bytes())) for path in sorted(paths) if "invalid" not in path.name
    ]


# Not held against us: identifiers made from content are of version 5 (103), incidents have relationships of their
# extension (202), and neither every port (301) nor a hash of every linked page (302) is known. Names and words are
# those of the source, and States are fictional (277, 141, 142, 210, 241, 244, 271 to 274, 303, 304).
ALLOWED = "103,277,202,301,302,303,304,210,241,244,271,272,273,274,141,142"


def stix_errors(bundle: Object, disabled: str = ALLOWED) -> list[str]:
    """What stix2-validator, in strict mode, says against a bundle."""
    validator = pytest.importorskip("stix2validator")
    options = validator.ValidationOptions(version="2.1", strict=True, enforce_refs=True, disabled=disabled)
    return [str(error) for error in validator.validate_instance(bundle, options).errors]


def misp_errors(event: Object, schema: str) -> list[str]:
    """What the JSON schema of the MISP core format says against an event."""
    jsonschema = pytest.importorskip("jsonschema")
    if not SCHEMAS.is_dir():
        pytest.skip(f"no schemas at {SCHEMAS}")
    checker = jsonschema.Draft4Validator(json.loads((SCHEMAS / schema).read_bytes()))
    return [f"{list(error.path)}: {error.message[:200]}" for error in checker.iter_errors(event)]
