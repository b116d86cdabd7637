"""The shipped instruments read from data/, and short ways to ask for duties."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from proxeny.base.moments import parse_moment
from proxeny.base.yaml_wire import decode_yaml
from proxeny.instrument.duty import Duties, Duty
from proxeny.instrument.evaluate import evaluate, inquire
from proxeny.instrument.library import Library, build_library
from proxeny.instrument.situation import Situation
from proxeny.instrument.situation_file import parse_situation
from proxeny.instrument.words import Words, build_words

ROOT = Path(__file__).parents[2] / "data" / "instruments"


def zones(name: str) -> dt.tzinfo | None:
    """The rules of a time zone."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


@cache
def words() -> Words:
    """The shipped words."""
    return build_words(decode_yaml((ROOT / "words.yaml").read_bytes(), "words.yaml").value)


def files() -> dict[str, dict[str, bytes]]:
    """The files of each instrument's folder."""
    folders = sorted(path for path in ROOT.iterdir() if path.is_dir())
    return {f.name: {p.relative_to(f).as_posix(): p.read_bytes() for p in f.rglob("*.yaml")} for f in folders}


@cache
def library() -> Library:
    """The shipped library."""
    return build_library(words(), files())


def situation(text: str, name: str = "facts.yaml", lib: Library | None = None) -> Situation:
    """The situation of a facts file's text."""
    shipped = lib or library()
    return parse_situation(text.encode(), name, shipped.words, frozenset(shipped.instruments), zones)


def duties(
    text: str, at: str, state: str | None = "XA", known_at: str | None = None, lib: Library | None = None
) -> Duties:
    """The duties of a State at a time."""
    shipped = lib or library()
    known = None if known_at is None else moment(known_at)
    return evaluate(inquire(shipped, situation(text, lib=shipped), moment(at), known), state)


def moment(text: str) -> dt.datetime:
    """A moment."""
    return parse_moment(text, "test")


def of_row(found: tuple[Duty, ...], row: str) -> list[Duty]:
    """Those that stand for a row, or for a norm by its id."""
    return [duty for duty in found if row in duty.rows or duty.norm == row]


def everywhere(found: Duties, row: str) -> list[Duty]:
    """Those of a row in any of the four lists."""
    return of_row((*found.due, *found.recommended, *found.would_apply, *found.open), row)


def facts(**sections: object) -> str:
    """A facts file of these sections."""
    return yaml.safe_dump({"facts_version": 1, "context": "test", **sections}, sort_keys=False)
