"""A written mail: the recipient's language in both forms, nothing that is fetched or clicked, nothing of who did it."""

from __future__ import annotations

import datetime as dt
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import KNOWLEDGE
from proxeny.actions.convert import Asked, converter
from proxeny.formats.mail.write import write
from proxeny.formats.outgoing import Author, Outgoing
from proxeny.identify.report import Indicator, Marking, Report, Withheld

AT = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
TEXT = b"Ransomware encrypted the servers of a hospital in XA. The group Night Owl did it. See http://evil.example/x."


def parsed(data: bytes) -> EmailMessage:
    return message_from_bytes(data, policy=default)


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def report(**given: object) -> Report:
    return Report(digest="sha256:00", format="text", **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["ar", "en", "es", "fr", "ru", "zh"])
def test_both_forms_name_the_type_in_the_language_of_the_recipient(language: str) -> None:
    convert = converter(Asked(target="email", at=AT, language=language), KNOWLEDGE)
    message = parsed(convert(TEXT, "x")[0].data)
    label = KNOWLEDGE.terminology.concept("ransomware").label[language]
    for kind in ("plain", "html"):
        assert label in body(message, kind)
    assert message["Content-Language"] == language
    assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in body(message, "html")


def test_no_program_takes_an_observable_for_a_link() -> None:
    found = tuple(
        Indicator(type=kind, value=value)
        for kind, value in (
            ("url", "http://evil.example/x"),
            ("ipv4", "192.0.2.1"),
            ("email", "a@evil.example"),
            ("domain", "evil.example"),
        )
    )
    message = parsed(write(Outgoing(report=report(indicators=found), at=AT)).data)
    for kind in ("plain", "html"):
        text = body(message, kind)
        for value in ("evil.example", "192.0.2.1", "http:", "a@"):
            assert value not in text
        assert "hxxp://evil[.]example/x" in text


def test_who_did_it_is_never_written_and_its_loss_is_told() -> None:
    named = report(withheld=(Withheld(kind="actor", value="Night Owl", at="/x"),), title="t")
    written = write(Outgoing(report=named, at=AT))
    assert b"Night Owl" not in written.data
    assert any("never exported" in loss.why for loss in written.losses)


def test_the_marking_and_the_exercise_stand_before_everything() -> None:
    marked = report(kind="exercise", marking=Marking(tlp="TLP:AMBER"), title="Outage")
    message = parsed(write(Outgoing(report=marked, at=AT)).data)
    assert message["Subject"] == "[TLP:AMBER] [EXERCISE] Outage"


@given(st.text(max_size=300), st.text(max_size=2000))
def test_whatever_a_report_says_stays_words(title: str, text: str) -> None:
    message = parsed(write(Outgoing(report=report(title=title, text=text), at=AT)).data)
    assert set(message.keys()) <= {
        *("Subject", "From", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Language")
    }
    html = body(message, "html")
    assert "<script" not in html.lower() or "&lt;script" in html.lower()
    assert html.count("<h1") == 1
    plain = body(message, "plain")
    for word in text.split():
        if word.isascii() and word.isalnum():
            assert word in plain


def test_the_same_report_gives_the_same_bytes() -> None:
    out = Outgoing(report=report(title="t", text="x"), at=AT, author=Author(name="XA CERT", given=True))
    assert write(out).data == write(out).data
