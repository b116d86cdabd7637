"""Observables in text and in structured values: found, refanged, normalised.

Nothing here resolves, fetches or looks up anything. Each pattern starts only at the edge of a run of its own
characters and never gives back what it took, so the work grows with the length of the text only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from proxeny.formats.normal import (
    FORMS,
    HASHES,
    MAX_URL,
    asn_form,
    cve_form,
    domain_form,
    email_form,
    ipv4_form,
    ipv6_form,
    mac_form,
    type_of,
    url_form,
)
from proxeny.formats.refang import as_written, refanged
from proxeny.formats.tlds import FILE_ENDINGS, TLDS, WORDS
from proxeny.identify.report import Indicator

MAX_FOUND = 20_000  # indicators of one text; a block list longer than that is a data set, not a report

_A = "0-9A-Za-z"
# Letters of the scripts that write words apart (Latin to Georgian and beyond), without the Arabic
# comma, semicolon and question mark; names in them stand alone, those in Chinese or Japanese run on.
_W = _A + r"_\-\u00c0-\u060b\u060d-\u061a\u061c-\u061e\u0620-\u1fff"
_CJK = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_CJK_TLDS = "|".join(sorted(tld for tld in TLDS if re.search(f"[{_CJK}]", tld)))
_HOST = rf"[{_W}]{{1,63}}+(?:\.[{_W}]{{1,63}}+){{1,126}}+"
_MASTER = re.compile(
    rf"(?P<url>(?<![{_A}])(?:https?|s?ftps?|wss?|tcp|udp|ldaps?|rtsp|smb|ssh)"
    rf"://[^\s<>\"`´“”«»|\\^]{{1,{MAX_URL}}}+)"
    rf"|(?P<email>(?<![{_A}._%+\-])[{_A}._%+\-]{{1,64}}+@{_HOST})"
    rf"|(?P<ipv4>(?<![{_A}_.])\d{{1,3}}+(?:\.\d{{1,3}}+){{3}}(?![{_A}_]|\.\d)(?:/\d{{1,2}}(?!\d|/|\.\d))?)"
    rf"|(?P<mac>(?<![{_A}_:.-])[0-9A-Fa-f]{{2}}(?:(?::[0-9A-Fa-f]{{2}}){{5}}|(?:-[0-9A-Fa-f]{{2}}){{5}}"
    rf"|[0-9A-Fa-f]{{2}}\.[0-9A-Fa-f]{{4}}\.[0-9A-Fa-f]{{4}})(?![{_A}_:.-]{{2}}|[{_A}_:-]))"
    rf"|(?P<ipv6>(?<![{_A}_:.])(?=[0-9A-Fa-f]{{0,4}}:[0-9A-Fa-f:])[0-9A-Fa-f:.]{{2,45}}+(?:/\d{{1,3}}(?!\d))?)"
    rf"|(?P<hash>(?<![{_A}_])[0-9A-Fa-f]{{32,128}}+(?![{_A}_]))"
    rf"|(?P<cve>(?<![{_A}])(?:CVE|cve)[-‐‑–_]\d{{4}}[-‐‑–_]\d{{4,19}}+(?![{_A}]))"
    rf"|(?P<asn>(?<![{_A}_])(?:AS|ASN[ :]?|ASN: )\d{{1,10}}+(?![{_A}_]|[.,]\d))"
    rf"|(?P<domain>(?<![{_W}.@]){_HOST}"
    rf"|(?<![\w.@\-])[{_CJK}{_A}\-]{{1,63}}\.(?:{_CJK_TLDS}|com|net|org|cn|jp|tw|hk|kr)(?![\w.\-]))"
)
# What any indicator has in it: only the words around are looked at closely. One set of first
# characters, so that the search runs over prose at the speed of a scan for bytes.
_TRIGGER = re.compile(
    r"[.@:0-9\-](?:"
    r"(?<=[\w\])}][.@:])\w[\w.\-]|(?<=:)(?:[0-9A-Fa-f:]|//)"
    r"|(?<=\d)(?:[0-9A-Fa-f]{7}|\d{3}[-‐‑–_]\d{4})|(?<=AS\d)|(?<=ASN\d)|(?<=ASN[ :]\d)|(?<=ASN: \d)"
    r"|(?<=[0-9A-Fa-f]-)[0-9A-Fa-f]{2}-[0-9A-Fa-f]{2}-)"
)
_BLANK = re.compile(r"[ \n\t]")
_VERSION_BEFORE = re.compile(
    r"(?:\b(?:v|ver|versions?|versión|versiones|release|build|firmware|section|chapter|rfc|oid|версии|версия|версию"
    r"|версией|сборка|сборки|раздел)\.?|版本|版|第|الإصدار|إصدار|نسخة|§)[ :\u00a0]{0,2}$|[A-Za-z][/_]$",
    re.IGNORECASE,
)
_CUT_SHORT = re.compile(rf"[{_A}_@]|\.\w")
_NET_PRODUCTS = ("ADO", "ASP", "ML", "PAINT", "VB")
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_TRAILING = ".,;:!?'\"’”»>*_，。；：！？、）】」』》…"


def indicators_in_text(text: str) -> tuple[Indicator, ...]:
    """The observables named in `text`: ipv4, ipv6, cidr, domain, url, email, md5, sha1, sha256, sha512,
    cve, asn, mac; refanged, normalised, each once, in order of appearance.

    `at` is "start-end", in code points of `text`, the end excluded. Version numbers, file names, dates
    and times of day are not taken for addresses. At most MAX_FOUND are given.
    """
    plain, original = refanged(text)
    found: dict[tuple[str, str], Indicator] = {}
    for kind, value, start, end in _candidates(plain, original):
        at = f"{original(start)}-{original(end - 1) + 1}" if original is not as_written else f"{start}-{end}"
        found.setdefault((kind, value), Indicator(type=kind, value=value, at=at))
        if len(found) >= MAX_FOUND:
            break
    return tuple(found.values())


def _shapes(text: str) -> Iterator[re.Match[str]]:
    """What has the shape of an indicator; only words that bear a trigger are looked at closely."""
    done = 0
    while trigger := _TRIGGER.search(text, done):
        before = max(done, trigger.start() - len("ASN: "))
        start = max(done, *(text.rfind(blank, done, before) + 1 for blank in " \n\t"))
        blank = _BLANK.search(text, trigger.end())
        end = blank.start() if blank else len(text)
        yield from _MASTER.finditer(text, start, end)
        done = end


def _candidates(text: str, original: Callable[[int], int]) -> Iterator[tuple[str, str, int, int]]:
    """Type, normalised value, start and end in the refanged text, of what stands the checks."""
    for match in _shapes(text):
        kind, start, end = match.lastgroup or "", match.start(), match.end()
        if kind == "domain":
            end = start + len(match.group().rstrip("-_"))
            defanged = original(end - 1) - original(start) != end - 1 - start
            value = _domain_in_prose(text, start, end, defanged)
        elif kind == "url":
            end = start + len(_without_tail(match.group()))
            value = url_form(text[start:end])
        elif kind == "ipv4":
            defanged = original(end - 1) - original(start) != end - 1 - start
            if not defanged and _VERSION_BEFORE.search(text, max(0, start - 16), start):
                continue
            value = ipv4_form(match.group())
            kind = "cidr" if "/" in value else "ipv4"
        elif kind == "ipv6":
            end = start + len(_without_colon(match.group().rstrip(".")))
            value = _ipv6_in_prose(text, start, end)
            kind = "cidr" if "/" in value else "ipv6"
        elif kind == "mac":
            value = mac_form(match.group()) if _is_mac_in_prose(match.group()) else ""
        elif kind == "hash":
            kind = HASHES.get(len(match.group()), "")
            value = match.group().lower()
            if not kind or value.isdigit() or value.isalpha():
                continue
        elif kind == "email":
            start = end - len(match.group().lstrip("._%+-"))
            end = start + len(text[start:end].rstrip("-_"))
            value = _email_in_prose(text[start:end])
        else:
            value = cve_form(match.group()) if kind == "cve" else asn_form(match.group())
        if value:
            yield kind, value, start, end


def _without_colon(address: str) -> str:
    return address[:-1] if address.endswith(":") and not address.endswith("::") else address


def _without_tail(url: str) -> str:
    """The URL without the punctuation of the sentence, and with only the brackets it opens itself."""
    end = len(url)
    cjk = re.search(r"[，。；：！？、（）【】「」『』《》]", url)
    if cjk:
        end = cjk.start()
    opened = {
        closer: url.count(opener, 0, end) - url.count(closer, 0, end) for closer, opener in _CLOSERS.items()
    }
    while end:
        last = url[end - 1]
        if last in _CLOSERS and opened[last] < 0:
            opened[last] += 1
        elif last not in _TRAILING:
            break
        end -= 1
    return url[:end]


def _domain_in_prose(text: str, start: int, end: int, defanged: bool) -> str:
    """The normalised domain if the words around and its form allow one, else ""."""
    name = text[start:end]
    if _CUT_SHORT.match(text, end):
        return ""
    labels = name.split(".")
    last = labels[-1]
    tld = last.lower()
    if tld not in TLDS and not tld.startswith("xn--"):
        return ""
    if not defanged and not _is_name_not_word(labels, tld, last):
        return ""
    return domain_form(name)


def _is_name_not_word(labels: list[str], tld: str, last: str) -> bool:
    """Tell names from file names, abbreviations, quantities and sentences that lack a space."""
    before = labels[-2]
    if tld in FILE_ENDINGS and (len(labels) == 2 or "_" in before):
        return False
    titled = last[:1].isupper() and not last.isupper()
    if titled and (len(labels) == 2 or not before[:1].isupper()):
        return last in ("Com", "Net", "Org") and before[:1].isupper()
    if tld in WORDS and len(labels) == 2 and before.isalpha() and before[:1].isupper():
        return last.isupper() == before.isupper()
    if len(labels) == 2 and (len(before) == 1 or (before.isdigit() and len(before) < 3)):
        return before in ("t", "x") or (before.isalpha() and tld in ("com", "org", "net", "co"))
    return not (last.upper() == "NET" and before.upper() in _NET_PRODUCTS)


def _ipv6_in_prose(text: str, start: int, end: int) -> str:
    """An IPv6 address as text names one: not 12:30:45, `a::b` of a program, nor a run cut short."""
    value = text[start:end]
    after = text[end : end + 1]
    if (after.isalnum() and after.isascii()) or after == "_" or value.count(":") < 2:
        return ""
    address = value.partition("/")[0]
    groups = [group for group in address.split(":") if group]
    if not any(char.isdigit() for char in address) or not groups:
        return ""
    long_enough = len(groups) >= 3 or len(groups[0]) >= 3 or address == "::1"
    return ipv6_form(value) if long_enough else ""


def _is_mac_in_prose(value: str) -> bool:
    """Only the form with colons may be all digits; 20-11-12-10-11-12 and 1234.5678.9012 are not taken."""
    return ":" in value or any(char.isalpha() for char in value)


def _email_in_prose(value: str) -> str:
    tld = value.rpartition(".")[2].lower()
    return email_form(value) if tld in TLDS or tld.startswith("xn--") else ""


def indicator_of(type: str, value: str, at: str = "") -> Indicator | None:
    """The indicator of a value that a structured source gives with its type; None if it is none.

    Types: those of `Indicator`, and `ip`, `cidr`, `hostname` and `hash`, which are told apart by the value.
    A defanged value is refanged first. A `filename` or `other` is kept as it stands, blanks stripped.
    """
    text = value.strip()
    if not text or len(text) > MAX_URL:
        return None
    normal = FORMS.get(type)
    if normal is None:
        return Indicator(type=type, value=text, at=at) if type in ("filename", "other") else None
    result = normal(refanged(text)[0].strip())
    if not result:
        return None
    return Indicator(type=type_of(type, result), value=result, at=at)
