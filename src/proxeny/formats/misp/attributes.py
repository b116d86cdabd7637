"""What each attribute type of MISP is to a Report (MISP core format, the describeTypes list)."""

from __future__ import annotations

from typing import Any, Literal

from proxeny.formats.actor_words import ActorKind, actor_kind

# The indicator type of each part of the value; "" for a part a Report does not hold (a port).
# Composite values join their parts with a vertical bar.
INDICATORS: dict[str, tuple[str, ...]] = {
    "ip-src": ("ip",),
    "ip-dst": ("ip",),
    "ip-src|port": ("ip", ""),
    "ip-dst|port": ("ip", ""),
    "domain": ("domain",),
    "hostname": ("domain",),
    "hostname|port": ("domain", ""),
    "domain|ip": ("domain", "ip"),
    "url": ("url",),
    "email": ("email",),
    "email-src": ("email",),
    "email-dst": ("email",),
    "email-reply-to": ("email",),
    "whois-registrant-email": ("email",),
    "dns-soa-email": ("email",),
    "md5": ("md5",),
    "sha1": ("sha1",),
    "sha256": ("sha256",),
    "sha512": ("sha512",),
    "x509-fingerprint-md5": ("md5",),
    "x509-fingerprint-sha1": ("sha1",),
    "x509-fingerprint-sha256": ("sha256",),
    "filename": ("filename",),
    "filename|md5": ("filename", "md5"),
    "filename|sha1": ("filename", "sha1"),
    "filename|sha256": ("filename", "sha256"),
    "filename|sha512": ("filename", "sha512"),
    "malware-sample": ("filename", "md5"),
    "email-attachment": ("filename",),
    "mac-address": ("mac",),
    "AS": ("asn",),
    "vulnerability": ("cve",),
    **{
        f"filename|{name}": ("filename", "other")
        for name in ("authentihash", "imphash", "impfuzzy", "ssdeep")
    },
    **{f"filename|{name}": ("filename", "other") for name in ("tlsh", "pehash", "vhash", "sha224", "sha384")},
    **{f"filename|{name}": ("filename", "other") for name in ("sha512/224", "sha512/256")},
    **{f"filename|sha3-{bits}": ("filename", "other") for bits in (224, 256, 384, 512)},
}

NARRATIVE = frozenset({"comment", "text"})
# Objects whose text attributes tell what happened. In others, `text` holds a registrar, a section name …
NARRATIVE_OBJECTS = frozenset(
    {"annotation", "report", "incident", "forensic-case", "ddos", "internal-reference"}
)
NARRATIVE_RELATIONS = frozenset(
    {"text", "comment", "summary", "description", "details", "content", "additional-comments"}
)

ACTORS: dict[str, Literal["actor", "campaign"]] = {
    "threat-actor": "actor",
    "campaign-name": "campaign",
    "campaign-id": "campaign",
}
# Under the category Attribution these say who; a fingerprint or a registrar there does not.
ATTRIBUTING = frozenset(
    {"text", "comment", "other", "whois-registrant-name", "whois-registrant-org", "nationality"}
)
ACTOR_OBJECTS: dict[str, Literal["actor", "intrusion-set", "campaign"]] = {
    "threat-actor": "actor",
    "intrusion-set": "intrusion-set",
    "campaign": "campaign",
}

CONTENTS = frozenset({"attachment", "malware-sample"})  # their `data` holds a file, which is never opened


def accused_by(attribute: dict[str, Any]) -> ActorKind | None:
    """What an attribute says of who did it: by its type, its category, or its relation within an object."""
    kind = attribute.get("type")
    if not isinstance(kind, str):
        return None
    if kind in ACTORS:
        return ACTORS[kind]
    if kind in ATTRIBUTING and attribute.get("category") == "Attribution":
        return "actor-country" if kind == "nationality" else "actor"
    relation = attribute.get("object_relation")
    return actor_kind(relation) if isinstance(relation, str) else None


def accused_in(name: Any) -> ActorKind | None:
    """What an object of this name says of who did it."""
    if not isinstance(name, str):
        return None
    return ACTOR_OBJECTS.get(name) or actor_kind(name)
