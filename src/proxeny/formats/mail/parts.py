"""The MIME tree of a mail, taken apart under limits: the words of its body, and what is attached."""

from __future__ import annotations

import re
from email.message import Message

import msgspec

from proxeny.base.errors import refuse
from proxeny.formats.mail.words import decoded, header_words, html_words
from proxeny.identify.report import Loss

MAX_PARTS = 200  # of one mail; mailing-list digests carry some dozens
MAX_DEPTH = 10  # of multiparts and forwarded mails in one another
MAX_LINES = 2_000_000  # the standard parser goes line by line; 64 MiB of base64 are 900,000
MAX_HEADER = 200_000  # bytes before the body
MAX_FIELD = 20_000  # bytes of a header on content; parsing its parameters is not linear

_CONTENT_HEADER = re.compile(
    rb"(?:^|[\r\n])content-[a-z-]{1,40}:[^\r\n]*+(?:[\r\n]{1,2}[ \t][^\r\n]*+)*+", re.IGNORECASE
)


class Attached(msgspec.Struct, frozen=True):
    """A part that is not the words of the mail itself."""

    at: str  # "part 2.1"
    name: str
    type: str  # media type in lower case
    data: bytes
    message: Message | None = None  # where the part is a forwarded mail


class Content(msgspec.Struct):
    """What a mail holds, gathered part by part."""

    texts: list[str] = []
    links: list[str] = []
    attached: list[Attached] = []
    losses: list[Loss] = []
    parts: int = 0


def check_mail(data: bytes, place: str) -> None:
    """Refuse, before the parser sees it, what would take it long: lines, header or parts without end."""
    if max(data.count(b"\n"), data.count(b"\r")) > MAX_LINES:
        raise refuse(place, f"a mail of more than {MAX_LINES} lines", "send the report without its annexes")
    ends = [at for at in map(data.find, (b"\n\n", b"\r\n\r\n", b"\r\r")) if at >= 0]
    long = any(len(header[0]) > MAX_FIELD for header in _CONTENT_HEADER.finditer(data))
    if long or min(ends, default=len(data)) > MAX_HEADER:
        raise refuse(place, f"more than {MAX_HEADER} bytes of mail headers", "send the report as text")
    lower = data.lower()
    if lower.count(b"multipart/") + lower.count(b"message/") > 2 * MAX_PARTS:
        raise refuse(place, f"a mail of more than {MAX_PARTS} parts", "send the attachments one by one")


def content_of(message: Message, place: str) -> Content:
    """The words and the attachments of a mail. Raises InputError where it has too many parts."""
    content = Content()
    _take(message, "", 1, content, place)
    return content


def _take(part: Message, path: str, depth: int, content: Content, place: str) -> None:
    content.parts += 1
    if content.parts > MAX_PARTS or depth > MAX_DEPTH:
        raise refuse(
            f"{place}, part {path or '0'}",
            f"more than {MAX_PARTS} parts, or nested deeper than {MAX_DEPTH}",
            "send the attachments one by one",
        )
    media = part.get_content_type()
    at = f"part {path}" if path else "body"
    # Only of a multipart: of a leaf this would decode with whatever codec the mail names.
    payload = part.get_payload() if part.is_multipart() else None
    children = (
        [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else None
    )
    if media == "multipart/encrypted" or media.endswith("pkcs7-mime"):
        content.losses.append(Loss(at=at, why=f"{media}: encrypted, not opened"))
    elif media == "message/rfc822" and children and path:
        content.attached.append(Attached(at, _name(part), media, b"", children[0]))
    elif children is not None:
        _take_many(media, children, path, depth, content, place)
    elif media in (
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
    ):
        content.losses.append(Loss(at=at, why="the signature is not verified"))
    elif media in ("text/plain", "text/html") and not _is_attached(part):
        _take_words(part, media, at, content)
    else:
        content.attached.append(Attached(at, _name(part), media, _bytes(part)))


def _take_many(
    media: str, children: list[Message], path: str, depth: int, content: Content, place: str
) -> None:
    chosen = list(enumerate(children, start=1))
    if media == "multipart/alternative":
        chosen = _alternative(chosen)
    for number, child in chosen:
        _take(child, f"{path}.{number}" if path else str(number), depth + 1, content, place)


def _alternative(children: list[tuple[int, Message]]) -> list[tuple[int, Message]]:
    """The plain words where there are any; else all, of which HTML is read as words."""
    for number, child in children:
        if child.get_content_type() == "text/plain" and _bytes(child).strip():
            return [(number, child), *((n, c) for n, c in children if c.get_content_maintype() != "text")]
    return children


def _take_words(part: Message, media: str, at: str, content: Content) -> None:
    text, whole = decoded(_bytes(part), _charset(part))
    if not whole:
        content.losses.append(Loss(at=at, why="bytes that are no characters of its charset are left out"))
    if media == "text/html":
        text, links = html_words(text)
        content.links += links
    else:
        text = text.replace("\r\n", "\n").strip("\n")
    if text.strip():
        content.texts.append(text)


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_name(part))


def _charset(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def _bytes(part: Message) -> bytes:
    """The decoded bytes of a leaf; what its transfer encoding does not allow is left as it stands."""
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError):
        return b""
    return data if isinstance(data, bytes) else b""


def _name(part: Message) -> str:
    try:
        name = part.get_filename()
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    return header_words(str(name))[:255] if name else ""
