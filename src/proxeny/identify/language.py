"""Which of the six languages a text is in.

Arabic, Chinese and Russian show by their script. English, French and Spanish show by the short words
that only one of them uses; these stand here rather than a learnt detector, whose loading alone would cost
several times the whole of a small identification (docs/decisions/0004).
"""

from __future__ import annotations

import re

_LETTERS = re.compile(r"[^\W\d_]+")
_READ = 4000  # code points looked at
_SHORT_WORDS = {
    "en": frozenset(
        "the of and to in is was were has have had been that this with for from by on at as it its an are be not"
        " we our they their which who but or will would all no one after before when while a i he she his her my"
        " someone into out about than then there what how".split()
    ),
    "fr": frozenset(
        "le la les des du de un une et est sont ont été etait était dans sur pour par avec que qui ne pas plus au"
        " aux ce cette ces nous notre nos leur leurs il elle ils se sa son ses mais ou où a à en d l qu c n s j"
        " aucun après avant depuis chez fait".split()
    ),
    "es": frozenset(
        "el la los las de del un una y es son fue fueron ha han había en sobre por para con que quien no más al"
        " este esta estos nos nuestro nuestra sus su se lo le les pero o como desde hasta sin entre tras cuando"
        " hay ya muy también está están era".split()
    ),
}
_OWN = {language: words - frozenset().union(*(w for k, w in _SHORT_WORDS.items() if k != language))
        for language, words in _SHORT_WORDS.items()}


def detect_language(text: str) -> str | None:
    """The ISO 639-1 code among ar, en, es, fr, ru, zh; None when the text has too little to tell."""
    sample = text[:_READ]
    counts = {"ar": 0, "ru": 0, "zh": 0, "latin": 0}
    for char in sample:
        code = ord(char)
        if code < 0x250:
            counts["latin"] += char.isalpha()
        elif 0x400 <= code <= 0x52F:
            counts["ru"] += 1
        elif 0x600 <= code <= 0x6FF or 0x750 <= code <= 0x77F:
            counts["ar"] += 1
        elif 0x3400 <= code <= 0x9FFF:
            counts["zh"] += 3  # one character says about what three letters say
    best = max(counts, key=lambda script: counts[script])
    for script in ("zh", "ar", "ru"):
        if counts[script] * 3 >= counts["latin"] and counts[script] > 0 and counts[script] == max(
            counts[s] for s in ("zh", "ar", "ru")
        ):
            return script
    if best != "latin" or not counts["latin"]:
        return None
    return _by_short_words(sample)


def _by_short_words(sample: str) -> str | None:
    scores = dict.fromkeys(_SHORT_WORDS, 0)
    for word in _LETTERS.findall(sample.lower()):
        for language, words in _SHORT_WORDS.items():
            if word in words:
                scores[language] += 3 if word in _OWN[language] else 1
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] > 0 else None
