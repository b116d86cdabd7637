"""Words with their places: one text becomes sentences, clauses and words, in six languages.

Every word keeps its code-point offsets in the text as given, so that evidence can be quoted exactly.
A word's *key* is what it is looked up by: case, accents, Arabic marks and inflection taken off
(Unicode NFKD; Snowball stemmers; for Arabic the light stem of prefixes and suffixes). Chinese, written
without spaces, is cut by the longest entry of the lexicon that fits.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from proxeny.base.normal import fold

LANGUAGES = ("ar", "en", "es", "fr", "ru", "zh")
"""The official languages of the United Nations, by ISO 639-1 code."""

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = (
    r"[^\W\d_"
    + HAN
    + r"](?:[^\W\d_"
    + HAN
    + r"]|[\u064b-\u0652\u0670\u0640\u0300-\u036f'’](?=[^\W\d_]))*[\u064b-\u0652\u0670]*"
)
_TOKEN = re.compile(
    rf"(?P<word>{_WORD})|(?P<han>[{HAN}]+)|(?P<number>\d[\d.,:]*\d|\d)"
    r"|(?P<stop>[.!?](?=[\s\"'»”)\]]|$)|[。！？؟…\n\r]+)|(?P<pause>[,;:،؛，；：、()\[\]«»“”\"—–])"
)
_ELISION = re.compile(r"^(?:qu|[ldsnjcmt])['’](?=\w{2})", re.IGNORECASE)
_STEMMERS = {"en": "english", "fr": "french", "es": "spanish", "ru": "russian"}
_AR_PREFIXES = ("وبال", "فبال", "وال", "بال", "كال", "فال", "ولل", "ال", "لل")
_AR_CLITICS = ("وس", "فس", "س", "و", "ف", "ب", "ل", "ك")
_AR_SUFFIXES = (
    "هما",
    "تها",
    "ها",
    "هم",
    "هن",
    "نا",
    "ات",
    "ان",
    "ون",
    "ين",
    "وا",
    "يه",
    "ته",
    "ه",
    "ي",
    "ت",
    "ا",
)
_AR_VERBAL = ("ي", "ت", "ن", "ا")


class Word(NamedTuple):
    """One word: `start` and `end` are code-point offsets, `clause` and `sentence` count from 0."""

    start: int
    end: int
    surface: str
    keys: tuple[str, ...]  # by which it may be found, best first; the first is its stem
    clause: int
    sentence: int


def script_of(word: str) -> str:
    """`latin`, `cyrillic`, `arabic`, `han` or `other`, by the first letter."""
    code = ord(word[0])
    if code < 0x250 or 0x1E00 <= code <= 0x1EFF or 0xFF21 <= code <= 0xFF5A:
        return "latin"
    if 0x400 <= code <= 0x52F:
        return "cyrillic"
    if 0x600 <= code <= 0x6FF or 0x750 <= code <= 0x77F or 0xFB50 <= code <= 0xFEFC:
        return "arabic"
    if 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF:
        return "han"
    return "other"


def _arabic_keys(word: str) -> tuple[str, ...]:
    """The word without its article and clitics, then its light stem, then that without a verbal prefix."""
    bare = word
    for prefix in _AR_PREFIXES:
        if bare.startswith(prefix) and len(bare) - len(prefix) >= 2:
            bare = bare[len(prefix) :]
            break
    keys = [bare]
    stems = [bare]
    for clitic in _AR_CLITICS:
        if bare.startswith(clitic) and len(bare) - len(clitic) >= 3:
            stems.append(bare[len(clitic) :])
    for stem in list(stems):
        for suffix in _AR_SUFFIXES:
            if stem.endswith(suffix) and len(stem) - len(suffix) >= 3:
                stems.append(stem[: -len(suffix)])
                break
    for stem in list(stems):
        if stem[0] in _AR_VERBAL and len(stem) >= 4:
            stems.append(stem[1:])
    for stem in stems:
        if stem not in keys:
            keys.append(stem)
    return tuple(keys)


def make_keyer(language: str) -> Callable[[str], tuple[str, ...]]:
    """A function from a word of one language to its keys. Latin words inside Arabic, Chinese or Russian
    texts are read as English, the language of most technical terms."""
    import Stemmer

    stemmers = {}
    cache: dict[str, tuple[str, ...]] = {}

    def stem(word: str, of: str) -> str:
        if of not in stemmers:
            stemmers[of] = Stemmer.Stemmer(_STEMMERS[of], 0)
        return str(stemmers[of].stemWord(word))

    def keys(surface: str) -> tuple[str, ...]:
        found = cache.get(surface)
        if found is None:
            found = cache[surface] = make(surface)
        return found

    def make(surface: str) -> tuple[str, ...]:
        script = script_of(surface)
        if script == "arabic":
            return _arabic_keys(fold(surface))
        if script == "cyrillic":
            folded = fold(surface)
            return (stem(folded, "ru"),)
        if script != "latin":
            return (fold(surface),)
        of = language if language in ("en", "fr", "es") else "en"
        plain = fold(surface).replace("’", "'")
        if of == "fr":
            plain = _ELISION.sub("", plain)
        elif plain.endswith("n't"):
            return (plain, "not")
        elif "'" in plain:
            plain = plain.split("'", 1)[0]
        return (stem(plain, of),)

    return keys


Cutter = Callable[[str], list[tuple[int, int]]]
"""From a run of Chinese characters to the (start, end) of its words."""


def cut_by_lexicon(entries: frozenset[str] | dict[str, object], longest: int) -> Cutter:
    """Cut by the longest entry that fits, left to right; what no entry fits stands alone, one character."""

    def cut(run: str) -> list[tuple[int, int]]:
        pieces = []
        at, end = 0, len(run)
        while at < end:
            size = min(longest, end - at)
            while size > 1 and run[at : at + size] not in entries:
                size -= 1
            pieces.append((at, at + size))
            at += size
        return pieces

    return cut


def read_words(text: str, keys: Callable[[str], tuple[str, ...]], cut: Cutter) -> list[Word]:
    """The words of the text in order, with their clauses and sentences. Numbers end nothing and are no words."""
    words: list[Word] = []
    clause = sentence = 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "word":
            surface = match.group()
            words.append(Word(match.start(), match.end(), surface, keys(surface), clause, sentence))
        elif kind == "han":
            base, run = match.start(), match.group()
            for start, end in cut(run):
                piece = run[start:end]
                words.append(Word(base + start, base + end, piece, (piece,), clause, sentence))
        elif kind == "stop":
            clause += 1
            sentence += 1
        elif kind == "pause":
            clause += 1
    return words
