"""Machine tags (`namespace:predicate="value"`), as MISP and STIX labels carry them.

The form is that of MISP taxonomies and galaxies (MISP core format, section 2.6; misp-taxonomy-format):
quotes may be missing, and letters come in either case. What a tag says falls into one of three kinds:
a code that may serve as evidence, a marking (TLP, PAP), or a statement on who did it, which is withheld.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

import msgspec

from proxeny.formats.actor_words import actor_kind
from proxeny.identify.report import Kind, Marking, Tag, Withheld

MAX_TAG = 2048  # code points; MISP stores 255, and galaxy values of some hundred occur

WithheldKind = Literal["actor", "intrusion-set", "actor-country", "motive", "campaign"]


class Machinetag(msgspec.Struct, frozen=True):
    """A tag in its parts. `namespace` is in lower case, `value` without its quotes."""

    namespace: str
    predicate: str
    value: str | None = None


class Meaning(msgspec.Struct, frozen=True, kw_only=True):
    """What one tag says: codes, each with its scheme, and the rest that a Report keeps apart."""

    codes: tuple[tuple[str, str], ...] = ()
    withheld: WithheldKind | None = None
    tlp: str | None = None
    pap: str | None = None
    sector: str | None = None
    target: str | None = None  # the State or place said to be hit, as written
    confidence: str | None = None


_NAMESPACE = re.compile(r"[\w.\-]{1,64}")
_QUOTES = {'"': '"', "'": "'", "“": "”", "«": "»"}


def parse_machinetag(tag: str) -> Machinetag | None:
    """The parts of a machine tag, or None where the tag is free words, an address, or a sentence."""
    namespace, colon, rest = tag.strip().partition(":")
    namespace = namespace.rstrip()
    if not colon or _NAMESPACE.fullmatch(namespace) is None or rest.startswith("//"):
        return None
    predicate, equals, value = rest.partition("=")
    predicate = predicate.strip()
    if not predicate or (not equals and any(char.isspace() for char in predicate)):
        return None
    return Machinetag(namespace.lower(), predicate, _unquoted(value) if equals else None)


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and _QUOTES.get(value[0]) == value[-1]:
        return value[1:-1].strip()
    return value.strip('"')


_TLP = {  # FIRST TLP 2.0, and the white of TLP 1.0, which 2.0 renamed clear
    "red": "TLP:RED",
    "amber+strict": "TLP:AMBER+STRICT",
    "amber": "TLP:AMBER",
    "green": "TLP:GREEN",
    "clear": "TLP:CLEAR",
    "white": "TLP:CLEAR",
}
_PAP = {name: f"PAP:{name.upper()}" for name in ("red", "amber", "green", "clear")} | {"white": "PAP:CLEAR"}
_STRICTEST = ("TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", "TLP:CLEAR")
_STRICTEST_PAP = ("PAP:RED", "PAP:AMBER", "PAP:GREEN", "PAP:CLEAR")

# Galaxies that say who did it. Matched as parts of the name, because each publisher prefixes its own.
_ACTOR_GALAXIES: tuple[tuple[str, WithheldKind], ...] = (
    ("intrusion-set", "intrusion-set"),
    ("threat-actor", "actor"),
    ("activity-group", "intrusion-set"),
    ("actortype", "actor"),
    ("intelligence-agenc", "actor"),
    ("surveillance-vendor", "actor"),
    ("defence-universit", "actor"),
    ("campaign", "campaign"),
    ("-groups", "intrusion-set"),
)
_TECHNIQUE_GALAXY = re.compile(r"(?:^|-)attack-pattern$|^mitre-.*techniques?$")
_TECHNIQUE = re.compile(r"(?:^|[\s\-–])(T[0-9]{4}(?:\.[0-9]{3})?)$", re.ASCII)
_GROUP = re.compile(r"\sG[0-9]{4}$", re.ASCII)  # how the ATT&CK galaxies end the name of a group
_GROUP_NUMBER = re.compile(
    r"(?:apt|fin|unc|uac|uta|ta|dev|storm|temp)[-_. ]?[0-9]{1,5}", re.ASCII | re.IGNORECASE
)
_ACTOR_NAMESPACES: dict[str, WithheldKind] = {
    "threat-actor": "actor",
    "actor": "actor",
    "apt": "actor",
    "state-responsibility": "actor",
    "intrusion-set": "intrusion-set",
    "campaign": "campaign",
    "motive": "motive",
}
# Tags of taxonomies that else classify: who did it, why, or from where. Without a value, every value of the predicate.
_ACTOR_TAGS: dict[tuple[str, str, str | None], WithheldKind] = {
    ("acn", "adversary-type", None): "actor",
    ("acn", "adversary-motivation", None): "motive",
    ("acn", "asset-source-geography", None): "actor-country",
    ("enisa", "eavesdropping-interception-hijacking", "nation-state-espionage"): "actor",
    ("enisa", "physical-attack", "terrorist-attack"): "actor",
}
# Taxonomies on what adversaries use and what is done about them, not on who they are.
_OF_ADVERSARIES = frozenset({"adversary", "grayzone", "proxeny"})
_VERIS_ORIGINS = frozenset({"external", "internal", "partner", "unknown"})
_VERIS_ACTOR: dict[str, WithheldKind] = {
    "country": "actor-country",
    "region": "actor-country",
    "motive": "motive",
}
# Varieties of VERIS actors that accuse a State or a group; the others say what an insider or partner was.
_ACCUSING = frozenset(
    {"activist", "competitor", "nation-state", "organized crime", "state-affiliated", "terrorist"}
)
_SECTORS = {  # predicates that name a sector, and the prefix under which a Report holds it
    ("dhs-ciip-sectors", "dhs-critical-sectors"): "dhs",
    ("dhs-ciip-sectors", "sector"): "dhs",
    ("nis", "impact-sectors-impacted"): "nis",
    ("nis2", "impact-sectors-impacted"): "nis2",
    ("nis2", "impact-subsectors-impacted"): "nis2",
    ("misp-galaxy", "sector"): "misp-sector",
    ("misp-galaxy", "stix-2.1-industry-sector"): "stix-sector",
    ("misp-galaxy", "naics"): "naics",
    ("misp-galaxy", "cert-eu-govsector"): "cert-eu",
    ("cert-eu-govsector", "sector"): "cert-eu",
    ("veris", "victim:industry"): "naics",
}


@lru_cache(maxsize=4096)
def _meaning_of(raw: str) -> Meaning:
    tag = parse_machinetag(raw)
    if tag is None:
        if _GROUP_NUMBER.fullmatch(raw.strip()):
            return Meaning(withheld="intrusion-set")
        name, equals, _ = raw.partition("=")
        if equals and _NAMESPACE.fullmatch(name.strip()) and (kind := actor_kind(name)):
            return Meaning(withheld=kind)
        return Meaning(codes=(("free", raw.strip()),))
    namespace, value = tag.namespace, tag.value or ""
    if namespace == "tlp" and (tag.predicate.lower() in _TLP):
        return Meaning(tlp=_TLP[tag.predicate.lower()])
    if namespace == "pap" and (tag.predicate.lower() in _PAP):
        return Meaning(pap=_PAP[tag.predicate.lower()])
    if namespace == "misp-galaxy":
        return galaxy_meaning(tag.predicate, value)
    if namespace == "veris":
        return _veris(tag)
    if namespace in _ACTOR_NAMESPACES:
        return Meaning(withheld=_ACTOR_NAMESPACES[namespace])
    accused = _accusation(namespace, tag.predicate.lower(), value.lower())
    if accused is not None:
        return Meaning(withheld=accused)
    prefix = _SECTORS.get((namespace, tag.predicate.lower()))
    return Meaning(
        codes=((namespace, code_of(tag)),),
        sector=f"{prefix}:{value}" if prefix and value else None,
        confidence=value if (namespace, tag.predicate) == ("misp", "confidence-level") else None,
    )


def _accusation(namespace: str, predicate: str, value: str) -> WithheldKind | None:
    """What a tag says of who did it, if it does: by its taxonomy, else by the name of that or of its predicate."""
    whole = _ACTOR_TAGS.get((namespace, predicate, None)) or _ACTOR_TAGS.get((namespace, predicate, value))
    if namespace == "adversary" and not predicate.startswith("infrastructure-"):
        return "actor"
    if whole or namespace in _OF_ADVERSARIES:
        return whole
    return actor_kind(namespace) or (actor_kind(predicate) if value else None)


def code_of(tag: Machinetag) -> str:
    """The tag without its namespace, its value in double quotes: the form the taxonomies publish."""
    return tag.predicate if tag.value is None else f'{tag.predicate}="{tag.value}"'


def galaxy_meaning(galaxy: str, value: str, external_id: str = "", role: str = "") -> Meaning:
    """What a galaxy cluster says: `galaxy` its type, `role` the relationship_type a link to it may carry.

    A country without a role may be the origin or the target, so it is withheld; only a role of target,
    or a galaxy of targets, makes it a State affected.
    """
    name = galaxy.lower()
    for part, kind in _ACTOR_GALAXIES:
        if part in name:
            return Meaning(withheld=kind)
    if _GROUP.search(value) is not None:
        return Meaning(withheld="intrusion-set")
    if name in ("country", "region", "stix-2.1-location"):
        return (
            Meaning(target=value)
            if "target" in role or "victim" in role
            else Meaning(withheld="actor-country")
        )
    if name == "target-information":
        return Meaning(target=value)
    codes = (("misp-galaxy", f'{galaxy}="{value}"'),)
    if _TECHNIQUE_GALAXY.search(name):
        technique = _TECHNIQUE.search(external_id) or _TECHNIQUE.search(value)
        if technique:
            return Meaning(codes=((_matrix(name, technique[1]), technique[1]),))
    prefix = _SECTORS.get(("misp-galaxy", name))
    return Meaning(codes=codes, sector=f"{prefix}:{value}" if prefix else None)


def _matrix(galaxy: str, technique: str) -> str:
    """The matrix of ATT&CK that a technique is of: those of industrial control systems have numbers below T1000, and
    some of mobile devices are told from those of enterprises by the galaxy alone."""
    if technique < "T1000":
        return "attack-ics"
    return "attack-mobile" if "mobile" in galaxy else "attack"


def _veris(tag: Machinetag) -> Meaning:
    """VERIS in machine tags, given in its own dotted form. What says more than the origin of an actor is withheld."""
    path = tag.predicate.split(":")
    told = _veris_actor(re.split("[:.]", tag.predicate), tag.value)
    if told is not None:
        return told
    if [part.lower() for part in path] == ["victim", "country"]:
        return Meaning(target=tag.value)
    code = ".".join([*path, tag.value] if tag.value else path)
    prefix = _SECTORS.get(("veris", tag.predicate.lower()))
    return Meaning(codes=(("veris", code),), sector=f"{prefix}:{tag.value}" if prefix and tag.value else None)


def _veris_actor(path: list[str], value: str | None) -> Meaning | None:
    """What a VERIS tag says of an actor, None where it says nothing accusing: its origin alone, what an insider or
    partner was, or the rest, which is withheld whole and leaves no code."""
    words = [word.lower() for word in (*path, value) if word]
    if words[:1] != ["actor"]:
        return None
    if len(words) == 2 and words[1] in _VERIS_ORIGINS:
        return Meaning(codes=(("veris", f"actor.{words[1]}"),))
    told = words[1:2] == ["variety"] or words[2:3] == ["variety"]
    if len(words) == 1 or (told and _ACCUSING.isdisjoint(words)):
        return None
    kind: WithheldKind = next((_VERIS_ACTOR[word] for word in words[1:3] if word in _VERIS_ACTOR), "actor")
    return Meaning(withheld=kind)


def meaning_of(raw: str) -> Meaning:
    """What a tag says. Pure; the answers for short tags are remembered, since few tags make up most."""
    return _meaning_of(raw) if len(raw) <= 256 else _meaning_of.__wrapped__(raw[:MAX_TAG])


# Taxonomies that class incidents: a tag of theirs on the whole says that it is one.
INCIDENT_SCHEMES = frozenset(
    {"rsit", "ecsirt", "circl", "europol-incident", "europol-event", "common-taxonomy", "veris", "enisa"}
    | {"csirt_case_classification", "nis", "nis2", "cccs", "acn", "organizational-cyber-harm"}
    | {"ms-caro-malware", "ms-caro-malware-full", "malware_classification"}
    | {"idea", "n6", "xarf", "shadowserver", "fire", "eurepoc"}
)
_TEST = ("rsit:test", "ecsirt:test", "idea:test", "nis:test", "nis2:test")


def kind_of_tags(tags: Iterable[Tag]) -> Kind | None:
    """The kind of a report that the tags of the whole tell: an exercise, a test or an incident, else None."""
    found = [tag for tag in tags if tag.scope == "event"]
    schemes = {tag.scheme for tag in found}
    if "exercise" in schemes:
        return "exercise"
    if any(f"{tag.scheme}:{tag.code}".lower().startswith(_TEST) for tag in found):
        return "test"
    return "incident" if schemes & INCIDENT_SCHEMES else None


def strictest(markings: list[str], order: tuple[str, ...] = _STRICTEST) -> str | None:
    """The strictest of several markings; None where there is none."""
    return next((label for label in order if label in markings), None)


def marking_of(event: list[Meaning], parts: list[Meaning]) -> Marking:
    """The marking of a report: the strictest of its own and of what it holds.

    A part that may be shared with everyone does not free an unmarked whole.
    """
    own = [meaning.tlp for meaning in event if meaning.tlp]
    held = [meaning.tlp for meaning in parts if meaning.tlp and (own or meaning.tlp != "TLP:CLEAR")]
    own_pap = [meaning.pap for meaning in event if meaning.pap]
    held_pap = [meaning.pap for meaning in parts if meaning.pap and (own_pap or meaning.pap != "PAP:CLEAR")]
    return Marking(tlp=strictest(own + held), pap=strictest(own_pap + held_pap, _STRICTEST_PAP))


def tags_of(meaning: Meaning, raw: str, at: str, scope: Literal["event", "part"]) -> list[Tag]:
    """The tags of a Report that a meaning gives. What is withheld gives none: it is never evidence."""
    return [Tag(scheme=scheme, code=code, raw=raw, at=at, scope=scope) for scheme, code in meaning.codes]


def withheld_of(meaning: Meaning, raw: str, at: str) -> list[Withheld]:
    """The withheld statement of a tag, raw, where it is one."""
    return [Withheld(kind=meaning.withheld, value=raw, at=at)] if meaning.withheld else []
