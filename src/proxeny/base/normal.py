"""One normaliser for everything that is searched: compatibility forms, case and marks taken off (design, section 11)."""

from __future__ import annotations

import unicodedata

_ARABIC = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ـ": None}
)


def fold(text: str) -> str:
    """Case, compatibility forms and marks taken off: `Données` and `donnees` become one."""
    if text.isascii():
        return text.lower()
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in spread if not unicodedata.combining(c)).translate(_ARABIC)


def is_han(char: str) -> bool:
    """Whether the character is a Chinese one (Unicode blocks of unified ideographs)."""
    return "\u3400" <= char <= "\u4dbf" or "\u4e00" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff"


def grams(text: str) -> set[str]:
    """What a folded text is found by: its words, and every two neighbouring Chinese characters."""
    found: set[str] = set()
    word = ""
    previous = ""
    for char in text:
        if is_han(char):
            found.add(previous + char if previous else char)
            previous = char
        else:
            previous = ""
        if char.isalnum() and not is_han(char):
            word += char
        elif word:
            found.add(word)
            word = ""
    if word:
        found.add(word)
    return found
