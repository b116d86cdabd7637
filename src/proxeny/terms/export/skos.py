"""The terminology as SKOS in Turtle (W3C SKOS Reference; RDF 1.1 Turtle): one concept scheme, a collection an axis.

Recognition cues are hidden labels: texts by which a concept is found, not names to show for it. As SKOS asks (S13),
a cue that is the preferred label itself is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from proxeny.terms.crosswalk import Crosswalks, Predicate
from proxeny.terms.curie import TERMS, address_of
from proxeny.terms.terminology import LANGUAGES, Concept, Gloss, Terminology, by_axis

_PREFIXES = {
    "dct": "http://purl.org/dc/terms/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "px": TERMS,
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
LICENCE = "https://www.apache.org/licenses/LICENSE-2.0"
_FROM_CONCEPT: dict[Predicate, str] = {
    "exact": "skos:exactMatch",
    "close": "skos:closeMatch",
    "broad": "skos:narrowMatch",
    "narrow": "skos:broadMatch",
    "related": "skos:relatedMatch",
}
"""Crosswalks read from the code to the concept, SKOS here from the concept to the code: the code turns."""
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def render(
    terminology: Terminology, glosses: Mapping[str, Gloss], crosswalks: Crosswalks, schemes: Sequence[str]
) -> str:
    """The Turtle of all concepts, with the mapping relations to the codes of these schemes, which must be known."""
    blocks = [f"@prefix {name}: <{address}> ." for name, address in _PREFIXES.items()]
    blocks += ["", *_scheme(terminology), ""]
    for concept in terminology.concepts.values():
        said = [*_said(concept, glosses[concept.id]), *_links(concept.id, crosswalks, schemes)]
        blocks += [_subject(concept.id, "skos:Concept", said), ""]
    for axis, concepts in by_axis(terminology).items():
        members = ", ".join(concept.id for concept in concepts)
        said = [("skos:prefLabel", _text(axis, "en")), *([("skos:member", members)] if members else [])]
        blocks += [_subject(f"<{TERMS}axis/{axis}>", "skos:Collection", said), ""]
    return "\n".join(blocks)


def _scheme(terminology: Terminology) -> list[str]:
    tops = ", ".join(c.id for c in terminology.concepts.values() if c.broader is None)
    said = [
        ("dct:title", _text("The Common Terminology", "en")),
        ("dct:license", f"<{LICENCE}>"),
        ("owl:versionInfo", _text(terminology.version)),
        ("skos:hasTopConcept", tops),
    ]
    return [_subject(f"<{TERMS}>", "skos:ConceptScheme", said)]


def _said(concept: Concept, gloss: Gloss) -> Iterator[tuple[str, str]]:
    yield "skos:inScheme", f"<{TERMS}>"
    yield "skos:notation", _text(concept.slug)
    if concept.broader is None:
        yield "skos:topConceptOf", f"<{TERMS}>"
    else:
        yield "skos:broader", concept.broader
    for language in LANGUAGES:
        label = concept.label[language]
        yield "skos:prefLabel", _text(label, language)
        yield "skos:definition", _text(gloss.definition[language], language)
        cues = [cue for cue in dict.fromkeys(gloss.cues[language]) if cue != label]
        if cues:
            yield "skos:hiddenLabel", ", ".join(_text(cue, language) for cue in cues)
    if gloss.scope:
        yield "skos:scopeNote", _text(gloss.scope, "en")
    for example in gloss.examples:
        yield "skos:example", _text(example, "en")
    if concept.tier is not None:
        yield "px:tier", str(concept.tier)
    if concept.replaced_by is not None:
        yield "owl:deprecated", "true"
        yield "dct:isReplacedBy", concept.replaced_by


def _links(concept: str, crosswalks: Crosswalks, schemes: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in schemes:
        scheme = crosswalks.schemes[name]
        for code in crosswalks.by_concept.get(concept, {}).get(name, ()):
            for item in scheme.codes[code].mapped:
                if item.concept == concept:
                    yield _FROM_CONCEPT[item.predicate], f"<{address_of(scheme, code)}>"


def _subject(name: str, kind: str, said: Sequence[tuple[str, str]]) -> str:
    lines = [f"{name} a {kind}", *(f"    {predicate} {value}" for predicate, value in said)]
    return " ;\n".join(lines) + " ."


def _text(value: str, language: str = "") -> str:
    """A literal of Turtle (section 2.5.1), of a language where one is named."""
    return f'"{value.translate(_ESCAPES)}"' + (f"@{language}" if language else "")
