"""From the bytes of a mail to words: charsets, encoded headers, HTML. Nothing is fetched or run."""

from __future__ import annotations

import re

# Codecs of the standard library that are no charset of text, or whose work is not linear.
_NO_CHARSETS = frozenset(
    ["idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "utf-7"]
)
# What senders write for charsets that are wider than the name (WHATWG Encoding, section 4.2).
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "iso8859-1": "cp1252", "ascii": "utf-8", "big5": "big5hkscs"}
_ENCODED_WORD = re.compile(r"=\?([\w.:-]{1,40})(?:\*[\w-]{0,20})?\?([BbQq])\?([^?\s]{0,2000})\?=")
_SURROGATE = re.compile("[\ud800-\udfff]")

_HIDDEN = ("script", "style", "head", "title", "template", "noscript", "svg", "object")
_LISTED = "p br div tr li ul ol table h1 h2 h3 h4 h5 h6 hr pre blockquote section article header footer dt dd"
_BREAKS = frozenset(_LISTED.split())
_TAG_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9]{0,20})")
_HREF = re.compile(r"""\bhref\s{0,3}=\s{0,3}["']?([^"'\s>]{1,4096})""", re.IGNORECASE)
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n(?: ?\n)+ ?")


def decoded(data: bytes, charset: str | None) -> tuple[str, bool]:
    """The text in the charset named, else in UTF-8; and whether every byte could be read."""
    for name in _charsets(charset):
        try:
            return _clean(data.decode(name).removeprefix("\ufeff")), True
        except (UnicodeError, LookupError):
            continue
    return _clean(data.decode("utf-8", "replace")), False


def _charsets(charset: str | None) -> list[str]:
    import codecs

    names = []
    if charset:
        try:
            name = codecs.lookup(charset.strip("\"' ")).name
        except (LookupError, ValueError):
            name = ""
        if name and name not in _NO_CHARSETS:
            names.append(_WIDER.get(name, name))
    return [*names, "utf-8"]


def _clean(text: str) -> str:
    """Without lone surrogates, which no encoder of ours can write."""
    return _SURROGATE.sub("\ufffd", text) if not text.isascii() else text


def header_words(value: str) -> str:
    """An unstructured header in words: unfolded, raw bytes and encoded words (RFC 2047) decoded."""
    if not value.isascii():
        value = decoded(value.encode("utf-8", "surrogateescape"), None)[0]
    line = re.sub(r"[\r\n]+[ \t]*", " ", value)
    # RFC 2047 section 6.2: blanks between two encoded words are not shown.
    line = re.sub(r"(?<=\?=) +(?==\?)", "", line)
    return _ENCODED_WORD.sub(_encoded_word, line).strip()


def _encoded_word(match: re.Match[str]) -> str:
    import binascii

    charset, kind, payload = match.groups()
    try:
        if kind in "Bb":
            data = binascii.a2b_base64(payload + "=" * (-len(payload) % 4))
        else:
            data = binascii.a2b_qp(payload.replace("_", " ").encode(), header=False)
    except (binascii.Error, ValueError):
        return match.group()
    return decoded(data, charset)[0]


def html_words(page: str) -> tuple[str, list[str]]:
    """The words of an HTML page and the addresses of its links, without scripts and styles.

    Every search goes forward only, and one that finds nothing ends the work, so no page takes long.
    """
    import html

    lower = page.lower() if len(page.lower()) == len(page) else page
    parts: list[str] = []
    links: list[str] = []
    at = 0
    while (start := page.find("<", at)) >= 0:
        parts.append(html.unescape(page[at:start]))
        closing = "-->" if page.startswith("<!--", start) else ">"
        end = page.find(closing, start)
        if end < 0:
            at = len(page)
            break
        at = end + len(closing)
        tag = page[start:at] if at - start < 10_000 else page[start : start + 10_000]
        name = _TAG_NAME.match(tag)
        if name is None:
            continue
        word = name[1].lower()
        if word in _HIDDEN and not tag.startswith("</") and not tag.endswith("/>"):
            close = lower.find(f"</{word}", at)
            at = close if close >= 0 else len(page)
        elif word == "a":
            links += [html.unescape(link) for link in _HREF.findall(tag)]
        parts.append("\n" if word in _BREAKS else " " if word in ("td", "th") else "")
    parts.append(html.unescape(page[at:]))
    text = _BLANKS.sub(" ", "".join(parts).replace("\r\n", "\n"))
    return _clean(_LINES.sub("\n\n", text).strip()), links
