"""E-mail (RFC 5322, MIME: RFC 2045 to 2049) to a Report; structured attachments become its children.

Nothing of a mail is executed, fetched or followed; signatures are not verified, and what is encrypted
is not opened. Each of these is written down as a loss.
"""

from __future__ import annotations

import datetime as dt
import re
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parsedate_to_datetime

from proxeny.base.errors import InputError, refuse
from proxeny.base.wire import DEFAULT_LIMITS, Limits, check_size, digest_of
from proxeny.formats.entries import shortened
from proxeny.formats.indicators import indicator_of, indicators_in_text
from proxeny.formats.mail.parts import Attached, Content, check_mail, content_of
from proxeny.formats.mail.words import header_words
from proxeny.formats.marking import marking_in_text
from proxeny.formats.shapes import foreign_bytes, foreign_text
from proxeny.formats.text.kind import marked_kind
from proxeny.formats.text.read import losses_of
from proxeny.identify.report import Indicator, Loss, Report

MAX_FORWARDED = 4  # mails within mails within mails

_READ_AS_REPORT = re.compile(
    r"application/(?:json|.*\+json|xml|.*\+xml|octet-stream|x-ndjson|misp|stix)|text/(?:plain|markdown|xml|json|x-.*)"
)
_BY_NAME = re.compile(r"\.(?:json|jsonl|ndjson|xml|stix|misp|txt|md|eml|log|csv)$", re.IGNORECASE)
_HEADER_LINE = re.compile(rb"[!-9;-~]{1,76}:")


def read(data: bytes, place: str, limits: Limits = DEFAULT_LIMITS) -> list[Report]:
    """The one Report of a mail; `text` is the subject, a blank line, and the body in words.

    Raises InputError for what is no mail, is too large, or has too many lines, parts or levels.
    """
    check_size(data, place, limits)
    fault = foreign_bytes(data, place) or foreign_text(data[:4096].decode("utf-8", "replace"), place)
    if fault:
        raise InputError(fault)
    check_mail(data, place)
    start = data.lstrip(b"\r\n\xef\xbb\xbf")
    if start.startswith(b"From "):  # the separator line of mbox (RFC 4155)
        start = start.partition(b"\n")[2]
    if not _HEADER_LINE.match(start):
        raise refuse(
            f"{place}, line 1",
            "no header line of an e-mail",
            "save the message whole (.eml), or give it as text",
        )
    try:
        message = BytesParser(policy=compat32).parsebytes(start)
        return [_report(message, digest_of(data), None, place, limits, 0)]
    except RecursionError as error:
        raise refuse(place, "a mail nested too deep", "send the attachments one by one") from error


def _report(
    message: Message, digest: str, part: str | None, place: str, limits: Limits, level: int
) -> Report:
    subject = _header(message, "subject")
    content = content_of(message, place)
    text = "\n\n".join(piece for piece in (subject, *content.texts) if piece)
    if len(text) > limits.text:
        raise refuse(
            place, f"more than {limits.text} characters of text", "send the report without its annexes"
        )
    children, indicators = _attachments(content, digest, place, limits, level)
    if not text and not children:
        raise refuse(place, "the mail holds neither words nor a report", "give a report")
    moment, losses = _date(message)
    return Report(
        digest=digest,
        format="email",
        kind=marked_kind(text),
        part=part,
        source_id=_header(message, "message-id").strip("<> ") or None,
        title=shortened(subject or text),
        text=text,
        reported=moment,
        indicators=_once((*indicators_in_text(text), *_links(content), *indicators)),
        marking=marking_in_text(text),
        losses=(*losses, *losses_of(text), *content.losses),
        children=tuple(children),
    )


def _header(message: Message, name: str) -> str:
    """The first header of that name, in words."""
    for key, value in message.raw_items():
        if key.lower() == name:
            return header_words(str(value))
    return ""


def _date(message: Message) -> tuple[dt.datetime | None, list[Loss]]:
    """When it was sent, and what is not held. The zone -0000 is UTC (RFC 5322, section 3.3)."""
    losses = [Loss(at="headers", why="sender, addressees and the way of transport are not held")]
    written = _header(message, "date")
    if not written:
        return None, losses
    try:
        moment = parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None, [*losses, Loss(at="Date", why=f"{written[:60]!r} is no date of RFC 5322")]
    if moment.tzinfo is None:
        if not re.search(r"-0000\b", written):
            return None, [*losses, Loss(at="Date", why=f"{written[:60]!r} has no offset from UTC")]
        return moment.replace(tzinfo=dt.UTC), losses
    try:
        return moment.astimezone(dt.UTC), losses
    except OverflowError:
        return None, [*losses, Loss(at="Date", why=f"{written[:60]!r} is out of range")]


def _attachments(
    content: Content, digest: str, place: str, limits: Limits, level: int
) -> tuple[list[Report], list[Indicator]]:
    """The attachments that are reports, and the digests of the others."""
    children: list[Report] = []
    indicators: list[Indicator] = []
    for item in content.attached:
        where = f"{place}, {item.at}" + (f" {item.name!r}" if item.name else "")
        try:
            found = _opened(item, digest, where, limits, level)
        except InputError as error:
            content.losses.append(Loss(at=item.at, why=f"not read: {error.faults[0].message[:200]}"))
            found = None
        if found:
            children += found
        elif item.message is None and item.data:
            indicators += _unopened(item, content)
    return children, indicators


def _opened(item: Attached, digest: str, where: str, limits: Limits, level: int) -> list[Report] | None:
    if level >= MAX_FORWARDED:
        return None
    if item.message is not None:
        return [_report(item.message, digest, item.at, where, limits, level + 1)]
    if not item.data.strip() or not (_READ_AS_REPORT.fullmatch(item.type) or _BY_NAME.search(item.name)):
        return None
    # Detection knows every reader, this one too: imported here, where one is needed.
    from proxeny.formats.detect import read as read_any

    part = item.name or item.at
    return [_within(report, part) for report in read_any(item.data, where, "auto", limits)]


def _within(report: Report, part: str) -> Report:
    import msgspec

    return msgspec.structs.replace(report, part=f"{part}, {report.part}" if report.part else part)


def _unopened(item: Attached, content: Content) -> list[Indicator]:
    digest = digest_of(item.data)
    name = repr(item.name) if item.name else "without a name"
    why = f"attachment {name} ({item.type}, {len(item.data)} bytes, {digest}) is not opened"
    content.losses.append(Loss(at=item.at, why=why))
    found = [indicator_of("sha256", digest.removeprefix("sha256:"), item.at)]
    if item.name:
        found.append(indicator_of("filename", item.name, item.at))
    return [indicator for indicator in found if indicator]


def _links(content: Content) -> list[Indicator]:
    """The addresses behind the words of an HTML body."""
    found = []
    for link in content.links[:1000]:
        scheme, _, rest = link.partition(":")
        kind = "email" if scheme.lower() == "mailto" else "url"
        indicator = indicator_of(kind, rest.partition("?")[0] if kind == "email" else link, "HTML link")
        if indicator:
            found.append(indicator)
    return found


def _once(indicators: tuple[Indicator, ...]) -> tuple[Indicator, ...]:
    first: dict[tuple[str, str], Indicator] = {}
    for indicator in indicators:
        first.setdefault((indicator.type, indicator.value), indicator)
    return tuple(first.values())
