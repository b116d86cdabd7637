"""What every written STIX 2.1 bundle is made of: identifiers, times, markings, observables, and our two extensions."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from hashlib import sha1

import msgspec

from proxeny.formats.stix.check import OBSERVABLES, Object

SCO_NAMESPACE = bytes.fromhex("00abedb4aa42466c9c01fed23315a9b7")
"""The namespace of deterministic identifiers of observables (STIX 2.1, section 2.9)."""

# The ID contributing properties of each observable (section 6); of hashes only one counts, by this order.
_CONTRIBUTING: dict[str, tuple[str, ...]] = {
    "artifact": ("hashes", "payload_bin"),
    "autonomous-system": ("number",),
    "directory": ("path",),
    "email-message": ("from_ref", "subject", "body"),
    "file": ("hashes", "name", "extensions", "parent_directory_ref"),
    "mutex": ("name",),
    "network-traffic": (
        *("start", "end", "src_ref", "dst_ref", "src_port", "dst_port", "protocols", "extensions"),
    ),
    "software": ("name", "cpe", "swid", "vendor", "version"),
    "user-account": ("account_type", "user_id", "account_login"),
    "windows-registry-key": ("key", "values"),
    "x509-certificate": ("hashes", "serial_number"),
}
_HASH_ORDER = ("MD5", "SHA-1", "SHA-256", "SHA-512")

IDENTIFIER = re.compile(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-5][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
)
"""The UUIDs of RFC 4122, which identifiers of STIX 2.1 are made of (section 2.9)."""

EARLIEST = "1970-01-01T00:00:00.000Z"
_LATEST = 253_402_300_800  # seconds; the year 10000, beyond which no RFC 3339 timestamp goes
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

MAKER = "identity--08b421f7-0f1e-48c5-b449-15ab08862bf8"  # who defined the two extensions
MISP_EXTENSION = "extension-definition--a3c7333e-d222-4987-96e9-49be50ad6a26"
TERMS_EXTENSION = "extension-definition--c45b2a13-2e1f-4731-8015-6704f3d78ad4"
_DEFINED = "2026-01-01T00:00:00.000Z"

# TLP 2.0 by the identifiers OASIS published under extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d,
# and the one label that only TLP 1 has (STIX 2.1, section 7.2.1.4).
_TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_TLP2 = {
    "clear": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "green": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "amber": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "amber+strict": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    "red": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
TLP: dict[str, Object] = {
    label: {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": identifier,
        "created": "2022-10-01T00:00:00.000Z",
        "name": f"TLP:{label.upper()}",
        "extensions": {_TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": label}},
    }
    for label, identifier in _TLP2.items()
}
"""The marking definition of each label of TLP 2.0, in lower case."""
TLP["white"] = {
    "type": "marking-definition",
    "spec_version": "2.1",
    "id": "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
    "created": "2017-01-20T00:00:00.000Z",
    "name": "TLP:WHITE",
    "definition_type": "tlp",
    "definition": {"tlp": "white"},
}

DEFINER: Object = {
    "type": "identity",
    "spec_version": "2.1",
    "id": MAKER,
    "created": _DEFINED,
    "modified": _DEFINED,
    "name": "The Proxeny developers",
    "identity_class": "organization",
}


def _definition(identifier: str, name: str, description: str, schema: str) -> Object:
    return {
        "type": "extension-definition",
        "spec_version": "2.1",
        "id": identifier,
        "created_by_ref": MAKER,
        "created": _DEFINED,
        "modified": _DEFINED,
        "name": name,
        "description": description,
        "schema": schema,
        "version": "1.0.0",
        "extension_types": ["property-extension"],
    }


MISP_DEFINITION = _definition(
    MISP_EXTENSION,
    "MISP source",
    "The attribute, object or event of MISP that an object was made from, with what STIX has no property for.",
    "One of `attribute`, `object`, `event`, `event_report`, `cluster`, `note`, `opinion` and `sighting`: a dictionary "
    "with the members of the MISP core format, without those that are null or empty or stand elsewhere in the bundle.",
)
TERMS_DEFINITION = _definition(
    TERMS_EXTENSION,
    "Common Terminology",
    "What an incident is in the terms of the Common Terminology, its level and its response actions.",
    "`types`, `techniques`, `causes`, `origins`, `effects`, `sectors` and `responses`: lists of concept slugs; "
    "`level`: the lowest and the highest level, from 0 to 7; `level_driver`: the rule that sets it; `decision`: what "
    "the decision instrument says; `reported_sectors`: codes of other schemes; `stated`: figures of the report, each "
    "with `path`, `value`, `words` and perhaps `state`; `occurred` and `detected`: times.",
)

_sorted_json = msgspec.json.Encoder(order="sorted").encode
_json = msgspec.json.encode


def uuid5_of(namespace: bytes, name: bytes) -> str:
    """The name-based UUID of RFC 9562, section 5.5, as text; what `uuid.uuid5` gives, several times as fast."""
    digest = sha1(namespace + name, usedforsecurity=False).hexdigest()
    variant = "89ab"[int(digest[16], 16) & 3]
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


def random_like(namespace: bytes, name: bytes) -> str:
    """The same digest in the form of a version 4: STIX wants that of observables that no property identifies."""
    made = uuid5_of(namespace, name)
    return f"{made[:14]}4{made[15:]}"


def observable(kind: str, properties: Object, *, salt: bytes = b"") -> Object:
    """An observable with its deterministic identifier (section 2.9: UUIDv5 over the contributing properties as
    canonical JSON). `salt` tells apart those of a kind that none of their properties identifies."""
    if "value" in properties and kind not in _CONTRIBUTING:
        name = b'{"value":' + _json(properties["value"]) + b"}"
        return {
            "type": kind,
            "spec_version": "2.1",
            "id": f"{kind}--{uuid5_of(SCO_NAMESPACE, name)}",
            **properties,
        }
    named = {key: properties[key] for key in _CONTRIBUTING.get(kind, ()) if key in properties}
    hashes = named.get("hashes")
    if isinstance(hashes, dict) and hashes:
        first = next((key for key in _HASH_ORDER if key in hashes), min(hashes))
        named["hashes"] = {first: hashes[first]}
    if named:
        identifier = uuid5_of(SCO_NAMESPACE, _sorted_json(named))
    else:
        identifier = random_like(SCO_NAMESPACE, salt + _sorted_json(properties))
    return {"type": kind, "spec_version": "2.1", "id": f"{kind}--{identifier}", **properties}


@lru_cache(maxsize=65_536)
def stamp_of_seconds(seconds: str | int) -> str | None:
    """Seconds since 1970, as MISP gives them, as a timestamp of STIX; None where they are none."""
    try:
        number = int(seconds)
    except ValueError:
        return None
    if not 0 < number < _LATEST:
        return None
    return stamp(_EPOCH + dt.timedelta(seconds=number))


@lru_cache(maxsize=4096)
def stamp(moment: dt.datetime) -> str:
    """A moment as STIX writes it: UTC, with milliseconds (section 3.2)."""
    text = moment.astimezone(dt.UTC).isoformat(timespec="milliseconds")
    return text[:23].rjust(23, "0") + "Z"


def markings(labels: list[str]) -> list[Object]:
    """The marking definitions of TLP labels in lower case, without those that are none."""
    return [TLP[label] for label in labels if label in TLP]


def is_observable(kind: str) -> bool:
    """Whether a type is one of the observables of STIX 2.1."""
    return kind in OBSERVABLES
