"""Which of the six languages a text is in.

Arabic, Chinese and Russian show by their script. English, French and Spanish show by the short words
that only one of them uses; these stand here rather than a learnt detector, whose loading alone would cost
several times the whole of a small identification (docs/decisions/0004).
"""

from __future__ import annotations

import re

_READ = 2000  # code points looked at
_SCRIPTS = {
    "zh": (re.compile("[\u3400-\u9fff]"), 3),  # one character says about what three letters say
    "ar": (re.compile("[\u0600-\u06ff\u0750-\u077f]"), 1),
    "ru": (re.compile("[\u0400-\u052f]"), 1),
}
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_LETTERS = re.compile(r"[^\W\d_]+")
_SHORT_WORDS = {
    "en": frozenset(
        """
        the of and to in is was were has have had been that this with for from by on at as it its an
        are be not we our they their which who but or will would all no one after before when while a i
        he she his her my someone into out about than then there what how
        """.split()  # noqa: SIM905 - a list of words reads better as a line
    ),
    "fr": frozenset(
        """
        le la les des du de un une et est sont ont été etait était dans sur pour par avec que qui ne
        pas plus au aux ce cette ces nous notre nos leur leurs il elle ils se sa son ses mais ou où a à
        en d l qu c n s j aucun après avant depuis chez fait
        """.split()  # noqa: SIM905 - a list of words reads better as a line
    ),
    "es": frozenset(
        """
        el la los las de del un una y es son fue fueron ha han había en sobre por para con que quien no
        más al este esta estos nos nuestro nuestra sus su se lo le les pero o como desde hasta sin
        entre tras cuando hay ya muy también está están era
        """.split()  # noqa: SIM905 - a list of words reads better as a line
    ),
}
_OWN = {
    language: words - frozenset().union(*(w for k, w in _SHORT_WORDS.items() if k != language))
    for language, words in _SHORT_WORDS.items()
}


_KNOWN = frozenset().union(*_SHORT_WORDS.values())


def detect_language(text: str) -> str | None:
    """The ISO 639-1 code among ar, en, es, fr, ru, zh; None when the text has too little to tell."""
    sample = text[:_READ]
    if not sample.isascii():
        counts = {code: weight * len(script.findall(sample)) for code, (script, weight) in _SCRIPTS.items()}
        best = max(counts, key=lambda code: counts[code])
        # Technical terms stay Latin in all languages, so a third of another script is enough.
        if counts[best] and counts[best] * 3 >= len(_LATIN.findall(sample)):
            return best
    words = _KNOWN.intersection(_LETTERS.findall(sample.lower()))
    if not words:
        return None
    scores = {
        code: len(words & shared) + 2 * len(words & _OWN[code]) for code, shared in _SHORT_WORDS.items()
    }
    return max(scores, key=lambda code: scores[code])
