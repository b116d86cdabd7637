"""What the actions need from outside, handed to them by `wiring`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from proxeny.identify.quantities import Patterns
from proxeny.identify.reading import Language
from proxeny.terms.crosswalk import Crosswalks
from proxeny.terms.terminology import Gloss, Terminology

Say = Callable[[str], str]
"""From an English message to the same in the chosen language (gettext)."""


class Knowledge(Protocol):
    """What ships with the package, each part loaded when first asked for."""

    @property
    def terminology(self) -> Terminology:
        """The Common Terminology."""

    @property
    def glosses(self) -> Mapping[str, Gloss]:
        """Definitions and cues by concept id."""

    @property
    def crosswalks(self) -> Crosswalks:
        """All outside schemes."""

    def rules(self, name: str) -> Any:
        """A reviewed table of data/rules, by its file's name."""

    def language(self, code: str) -> Language:
        """One of the six languages ready to be read."""

    def figures(self, code: str) -> Patterns:
        """The words by which reports of a language state figures."""

    def territories(self, language: str) -> Mapping[str, str]:
        """Names of States and territories in a language, leading to ISO 3166-1 alpha-2 codes."""

    def say(self, language: str) -> Say:
        """The messages of a language."""
