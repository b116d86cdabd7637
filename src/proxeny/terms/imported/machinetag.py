"""A MISP taxonomy (machinetag.json; draft-dulaunoy-misp-taxonomy-format, section 2) as a vocabulary.

A predicate is a code, and so is each of its values, spelt `predicate="value"` with the predicate above it. A value
that differs from another in case or blanks alone is the same tag to MISP, and is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from proxeny.base.errors import Fault, InputError
from proxeny.base.wire import decode_json
from proxeny.terms.crosswalk import fold
from proxeny.terms.imported.records import (
    Entry,
    Imported,
    Note,
    checked_name,
    cleaned,
    entry_faults,
    raise_all,
)

LANGUAGE = "en"
"""The taxonomies of MISP are written in English; the format has no member that says so."""


def read(data: bytes, place: str, name: str | None = None) -> Imported:
    """The vocabulary of a machinetag file. `name` in place of its namespace.

    Raises InputError with every fault, each with its JSON pointer (RFC 6901).
    """
    taxonomy = decode_json(data, place)
    if not isinstance(taxonomy, dict):
        raise InputError(Fault(place, "not a MISP taxonomy", "an object with namespace and predicates"))
    faults = list(_head_faults(taxonomy, place))
    entries: list[Entry] = []
    try:
        scheme = checked_name(name or str(taxonomy.get("namespace", "")), f"{place}#/namespace")
    except InputError as error:
        scheme = ""
        faults += error.faults
    passed_over: list[str] = []
    if not faults:
        entries = list(_entries(taxonomy, place, faults, passed_over))
        faults += entry_faults(entries, place) if entries or not faults else []
    raise_all(faults)
    version = taxonomy.get("version", "")
    return Imported(
        name=scheme,
        title=cleaned(taxonomy.get("expanded")) or cleaned(taxonomy.get("description"))[:120] or scheme,
        version=f"MISP machinetag version {version}",
        source=f"MISP taxonomy {taxonomy.get('namespace')}",
        licence="not stated in the file",
        spelling="machinetag",
        entries=tuple(entries),
        passed_over=tuple(passed_over),
    )


def _head_faults(taxonomy: dict[str, Any], place: str) -> Iterator[Fault]:
    if not isinstance(taxonomy.get("namespace"), str):
        yield Fault(f"{place}#/namespace", "no namespace", "write the namespace of the taxonomy")
    if not isinstance(taxonomy.get("predicates"), list):
        yield Fault(f"{place}#/predicates", "no list of predicates", "see the MISP taxonomy format")
    if not isinstance(taxonomy.get("values", []), list):
        yield Fault(f"{place}#/values", "not a list", "see the MISP taxonomy format")


def _entries(
    taxonomy: dict[str, Any], place: str, faults: list[Fault], passed_over: list[str]
) -> Iterator[Entry]:
    """Each predicate with its values below it, in the order of the predicates."""
    below: dict[str, list[Entry]] = {}
    heads = list(_read_all(taxonomy["predicates"], f"{place}#/predicates", "", faults))
    known = {head.code for head in heads}
    for at, block in enumerate(taxonomy.get("values", [])):
        pointer = f"{place}#/values/{at}"
        predicate = block.get("predicate") if isinstance(block, dict) else None
        listed = block.get("entry", []) if isinstance(block, dict) else None
        if predicate not in known:
            faults.append(Fault(pointer, f"no predicate {str(predicate)[:60]!r}", "list it in predicates"))
        elif not isinstance(listed, list):
            faults.append(Fault(f"{pointer}/entry", "not a list", "list the values"))
        else:
            below.setdefault(predicate, []).extend(_read_all(listed, f"{pointer}/entry", predicate, faults))
    seen: dict[str, str] = {}
    for entry in (one for head in heads for one in (head, *below.get(head.code, ()))):
        if seen.setdefault(fold(entry.code), entry.at) == entry.at:
            yield entry
        else:
            passed_over.append(f"{entry.at}: the same tag as {seen[fold(entry.code)]}")


def _read_all(listed: list[Any], pointer: str, predicate: str, faults: list[Fault]) -> Iterator[Entry]:
    for at, item in enumerate(listed):
        value = item.get("value") if isinstance(item, dict) else None
        if not isinstance(value, str) or not value.strip():
            faults.append(Fault(f"{pointer}/{at}", "no value", "write the value of the tag"))
            continue
        code = f'{predicate}="{value}"' if predicate else value
        note = Note(
            LANGUAGE, cleaned(item.get("expanded")) or cleaned(value), cleaned(item.get("description"))
        )
        yield Entry(code, predicate, (note,), f"{pointer}/{at}")
