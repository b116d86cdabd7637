"""Taking names out of texts before anything is learnt from them.

What ships must know no nation, nationality, person, group, organisation or campaign. A word that is mostly
written with a capital inside sentences is taken for a name and goes, unless it is one of this
project's own words (the lexicon, the training reports written here, which name nobody). What is on the
lists of data/training/names.txt goes in any case.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from proxeny.base.normal import fold

_WORD = re.compile(r"[^\W\d_][\w'’-]*")
MOSTLY = 0.5  # share of capital letters inside sentences above which a word is a name
TITLE = 0.6  # share of capitals above which a whole text is a headline, and tells nothing about capitals


def find_names(texts: Iterable[str], own_words: set[str], listed: set[str]) -> set[str]:
    """The folded words that are names."""
    high: Counter[str] = Counter()
    low: Counter[str] = Counter()
    for text in texts:
        matches = list(_WORD.finditer(text))
        capitals = sum(m.group()[0].isupper() for m in matches)
        if not matches or capitals > TITLE * len(matches):
            continue
        for match in matches:
            before = text[: match.start()].rstrip()
            if not before or before[-1] in '.!?:\n"“':
                continue
            (high if match.group()[0].isupper() else low)[fold(match.group())] += 1
    names = {w for w, n in high.items() if n > MOSTLY * (n + low[w])}
    return {w for w in names if w not in own_words} | listed


def without_names(text: str, names: set[str], known: set[str]) -> str:
    """The text with names blanked out. A capitalised word that is neither known in lower case nor one of
    our own goes too: a name met for the first time."""

    def blank(match: re.Match[str]) -> str:
        word = fold(match.group())
        if word in names or word.split("'")[0] in names:
            return " "
        if match.group()[0].isupper() and word not in known:
            return " "
        return match.group()

    return _WORD.sub(blank, text)


def lower_case_words(texts: Iterable[str]) -> set[str]:
    """The folded words that occur in lower case."""
    return {fold(m.group()) for text in texts for m in _WORD.finditer(text) if m.group()[0].islower()}
