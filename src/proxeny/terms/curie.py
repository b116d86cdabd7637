"""CURIEs of codes. SSSOM and Turtle allow only what a URI allows, and codes hold quotes and blanks: the local part is
percent-encoded (RFC 3986, section 2.1), so that `rsit:availability="ddos"` becomes `rsit:availability%3D%22ddos%22`."""

from __future__ import annotations

import re

from proxeny.terms.crosswalk import Scheme

TERMS = "https://proxeny.org/terms/"
"""What the prefix `px` stands for: `px:1029` is https://proxeny.org/terms/1029."""

_ENCODED = re.compile("(?:%[0-9A-Fa-f]{2})+")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def percent_encode(code: str) -> str:
    """The code with everything but the unreserved characters of RFC 3986, section 2.3, encoded."""
    return "".join(
        char if char in _UNRESERVED else "".join(f"%{byte:02X}" for byte in char.encode()) for char in code
    )


def percent_decode(local: str) -> str:
    """The code of a local part. What is no encoded UTF-8 stays as it is written."""
    return _ENCODED.sub(_decoded, local)


def _decoded(match: re.Match[str]) -> str:
    try:
        return bytes.fromhex(match[0].replace("%", "")).decode()
    except UnicodeDecodeError:
        return match[0]


def curie_of(scheme: str, code: str) -> str:
    """The CURIE of a code."""
    return f"{scheme}:{percent_encode(code)}"


def address_of(scheme: Scheme, code: str) -> str:
    """The URI of a code: what its CURIE expands to."""
    return scheme.address + percent_encode(code)


def made_address(scheme: str) -> str:
    """What the prefix of a scheme stands for where its publisher states nothing."""
    return f"https://proxeny.org/vocabularies/{percent_encode(scheme)}#"
