"""Observables in text and in structured values: found, refanged, normalised.

Analysts defang what they write (hxxp, [.], [at] …) so that nobody follows it by mistake. Nothing here
resolves, fetches or looks up anything. Each pattern starts only at the edge of a run of its own
characters and never gives back what it took, so the work grows with the length of the text only.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator

from proxeny.formats.tlds import FILE_ENDINGS, TLDS, WORDS
from proxeny.identify.report import Indicator

MAX_VALUE = 4096  # code points of one URL; longer ones are cut by every sender we know
MAX_FOUND = 20_000  # indicators of one text; a block list longer than that is a data set, not a report

_HASHES = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}

_DOT_WORD_BEFORE = "com|net|org|info|biz|edu|gov|mil|int|io|ru|cn|fr|uk|br|jp|xyz|top|onion|cc"
_DEFANGED = re.compile(
    r"(?P<dot>[ \t]?(?:\[[ \t]?(?:\.|dot)[ \t]?\]|\([ \t]?(?:\.|dot)[ \t]?\)"
    r"|\{[ \t]?(?:\.|dot)[ \t]?\})[ \t]?"
    r"|(?<=[0-9a-z])\[\.(?=[0-9a-z])|(?<=[0-9a-z])\.\](?=[0-9a-z])"
    rf"|(?<=[0-9a-z])[ \t]dot[ \t](?=(?:{_DOT_WORD_BEFORE})\b|[0-9a-z-]{{1,63}}[ \t]dot[ \t]))"
    r"|(?P<at>[ \t]?(?:\[[ \t]?(?:@|at)[ \t]?\]|\([ \t]?(?:@|at)[ \t]?\)|\{[ \t]?(?:@|at)[ \t]?\})[ \t]?)"
    r"|(?P<colons>\[://\]|\[:\]//)"
    r"|(?P<colon>(?<=[0-9a-f])\[:\](?=[0-9a-f]))"
    r"|(?P<slash>(?<=\w)\[/\](?=\w))"
    r"|(?P<scheme>(?<![a-z])(?:h(?:xx|\*\*|tx|xt|__)p(?:s)?|fxp|meow)(?=:|\[:|\[s\]|\(s\)))",
    re.IGNORECASE,
)
# One of these stands in every text that has defanged marks; most texts have none.
_LISTED = "[|{|(.|( .|.]|(dot|(DOT|(at|(AT|(@| dot | DOT |xxp|XXp|XXP|**p|txp|TXP|xtp|XTP|__p|fxp|FXP|meow"
_MARKS = tuple(_LISTED.split("|"))

_A = "0-9A-Za-z"
# Letters of the scripts that write words apart (Latin to Georgian and beyond), without the Arabic
# comma, semicolon and question mark; names in them stand alone, those in Chinese or Japanese run on.
_W = _A + r"_\-\u00c0-\u060b\u060d-\u061a\u061c-\u061e\u0620-\u1fff"
_CJK = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_CJK_TLDS = "|".join(sorted(tld for tld in TLDS if re.search(f"[{_CJK}]", tld)))
_HOST = rf"[{_W}]{{1,63}}+(?:\.[{_W}]{{1,63}}+){{1,126}}+"
_MASTER = re.compile(
    rf"(?P<url>(?<![{_A}])(?:https?|s?ftps?|wss?|tcp|udp|ldaps?|rtsp|smb|ssh)"
    rf"://[^\s<>\"`´“”«»|\\^]{{1,{MAX_VALUE}}}+)"
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
_CVE = re.compile(r"(?:CVE)?[-‐‑–_ ]?(\d{4})[-‐‑–_ ](\d{4,19})", re.IGNORECASE | re.ASCII)
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
_NET_PRODUCTS = ("ADO", "ASP", "ML", "PAINT", "VB")
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_TRAILING = ".,;:!?'\"’”»>*_，。；：！？、）】」』》…"


def indicators_in_text(text: str) -> tuple[Indicator, ...]:
    """The observables named in `text`: ipv4, ipv6, cidr, domain, url, email, md5, sha1, sha256, sha512,
    cve, asn, mac; refanged, normalised, each once, in order of appearance.

    `at` is "start-end", in code points of `text`, the end excluded. Version numbers, file names, dates
    and times of day are not taken for addresses. At most MAX_FOUND are given.
    """
    plain, original = _refanged(text)
    found: dict[tuple[str, str], Indicator] = {}
    for kind, value, start, end in _candidates(plain, original):
        at = f"{original(start)}-{original(end - 1) + 1}" if original is not _same else f"{start}-{end}"
        found.setdefault((kind, value), Indicator(type=kind, value=value, at=at))
        if len(found) >= MAX_FOUND:
            break
    return tuple(found.values())


def _same(position: int) -> int:
    return position


def _refanged(text: str) -> tuple[str, Callable[[int], int]]:
    """The text with its defanged marks undone, and the way back from its positions to those of `text`.

    A position inside a replacement leads to the start of what was replaced; so that the end of a
    replaced mark is right, it is the last character of an indicator only by way of that character.
    """
    if not any(mark in text for mark in _MARKS):
        return text, _same
    parts: list[str] = []
    starts: list[int] = [0]
    sources: list[int] = [0]
    done = length = 0
    for match in _DEFANGED.finditer(text):
        new = _plain_form(match)
        parts += (text[done : match.start()], new)
        length += match.start() - done
        starts += (length, length + len(new))
        sources += (match.start(), match.end())
        length += len(new)
        done = match.end()
    if not parts:
        return text, _same
    parts.append(text[done:])

    def original(position: int) -> int:
        index = bisect_right(starts, position) - 1
        inside_replacement = index % 2 == 1
        return sources[index] + (0 if inside_replacement else position - starts[index])

    return "".join(parts), original


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


def _plain_form(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind == "scheme":
        word = match.group().lower()
        return "ftp" if word == "fxp" else "https" if word.endswith("ps") else "http"
    return {"dot": ".", "at": "@", "colons": "://", "colon": ":", "slash": "/"}[kind or ""]


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
            value = _url(text[start:end])
        elif kind == "ipv4":
            defanged = original(end - 1) - original(start) != end - 1 - start
            if not defanged and _VERSION_BEFORE.search(text, max(0, start - 16), start):
                continue
            value = _ipv4(match.group())
            kind = "cidr" if "/" in value else "ipv4"
        elif kind == "ipv6":
            end = start + len(_without_colon(match.group().rstrip(".")))
            value = _ipv6_in_prose(text, start, end)
            kind = "cidr" if "/" in value else "ipv6"
        elif kind == "mac":
            value = _mac(match.group()) if _is_mac_in_prose(match.group()) else ""
        elif kind == "hash":
            kind = _HASHES.get(len(match.group()), "")
            value = match.group().lower()
            if not kind or value.isdigit() or value.isalpha():
                continue
        else:
            value = _NORMAL[kind](match.group())
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
    return _domain(name)


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


def _domain(value: str) -> str:
    """Lower case, without the root's dot; "" if RFC 1035 lengths or characters do not allow it."""
    name = value.strip().rstrip(".").lower()
    labels = name.split(".")
    if len(name) > 253 or len(labels) < 2 or labels[-1].isdigit():
        return ""
    return name if all(_LABEL.fullmatch(label) for label in labels) else ""


def _url(value: str) -> str:
    """Scheme and host in lower case, the rest as written (RFC 3986 section 6.2.2.1)."""
    scheme, colons, rest = value.partition("://")
    cut = min((at for at in (rest.find(mark) for mark in "/?#") if at >= 0), default=len(rest))
    authority, path = rest[:cut], rest[cut:]
    user, at, host = authority.rpartition("@")
    if not colons or not scheme.replace("+", "").isalnum() or not host or len(value) > MAX_VALUE:
        return ""
    if not (host[0].isalnum() or host[0] in "[_-") or any(char.isspace() for char in value):
        return ""
    return f"{scheme.lower()}://{user}{at}{host.lower()}{path}"


def _ipv4(value: str) -> str:
    address, slash, length = value.partition("/")
    parts = address.split(".")
    if len(parts) != 4 or not all(p.isdigit() and p.isascii() and len(p) < 4 for p in parts):
        return ""
    if any(int(part) > 255 or (len(part) > 1 and part[0] == "0") for part in parts) or parts[0] == "0":
        return ""
    if not slash:
        return address
    if not (length.isdigit() and length.isascii() and int(length) <= 32):
        return ""
    return address if int(length) == 32 else _network(value)


def _network(value: str) -> str:
    import ipaddress

    return str(ipaddress.ip_network(value, strict=False))


def _ipv6(value: str) -> str:
    """The compressed form of RFC 5952; "" if it is none. A zone id is dropped, /128 is one address."""
    import ipaddress

    try:
        if "/" in value:
            network = ipaddress.IPv6Network(value, strict=False)
            return str(network.network_address if network.prefixlen == 128 else network)
        return str(ipaddress.IPv6Address(value.partition("%")[0].strip("[]")))
    except ValueError:
        return ""


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
    return _ipv6(value) if long_enough else ""


def _mac(value: str) -> str:
    digits = re.sub(r"[:.\-]", "", value).lower()
    if len(digits) != 12 or re.fullmatch(r"[0-9a-f]{12}", digits) is None:
        return ""
    return ":".join(digits[index : index + 2] for index in range(0, 12, 2))


def _is_mac_in_prose(value: str) -> bool:
    """Only the form with colons may be all digits; 20-11-12-10-11-12 and 1234.5678.9012 are not taken."""
    return ":" in value or any(char.isalpha() for char in value)


def _hash_of(length: int) -> Callable[[str], str]:
    def normal(value: str) -> str:
        value = value.strip().lower()
        return value if len(value) == length and re.fullmatch(r"[0-9a-f]+", value) else ""

    return normal


def _cve(value: str) -> str:
    match = _CVE.fullmatch(value.strip())
    return f"CVE-{match[1]}-{match[2]}" if match and 1988 <= int(match[1]) <= 2099 else ""


def _asn(value: str) -> str:
    digits = re.sub(r"^ASN?[ :]*", "", value.strip(), flags=re.IGNORECASE)
    if not (digits.isdigit() and digits.isascii() and len(digits) < 11 and 0 < int(digits) < 2**32):
        return ""
    # AS400 is nearly always the computer, not the network.
    return "" if value.upper() == "AS400" else f"AS{int(digits)}"


def _email(value: str) -> str:
    local, at, host = value.strip().rpartition("@")
    host = _domain(host)
    good = at and host and local.strip(".") and len(local) <= 64 and " " not in local
    return f"{local}@{host}" if good else ""


def _email_in_prose(value: str) -> str:
    value = value.lstrip("._%+-")
    tld = value.rpartition(".")[2].lower()
    return _email(value.rstrip("-_")) if tld in TLDS or tld.startswith("xn--") else ""


def _ip(value: str) -> str:
    return _ipv6(value) if ":" in value else _ipv4(value)


_NORMAL: dict[str, Callable[[str], str]] = {"cve": _cve, "asn": _asn, "email": _email_in_prose}

_STRUCTURED: dict[str, Callable[[str], str]] = {
    "ip": _ip,
    "ipv4": _ip,
    "ipv6": _ip,
    "cidr": _ip,
    "domain": _domain,
    "hostname": _domain,
    "url": _url,
    "email": _email,
    "cve": _cve,
    "asn": _asn,
    "mac": _mac,
    "hash": lambda value: _hash_of(len(value.strip()))(value) if len(value.strip()) in _HASHES else "",
    **{name: _hash_of(length) for length, name in _HASHES.items()},
}


def indicator_of(type: str, value: str, at: str = "") -> Indicator | None:
    """The indicator of a value that a structured source gives with its type; None if it is none.

    Types: those of `Indicator`, and `ip`, `cidr`, `hostname` and `hash`, which are told apart by the value.
    A defanged value is refanged first. A `filename` or `other` is kept as it stands, blanks stripped.
    """
    text = value.strip()
    if not text or len(text) > MAX_VALUE:
        return None
    normal = _STRUCTURED.get(type)
    if normal is None:
        return Indicator(type=type, value=text, at=at) if type in ("filename", "other") else None
    result = normal(_refanged(text)[0].strip())
    if not result:
        return None
    return Indicator(type=_type_of(type, result), value=result, at=at)


def _type_of(type: str, value: str) -> str:
    if type in ("ip", "ipv4", "ipv6", "cidr"):
        return "cidr" if "/" in value else "ipv6" if ":" in value else "ipv4"
    if type == "hash":
        return _HASHES[len(value)]
    return "domain" if type == "hostname" else type
