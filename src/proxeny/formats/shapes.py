"""Files that are no text of a report: told by their first bytes, named, and answered with a remedy."""

from __future__ import annotations

import re

from proxeny.base.errors import Fault

READ = (
    "this version reads MISP events, STIX 2.1, VERIS, IntelMQ events, IDEA0, X-ARF, IODEF 2, CSAF 2.0, "
    "Shadowserver reports, e-mail and text"
)
LATER = f"a later version will read it; {READ}"

# First bytes, what they begin, and what the person can do. From the formats' own specifications.
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "a ZIP archive or an Office document", "unpack it, or save the document as text"),
    (b"PK\x05\x06", "an empty ZIP archive", "send the report itself"),
    (b"%PDF", "a PDF", "save its text as .txt"),
    (b"\x1f\x8b", "a gzip file", "unpack it first"),
    (b"BZh", "a bzip2 file", "unpack it first"),
    (b"\xfd7zXZ", "an xz file", "unpack it first"),
    (b"7z\xbc\xaf", "a 7-Zip archive", "unpack it first"),
    (b"Rar!", "a RAR archive", "unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a zstd file", "unpack it first"),
    (
        b"\xd0\xcf\x11\xe0",
        "an old Office document or an Outlook .msg",
        "save the message as .eml, or as text",
    ),
    (b"{\\rtf", "an RTF document", "save it as text"),
    (b"\x89PNG", "a PNG image", "send its text"),
    (b"\xff\xd8\xff", "a JPEG image", "send its text"),
    (b"GIF8", "a GIF image", "send its text"),
    (b"\x7fELF", "a program (ELF)", "send the report, never the malware"),
    (b"MZ\x90", "a program (Windows)", "send the report, never the malware"),
    (b"SQLite format 3", "an SQLite database", "export the report as JSON or text"),
    (b"PAR1", "a Parquet file", "export it as JSON lines"),
    (b"\xd4\xc3\xb2\xa1", "a packet capture", "send the report on it"),
    (b"\n\r\r\n", "a packet capture", "send the report on it"),
)
_FIRST_BYTES = tuple(magic for magic, _, _ in _MAGIC)
_ARMOURED: tuple[tuple[str, str, str], ...] = (
    ("PGP PUBLIC KEY BLOCK", "a PGP public key, not a report", "give the report itself"),
    ("PGP PRIVATE KEY BLOCK", "a PGP private key, not a report", "keep it secret, and give the report"),
    ("PGP SIGNATURE", "a detached PGP signature, not a report", "give the file that it signs"),
    ("PGP MESSAGE", "PGP-encrypted, not opened", "decrypt it first"),
    ("CERTIFICATE", "a certificate, not a report", "give the report itself"),
)
_XML_ROOTS: dict[str, tuple[str, str]] = {
    "stix_package": ("STIX 1 (XML)", LATER),
    "idmef-message": ("IDMEF (XML)", READ),
    "alert": ("CAP (XML)", READ),
    "ioc": ("OpenIOC (XML)", READ),
    "schema": ("an XML schema, not a report", "give the report itself"),
    "html": ("an HTML page", "save its text as .txt, or send it as e-mail"),
}
_XML = re.compile(
    r"\s*<(?:\?xml\b|!DOCTYPE\b|!--|(?:[\w.-]+:)?[A-Za-z][\w.-]*(?:\s[^<>]*)?/?>)", re.IGNORECASE
)
_ROOT = re.compile(r"<(?:[\w.-]{1,60}+:)?([A-Za-z][\w.-]{0,60}+)")
_ARMOUR = re.compile(r"\s*-----BEGIN ([A-Z ]{1,40})-----")
_JSON = re.compile(r'\s*(?:\{\s*(?:"|\}|$)|\[\s*(?:\{|$))')
_CELL = re.compile(r'"?[^\W\d][\w .:/()%#-]{0,60}"?')


def foreign_bytes(data: bytes, place: str) -> Fault | None:
    """The fault of a file that is no text at all: an archive, an image, a program …"""
    for magic, name, remedy in _MAGIC if data.startswith(_FIRST_BYTES) else ():
        if data.startswith(magic):
            return Fault(place, f"the file is {name}", remedy)
    if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Fault(
            place, "the file is binary, or UTF-16 without a byte order mark", "save it as UTF-8 text"
        )
    if data[:1] in (b"\x85", b"\x99", b"\xc6", b"\xd2") and b"\n" not in data[:40]:
        return Fault(place, "the file seems to be binary PGP data", "decrypt it first")
    return None


def foreign_text(text: str, place: str) -> Fault | None:
    """The fault of a text that is written for programs in a form this version does not read as text."""
    armour = _ARMOUR.match(text)
    if armour:
        for name, what, remedy in _ARMOURED:
            if armour[1] == name:
                return Fault(place, f"the file is {what}", remedy)
    if _XML.match(text) and text.rstrip().endswith(">"):
        return _xml_fault(text, place)
    if _is_table(text):
        return _table_fault(text, place)
    return None


def xml_root(text: str) -> str:
    """The local name of the root element in lower case, "" where the text does not begin as XML does."""
    if _XML.match(text) is None:
        return ""
    return next((m[1] for m in _ROOT.finditer(_without_comments(text[:20_000]))), "").lower()


def looks_like_json(text: str) -> bool:
    """Whether the text begins as a JSON object or list of objects does, not as `[TLP:RED] …`."""
    return _JSON.match(text) is not None


def _xml_fault(text: str, place: str) -> Fault:
    root = next((m[1] for m in _ROOT.finditer(_without_comments(text[:20_000]))), "")
    if not root:
        return Fault(place, "the file is XML without an element", "send it again whole")
    name, remedy = _XML_ROOTS.get(root.lower(), (f"XML with the root {root!r}", READ))
    return Fault(place, f"the file is {name}", remedy)


def _without_comments(text: str) -> str:
    parts = []
    at = 0
    while (start := text.find("<!--", at)) >= 0:
        parts.append(text[at:start])
        end = text.find("-->", start)
        if end < 0:
            return "".join(parts)
        at = end + 3
    return "".join((*parts, text[at:]))


def _is_table(text: str) -> bool:
    """A header row of at least four names, and a second row of as many cells."""
    head, _, rest = text[:8192].lstrip("\ufeff\r\n ").partition("\n")
    second = rest.partition("\n")[0]
    for separator in ",;\t|":
        if head.count(separator) >= 3:
            cells = [cell.strip() for cell in head.strip().split(separator)]
            names = all(_CELL.fullmatch(cell) for cell in cells) and not any(c.count(" ") > 3 for c in cells)
            # In prose a comma is followed by a blank; in a header row it seldom is.
            tight = separator != "," or ", " not in head
            return names and tight and second.count(separator) * 4 >= len(cells) * 3 - 3
    return False


def _table_fault(text: str, place: str) -> Fault:
    from proxeny.formats.shadowserver.header import unknown_header

    head = text[:8192].lstrip("\ufeff\r\n ").partition("\n")[0]
    separator = max(",;\t|", key=head.count)
    return unknown_header([cell.strip().strip('"') for cell in head.strip().split(separator)], place)
