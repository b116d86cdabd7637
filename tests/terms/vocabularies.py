"""What the tests of vocabularies share: the case folders, and a small vocabulary joined to those that ship."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import yaml

from knowledge import KNOWLEDGE
from proxeny.actions.vocabulary import import_files, read_vocabulary
from proxeny.terms.crosswalk import Crosswalks
from proxeny.terms.imported.join import join

CASES = Path(__file__).parents[1] / "vectors" / "formats" / "vocabularies"

NATIONAL = """code,label,broader,description,language
1,Disponibilité,,,fr
1.1,Déni de service distribué,1,,fr
2,Fraude,,,fr
2.1,Hameçonnage,2,,fr
3,Zzyzx,,,fr
"""


class Case(NamedTuple):
    """A folder: the file to read, and what its case.yaml promises."""

    name: str
    data: bytes
    about: dict[str, Any]


def cases(fail: bool) -> list[Case]:
    """Those that must be refused, or those that must be read."""
    found = []
    for path in sorted(CASES.glob("*/case.yaml")):
        about = yaml.safe_load(path.read_text(encoding="utf-8"))
        if path.parent.name.endswith("_fail") == fail:
            found.append(Case(path.parent.name, (path.parent / about["file"]).read_bytes(), about))
    return found


def imported_files(text: str = NATIONAL, name: str = "xa-national") -> dict[str, str]:
    """The folder of a national vocabulary."""
    return import_files(read_vocabulary(text.encode(), "xa.csv", "csv", name), KNOWLEDGE, {}, "folder")


def joined(files: dict[str, str]) -> Crosswalks:
    """The crosswalks that ship, with that folder beside them."""
    return join(KNOWLEDGE.crosswalks, files, "folder", KNOWLEDGE.terminology)
