"""Attached reports are identified by themselves; a mail whose own words tell no type takes theirs."""

from __future__ import annotations

import json
from email.message import EmailMessage

from knowledge import KNOWLEDGE
from proxeny.actions.identify import identify_reports
from proxeny.identify.identification import Identification

EVENT = {"classification.type": "ddos", "time.source": "2024-01-01T00:00:00+00:00"}
DRILL = {
    "Event": {
        "info": "x",
        "Tag": [{"name": 'rsit:fraud="phishing"'}, {"name": 'exercise:cyber-europe="2018"'}],
    }
}


def identified(words: str, attached: object = EVENT) -> Identification:
    message = EmailMessage()
    message["From"], message["Message-ID"] = "a@example.org", "<1@example.org>"
    if words:
        message.set_content(words)
    data = json.dumps(attached).encode()
    message.add_attachment(data, maintype="application", subtype="json", filename="e.json")
    (result,) = identify_reports(message.as_bytes(), "m.eml", KNOWLEDGE)
    return result


def test_an_attached_report_is_shown_with_its_types() -> None:
    (child,) = identified("A phishing mail was opened by the clerk.").report["children"]
    assert {"digest", "format", "kind", "title", "types", "primary"} <= set(child)
    assert (child["format"], child["kind"], child["part"]) == ("intelmq", "incident", "e.json")
    assert child["types"] == ["distributed-denial-of-service"]
    assert child["primary"] == "distributed-denial-of-service"


def test_a_mail_that_tells_a_type_keeps_to_its_own_words() -> None:
    result = identified("A phishing mail was opened by the clerk.")
    assert "distributed-denial-of-service" not in [f.slug for f in result.types]
    assert result.types


def test_a_mail_that_tells_no_type_takes_those_of_its_attachment_with_the_place_as_evidence() -> None:
    result = identified("")
    (finding,) = result.types
    assert (finding.slug, finding.basis, finding.primary) == ("distributed-denial-of-service", "code", True)
    assert finding.evidence[0].kind == "code"
    assert str(finding.evidence[0].at).startswith("e.json, ")
    assert result.report["kind"] == "incident"
    assert result.level is not None


def test_an_attached_exercise_gives_a_real_mail_no_type() -> None:
    result = identified("", DRILL)
    assert [c["kind"] for c in result.report["children"]] == ["exercise"]
    assert result.types == ()
