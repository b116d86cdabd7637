"""Concepts of the Common Terminology as codes within other formats: `proxeny:type="ransomware"`, a machine tag.

They stand beside the recipient's own vocabulary, in a place the format leaves free, so that what is exact here is
not lost where that vocabulary is coarse.
"""

from __future__ import annotations

from collections.abc import Iterable

from proxeny.formats.machinetag import code_of, parse_machinetag
from proxeny.identify.report import Tag

SCHEME = "proxeny"


def own_codes(said: Iterable[tuple[str, str]]) -> list[str]:
    """The machine tags of concepts, given as (slug, axis)."""
    return list(dict.fromkeys(f'{SCHEME}:{axis}="{slug}"' for slug, axis in said))


def own_tags(value: object, at: str) -> list[Tag]:
    """The tags that a member holds which this system wrote: a machine tag, or a list of them. Others are not taken."""
    found = []
    for raw in value if isinstance(value, list) else [value]:
        tag = parse_machinetag(raw) if isinstance(raw, str) and len(raw) <= 200 else None
        if tag is not None and tag.namespace == SCHEME and tag.value:
            found.append(Tag(scheme=SCHEME, code=code_of(tag), raw=str(raw), at=at))
    return found


def said_of(codes: Iterable[str], tags: Iterable[Tag], scheme: str) -> tuple[str, ...]:
    """The codes of a scheme to write: those of the source itself first, then those that say what was found."""
    own = (tag.code for tag in tags if tag.scheme == scheme and tag.scope == "event")
    return tuple(dict.fromkeys((*own, *codes)))
