"""A STIX file that was read, written again: whole, with a note of what was found, and without what says who did it.

Objects stay as they are; only references to what is left out go with it. A note is added and nothing changed, since
who made an object alone may make a new version of it (STIX 2.1, section 3.6.2). In a file of STIX 2.0, which has no
notes, a report takes its place.
"""

from __future__ import annotations

from typing import Any

import msgspec

from proxeny.formats.accused import accuses, unaccusing
from proxeny.formats.entries import pointer
from proxeny.formats.machinetag import meaning_of
from proxeny.formats.outgoing import Outgoing, Written, identifier, moment
from proxeny.formats.own import own_codes
from proxeny.formats.stix.check import Object
from proxeny.formats.stix.twenty import is_old
from proxeny.formats.stix.write_objects import DEFINER, TERMS_DEFINITION, TERMS_EXTENSION, stamp
from proxeny.identify.report import Loss

NEVER = "a statement on who did it: never exported"
_ACTORS = ("threat-actor", "intrusion-set", "campaign")
_SAYING = ("attributed-to", "originates-from")
_MAKERS = frozenset({"created_by_ref"})
_STRUCTURED = frozenset(
    {"labels", "external_references", "kill_chain_phases", "object_refs"}
)  # read as they are
_encode = msgspec.json.Encoder().encode


def completed(out: Outgoing) -> Written:
    """The document with a note of what was found. Its shape stays: a bundle, an envelope, a list; one object alone
    becomes a bundle."""
    document = out.document
    root, items = _items(document)
    losses: list[Loss] = []
    kept = unattributed(items, root, losses)
    old = is_old(document, [(f"{root}/{n}", item) for n, item in enumerate(items)], False)
    added = _added(out, kept, old)
    known = {item.get("id") for item in kept}
    objects = [*kept, *(item for item in added if item["id"] not in known)]
    if isinstance(document, dict) and "objects" in document:
        whole = {**document, "objects": objects}
        if not objects:
            del whole["objects"]  # an empty list is none that STIX allows (2.8)
        return Written(_encode(whole), tuple(losses), whole=True)
    if isinstance(document, list):
        return Written(_encode(objects), tuple(losses), whole=True)
    bundle = {"type": "bundle", "id": f"bundle--{identifier(out.report, 'stix', 'kept')}", "objects": objects}
    return Written(_encode(bundle), tuple(losses), whole=True)


def _items(document: Any) -> tuple[str, list[Object]]:
    if isinstance(document, dict) and "objects" in document:
        found, root = document["objects"], "/objects"
    elif isinstance(document, dict):
        return "", [document]
    else:
        found, root = document, ""
    return root, [item for item in found or [] if isinstance(item, dict)]


def unattributed(items: list[Object], root: str, losses: list[Loss]) -> list[Object]:
    """The objects without those that say who did it, and without references to them."""
    gone = _accused(items)
    kept = []
    for index, item in enumerate(items):
        at = f"{root}/{index}" if root or len(items) > 1 else ""
        if item.get("id") in gone or _speaks_of(item, gone):
            losses.append(Loss(at=at, why=NEVER))
        else:
            kept.append(_without(item, gone, at, losses))
    return kept


def _accused(items: list[Object]) -> set[str]:
    found = {str(item.get("id")) for item in items if item.get("type") in _ACTORS}
    for item in items:
        if item.get("type") != "relationship":
            continue
        kind, source = item.get("relationship_type"), str(item.get("source_ref"))
        if kind == "attributed-to" or (
            kind in ("located-at", "originates-from") and source.partition("--")[0] in _ACTORS
        ):
            found.add(str(item.get("target_ref")))
    return found


def _speaks_of(item: Object, gone: set[str]) -> bool:
    """Whether an object has nothing to say but of somebody who did it."""
    if item.get("type") == "relationship":
        ends = (str(item.get("source_ref")), str(item.get("target_ref")))
        return (
            item.get("relationship_type") in _SAYING
            or not gone.isdisjoint(ends)
            or any(end.partition("--")[0] in _ACTORS for end in ends)
        )
    if item.get("type") == "sighting":
        seen = str(item.get("sighting_of_ref"))
        return seen in gone or seen.partition("--")[0] in _ACTORS
    if item.get("type") == "language-content":
        return str(item.get("object_ref")) in gone
    refs = item.get("object_refs") if item.get("type") in ("note", "opinion") else None
    return isinstance(refs, list) and bool(refs) and all(_accuses(ref, gone) for ref in refs)


def _accuses(ref: Any, gone: set[str]) -> bool:
    return isinstance(ref, str) and (ref in gone or ref.partition("--")[0] in _ACTORS)


def _without(item: Object, gone: set[str], at: str, losses: list[Loss]) -> Object:
    """The object, the same one where nothing in it says who did it."""
    changed: Object = {}
    for name, value in item.items():
        if name.endswith("_refs") and isinstance(value, list) and any(_accuses(ref, gone) for ref in value):
            changed[name] = [ref for ref in value if not _accuses(ref, gone)]
            losses.append(Loss(at=f"{at}/{name}", why=NEVER))
        elif name == "labels" and isinstance(value, list):
            labels = [label for label in value if not _withheld(label)]
            if len(labels) != len(value):
                changed[name] = labels
                losses.append(Loss(at=f"{at}/labels", why=NEVER))
        elif accuses(name, value):
            changed[name] = None
            losses.append(Loss(at=f"{at}{pointer(name)}", why=NEVER))
        elif name not in _STRUCTURED and isinstance(value, (dict, list)) and unaccusing(value, name) != value:
            changed[name] = unaccusing(value, name)
            losses.append(Loss(at=f"{at}{pointer(name)}", why=NEVER))
        elif name.endswith("_ref") and name not in _MAKERS and _accuses(value, gone):
            changed[name] = None
            losses.append(Loss(at=f"{at}/{name}", why=NEVER))
    if not changed:
        return item
    return {
        name: value
        for name, value in {**item, **changed}.items()
        if value not in (None, []) or name not in changed
    }


def _withheld(label: Any) -> bool:
    return isinstance(label, str) and bool(label.strip()) and meaning_of(label).withheld is not None


def _added(out: Outgoing, kept: list[Object], old: bool) -> list[Object]:
    """The note with what was found, its author, and the definition of our extension; none where nothing was."""
    from proxeny.formats.stix.write import terms_of

    report = out.report
    terms = terms_of(out)
    codes = own_codes(out.said)
    for scheme, found in out.codes.items():
        codes += [f"{scheme}:{code}" for code in found if not scheme.startswith("stix-")]
    if not out.said and "level" not in terms and "responses" not in terms:
        return []
    names = {str(item.get("id")): item for item in kept}
    ends = [report.source_id] if report.source_id in names else list(names)[:1]
    if not ends:
        return []
    at = stamp(moment(out))
    author = f"identity--{identifier(report, 'author', out.author.name)}"
    words = ", ".join(out.label(slug) for slug, _ in out.said)
    identity: Object = {
        "type": "identity",
        "spec_version": "2.1",
        "id": author,
        "created": at,
        "modified": at,
        "name": out.author.name,
        "identity_class": "organization",
        "contact_information": out.author.contact,
    }
    common: Object = {"created_by_ref": author, "created": at, "modified": at}
    if old:
        del identity["spec_version"]
        name = f"report--{identifier(report, 'stix', 'found')}"
        labels = [*codes, "threat-report"]
        note: Object = {"type": "report", "id": name, **common, "name": words or "Found", "published": at}
        return [identity, {**note, "labels": labels, "object_refs": ends}]
    name = f"note--{identifier(report, 'stix', 'found')}"
    note = {"type": "note", "spec_version": "2.1", "id": name, **common, "content": words or "Found"}
    note |= {"object_refs": ends, "labels": codes, "extensions": {TERMS_EXTENSION: terms}}
    if not codes:
        del note["labels"]
    return [identity, note, DEFINER, TERMS_DEFINITION]
