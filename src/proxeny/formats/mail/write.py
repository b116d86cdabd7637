"""A report as an e-mail in the recipient's language: the same words as plain text and as HTML (RFC 2046, section 5.1.4).

Observables are written so that no mail program makes links of them. Nothing in the HTML is fetched from anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

from proxeny.formats.outgoing import Outgoing, Written, identifier, moment, untold
from proxeny.identify.identification import Finding, Identification
from proxeny.identify.report import Indicator, Loss

MOST_OBSERVABLES = 500  # a longer list is a data set, to be sent in a format for programs
MAX_SUBJECT = 180  # code points; RFC 5322, section 2.1.1, allows 998 octets a line, readers show far fewer
_HELD = ("title", "text", "language", "occurred", "detected", "reported", "states", "indicators", "marking")
_RIGHT_TO_LEFT = frozenset({"ar"})
_STYLE = "font-family:sans-serif;line-height:1.5;max-width:45em"

Section = tuple[str, list[str]]
"""A heading and its lines."""


def _(message: str) -> str:
    """Marks a message for the catalogues; it is translated when written."""
    return message


_KINDS = {"exercise": _("EXERCISE"), "test": _("TEST")}
_LISTS = (
    (_("Cause"), "causes"),
    (_("Origin"), "origins"),
    (_("Technique"), "techniques"),
    (_("Effect"), "effects"),
    (_("Sector"), "sectors"),
)


def write(out: Outgoing) -> Written:
    """The mail as bytes, without recipients: whoever sends it names them."""
    sections = list(_sections(out))
    message = EmailMessage(policy=SMTP)
    message["Subject"] = _subject(out)
    message["From"] = Address(out.author.name, addr_spec=out.author.contact)
    message["Date"] = moment(out)
    message["Message-ID"] = f"<{identifier(out.report, 'mail')}@{out.author.domain}>"
    message.set_content(_plain(out, sections), cte="quoted-printable")
    message.add_alternative(_html(out, sections), subtype="html", cte="quoted-printable")
    message["Content-Language"] = out.language
    message.set_boundary(f"={identifier(out.report, 'boundary').hex}=")
    losses = [*untold(out.report, _HELD)]
    if len(out.report.indicators) > MOST_OBSERVABLES:
        losses.append(Loss(at="indicators", why=f"observables beyond the first {MOST_OBSERVABLES}"))
    if not out.author.given:
        losses.append(Loss(at="author", why="no reporter was given: the sender is a placeholder"))
    return Written(message.as_bytes(), tuple(losses))


def _subject(out: Outgoing) -> str:
    """The marking and the kind before the title, on one line."""
    report, say = out.report, out.say
    kind = _KINDS.get(report.kind)
    marks = [mark for mark in (report.marking.tlp, say(kind) if kind else None) if mark]
    title = report.title or (out.label(out.said[0][0]) if out.said else say("Report of an incident"))
    line = " ".join("".join(char if char.isprintable() else " " for char in title).split())
    return "".join(f"[{mark}] " for mark in marks) + line[:MAX_SUBJECT]


def _sections(out: Outgoing) -> Iterator[Section]:
    report, say = out.report, out.say
    kind = _KINDS.get(report.kind)
    marks = [m for m in (report.marking.tlp, report.marking.pap, say(kind) if kind else None) if m]
    if marks:
        yield say("Marking"), marks
    if out.found is not None:
        yield from _found(out, out.found)
    times = [
        (say("Occurred"), report.occurred),
        (say("Detected"), report.detected),
        (say("Reported"), report.reported),
    ]
    for heading, time in times:
        if time is not None:
            yield heading, [time.isoformat()]
    if report.states:
        yield say("States affected"), [say(", ").join(report.states)]
    codes = [f"{scheme}:{code}" for scheme, some in out.codes.items() for code in some]
    if codes:
        yield say("Codes"), codes
    if report.text.strip():
        yield say("What was reported"), report.text.strip().splitlines()
    if report.indicators:
        yield say("Observables"), [_observable(found) for found in report.indicators[:MOST_OBSERVABLES]]


def _found(out: Outgoing, found: Identification) -> Iterator[Section]:
    say = out.say
    if found.types:
        yield say("Type"), [_named(finding, out) for finding in found.types]
    for heading, name in _LISTS:
        some: Sequence[Finding] = getattr(found, name)
        if some:
            yield say(heading), [say(", ").join(out.label(f.slug) for f in some)]
    if found.level is not None:
        low, high = found.level.low, found.level.high
        shown = str(low) if low == high else say("{low} to {high}").format(low=low, high=high)
        yield say("Level"), [say("{level} of 7").format(level=shown)]
    recommended = [out.label(f.slug) for f in found.responses if f.status == "recommended"]
    if recommended:
        yield say("To do"), recommended
    if found.questions:
        yield say("Questions"), [question.text for question in found.questions]


def _named(finding: Finding, out: Outgoing) -> str:
    return f"{out.label(finding.slug)} [{finding.slug}]"


def _observable(found: Indicator) -> str:
    """An observable that no program takes for a link, by the habit of the field: hxxp, [.], [@]."""
    value = found.value
    if found.type in ("ipv4", "ipv6", "domain", "url", "email"):
        value = value.replace("http", "hxxp", 1) if found.type == "url" else value
        value = value.replace(".", "[.]").replace("@", "[@]")
    port = f" ({found.protocol or 'port'} {found.port})" if found.port is not None else ""
    return f"{found.type}: {value}{port}"


def _plain(out: Outgoing, sections: Sequence[Section]) -> str:
    parts = [out.report.title, ""] if out.report.title else []
    for heading, lines in sections:
        parts += [
            out.say("{heading}: ").format(heading=heading).rstrip(),
            *(f"  {line}" for line in lines),
            "",
        ]
    return "\n".join(parts)


def _html(out: Outgoing, sections: Sequence[Section]) -> str:
    direction = "rtl" if out.language in _RIGHT_TO_LEFT else "ltr"
    body = "".join(
        f"<h2>{escape(heading)}</h2>" + "".join(f'<p dir="auto">{escape(line)}</p>' for line in lines)
        for heading, lines in sections
    )
    title = escape(out.report.title)
    return (
        f'<!DOCTYPE html><html lang="{out.language}" dir="{direction}"><head><meta charset="utf-8">'
        f'<title>{title}</title></head><body style="{_STYLE}">'
        f'<h1 dir="auto">{title}</h1>{body}</body></html>\n'
    )
