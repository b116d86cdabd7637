"""Words with their places: one text becomes sentences, clauses and words, in six languages.

A text is cut into *tokens* (words, numbers, pauses, stops) and the *gaps* between them, so that the offset of every
token in the text as given is known exactly, and is worked out only when evidence is quoted.
A word's *keys* are what it is looked up by: case, accents, Arabic marks and inflection taken off
(Unicode NFKD; Snowball stemmers; for Arabic the light stem of prefixes and suffixes). Chinese, written
without spaces, is cut by the longest entry of the lexicon that fits.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import accumulate
from typing import NamedTuple
from unicodedata import normalize

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
    rf"({_WORD}|[{HAN}]+|\d[\d.,:]*\d|\d"
    r"|[.!?](?=[\s\"'»”)\]]|$)|[。！？؟…\n\r]+|[,;:،؛，；：、()\[\]«»“”\"—–])"
)
_ASCII_TOKEN = re.compile(
    r"([A-Za-z](?:[A-Za-z]|'(?=[A-Za-z]))*|\d[\d.,:]*\d|\d"
    r"|[.!?](?=[\s\"')\]]|$)|[\n\r]+|[,;:()\[\]\"])"
)
"""The same for texts in ASCII, and faster; a test holds both to the same tokens."""
_HAN_RUN = re.compile(f"[{HAN}]")
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
_AR_PARTICLES = frozenset({"لم", "لا", "لن", "ما"})
_AR_VERBAL = ("ي", "ت", "ن", "ا")


WORD, NUMBER, PAUSE, STOP = range(4)
"""The kinds of tokens. A pause ends a clause, a stop ends a sentence too."""


class Cut(NamedTuple):
    """A text in tokens. `gaps[n]` is what stands before token n; the last gap is what stands after all."""

    tokens: list[str]
    gaps: list[str]

    def spans(self) -> list[tuple[int, int]]:
        """The (start, end) of each token, in code points."""
        lengths = (n for pair in zip(self.gaps, self.tokens, strict=False) for n in map(len, pair))
        ends = list(accumulate(lengths))
        return list(zip(ends[::2], ends[1::2], strict=True))


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
    if len(bare) == 3 and bare[0] in "وف" and bare[1:] in _AR_PARTICLES:
        keys.append(bare[1:])
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
            plain = normalize("NFC", surface).casefold().replace("ё", "е")
            return (stem(plain, "ru"),)
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


def cut_text(text: str, cut: Cutter) -> Cut:
    """The tokens of the text in order."""
    if text.isascii():
        parts = _ASCII_TOKEN.split(text)
        return Cut(parts[1::2], parts[0::2])
    parts = _TOKEN.split(text)
    tokens, gaps = parts[1::2], parts[0::2]
    if not _HAN_RUN.search(text):
        return Cut(tokens, gaps)
    pieces: list[str] = []
    before: list[str] = []
    for token, gap in zip(tokens, gaps, strict=False):
        if "\u3400" <= token[0] <= "\ufaff" and token[0].isalpha():
            run = [token[start:end] for start, end in cut(token)]
            pieces += run
            before += [gap, *[""] * (len(run) - 1)]
        else:
            pieces.append(token)
            before.append(gap)
    return Cut(pieces, [*before, gaps[-1]])


def kind_of(token: str) -> int:
    """Whether a token is a word, a number, a pause or a stop."""
    first = token[0]
    if first.isdigit():
        return NUMBER
    if first in _PAUSES:
        return PAUSE
    return STOP if first in _STOPS else WORD


_PAUSES = frozenset(',;:،؛，；：、()[]«»“”"—–')
_STOPS = frozenset(".!?。！？؟…\n\r")
