"""The terminology as a MISP taxonomy: machine tags `proxeny:AXIS="SLUG"`, with the manifest that lists it.

The form is that of the MISP taxonomy format (draft-dulaunoy-misp-taxonomy-format) and of the schema.json of
MISP/misp-taxonomies: axes are its predicates, concepts its entries. It has the tags that this system writes and reads
(`own_scheme`): no words of the glossary, and no markings, for which MISP has a taxonomy already.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

import msgspec

from proxeny.base.records import encode_json
from proxeny.terms.curie import TERMS
from proxeny.terms.own_scheme import NAME as NAMESPACE
from proxeny.terms.own_scheme import own_code, own_scheme
from proxeny.terms.terminology import Gloss, Terminology, by_axis

TITLE = "The Common Terminology"
ABOUT = "Common terms for ICT incidents on independent axes: what befell whom, how, why, and what is done about it."
LICENCE = "Apache-2.0"
TAXONOMY, MANIFEST = f"{NAMESPACE}/machinetag.json", "MANIFEST.json"


def render(terminology: Terminology, glosses: Mapping[str, Gloss]) -> dict[str, bytes]:
    """The files by their names: TAXONOMY, and MANIFEST by which tools find it."""
    version = number_of(terminology.version)
    manifest = {
        "description": f"Manifest of {TITLE}",
        "license": [LICENCE],
        "path": "machinetag.json",
        "taxonomies": [{"description": ABOUT, "name": NAMESPACE, "version": version}],
        "url": TERMS,
        "version": str(version),
    }
    return {TAXONOMY: _json(_taxonomy(terminology, glosses, version)), MANIFEST: _json(manifest)}


def _taxonomy(terminology: Terminology, glosses: Mapping[str, Gloss], version: int) -> dict[str, Any]:
    codes = own_scheme(terminology.concepts.values()).codes
    current = {
        axis: [c for c in concepts if c.replaced_by is None and own_code(c) in codes]
        for axis, concepts in by_axis(terminology).items()
    }
    return {
        "namespace": NAMESPACE,
        "expanded": TITLE,
        "description": ABOUT,
        "version": version,
        "uuid": _uuid(TERMS),
        "refs": [TERMS],
        "predicates": [
            {"value": axis, "expanded": axis.capitalize(), "uuid": _uuid(f"{TERMS}axis/{axis}")}
            for axis, concepts in current.items()
            if concepts
        ],
        "values": [
            {
                "predicate": axis,
                "entry": [
                    {
                        "value": concept.slug,
                        "expanded": concept.label["en"],
                        "description": glosses[concept.id].definition["en"],
                        "uuid": _uuid(TERMS + concept.id.removeprefix("px:")),
                    }
                    for concept in concepts
                ],
            }
            for axis, concepts in current.items()
            if concepts
        ],
    }


def number_of(version: str) -> int:
    """The whole number that MISP orders versions by: 10203 for `terms-1.2.3`."""
    parts = [int(part) for part in re.findall(r"\d+", version)[:3]]
    major, minor, patch = [*parts, 0, 0, 0][:3]
    return major * 10_000 + minor * 100 + patch


def _uuid(address: str) -> str:
    """The name-based identifier of an address (RFC 9562, section 5.5)."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, address))


def _json(value: Any) -> bytes:
    return msgspec.json.format(encode_json(value), indent=2) + b"\n"
