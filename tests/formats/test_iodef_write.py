"""What is written of a Report: valid by the official schemas, read back alike in both forms, never attribution."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import KNOWLEDGE
from proxeny.formats.indicators import indicator_of
from proxeny.formats.iodef.classes import BUSINESS_IMPACTS, SYSTEM_IMPACTS
from proxeny.formats.iodef.read import read as read_xml
from proxeny.formats.iodef.write import write as write_xml
from proxeny.formats.iodef_json.read import read as read_json
from proxeny.formats.iodef_json.write import write as write_json
from proxeny.formats.outgoing import TARGETS, Author, Outgoing, moment
from proxeny.identify.report import Indicator, Loss, Marking, Report, Stated, Tag, Withheld
from proxeny.terms.translation import codes_for
from shared import SHARED

SCHEMAS = SHARED / "data" / "schemas" / "iodef"
XSD = SCHEMAS / "iodef-2.0.xsd"
JSON_SCHEMA = SCHEMAS / "json-iodef-draft14.schema.json"
VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "formats"
AT = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)
AUTHOR = Author(name="Desk of XA", contact="desk@xa.invalid", domain="xa.invalid", given=True)

# The schema of IODEF imports four others by their addresses on the web. These hold what of them it refers to.
_SCHEMA = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{}" elementFormDefault="qualified">'
    "{}</xs:schema>"
)
_ELEMENT = '<xs:element name="{}"/>'
IMPORTED = {
    "iodef-enum-1.0.xsd": _SCHEMA.format(
        "urn:ietf:params:xml:ns:iodef-enum-1.0",
        '<xs:element name="ReferenceName"><xs:complexType><xs:sequence><xs:element name="ID" type="xs:NCName"/>'
        '</xs:sequence><xs:attribute name="specIndex" type="xs:integer" use="required"/></xs:complexType></xs:element>',
    ),
    "iodef-sci-1.0.xsd": _SCHEMA.format(
        "urn:ietf:params:xml:ns:iodef-sci-1.0",
        "".join(map(_ELEMENT.format, ("AttackPattern", "Vulnerability", "Weakness"))),
    ),
    "xmldsig-core-schema.xsd": _SCHEMA.format(
        "http://www.w3.org/2000/09/xmldsig#",
        '<xs:element name="DigestMethod"><xs:complexType><xs:attribute name="Algorithm" type="xs:anyURI"'
        ' use="required"/></xs:complexType></xs:element><xs:element name="DigestValue" type="xs:base64Binary"/>'
        + "".join(map(_ELEMENT.format, ("CanonicalizationMethod", "Signature", "X509Data"))),
    ),
    "xml.xsd": _SCHEMA.format(
        "http://www.w3.org/XML/1998/namespace", '<xs:attribute name="lang" type="xs:language"/>'
    ),
}


@cache
def xsd() -> Any:
    """The official XML schema, or a skipped test where it or the validator is not there."""
    etree = pytest.importorskip("lxml.etree", reason="lxml is not installed")
    if not XSD.exists():
        pytest.skip(f"no schema at {XSD}")

    class Offline(etree.Resolver):  # type: ignore[misc, name-defined]
        def resolve(self, url: str, _: str, context: Any) -> Any:
            text = IMPORTED.get(url.rsplit("/", 1)[-1])
            return self.resolve_string(text, context) if text else None

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Offline())
    return etree.XMLSchema(etree.parse(str(XSD), parser))


@cache
def json_schema() -> Any:
    """The JSON schema of draft 14, or a skipped test where it or the validator is not there."""
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    if not JSON_SCHEMA.exists():
        pytest.skip(f"no schema at {JSON_SCHEMA}")
    return jsonschema.Draft4Validator(json.loads(JSON_SCHEMA.read_text(encoding="utf-8")))


def xml_faults(data: bytes) -> list[str]:
    etree = pytest.importorskip("lxml.etree")
    schema = xsd()
    schema.validate(etree.fromstring(data))
    return [str(entry) for entry in schema.error_log]


def json_faults(data: bytes) -> list[str]:
    return [error.message for error in json_schema().iter_errors(json.loads(data))]


def outgoing(report: Report, **more: Any) -> Outgoing:
    fields: dict[str, Any] = {"report": report, "at": AT, "author": AUTHOR}
    return Outgoing(**fields | more)


def report(**fields: Any) -> Report:
    return Report(**{"digest": "sha256:00", "format": "text"} | fields)


VALUES = {
    "ipv4": st.ip_addresses(v=4).map(str),
    "ipv6": st.ip_addresses(v=6).map(str),
    "cidr": st.sampled_from(["192.0.2.0/24", "2001:db8::/32"]),
    "domain": st.from_regex(r"[a-z]{1,8}\.example\.(?:org|net)", fullmatch=True),
    "url": st.from_regex(r"https?://[a-z]{1,8}\.example\.org/[a-zA-Z0-9&<>\"'%?=#]{0,12}", fullmatch=True),
    "email": st.from_regex(r"[a-z+'&]{1,6}@example\.org", fullmatch=True),
    "mac": st.from_regex(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", fullmatch=True),
    "asn": st.integers(64_496, 64_511).map("AS{}".format),
    "md5": st.from_regex(r"[0-9a-f]{32}", fullmatch=True),
    "sha1": st.from_regex(r"[0-9a-f]{40}", fullmatch=True),
    "sha256": st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    "sha512": st.from_regex(r"[0-9a-f]{128}", fullmatch=True),
    "cve": st.integers(1000, 99_999).map("CVE-2026-{}".format),
    "filename": st.from_regex(r"[\w.&<> -]{1,20}", fullmatch=True),
    "other": st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=20),
}
PLACED = ("ipv4", "ipv6", "cidr", "domain", "url", "email", "mac", "asn")
PORTED = ("ipv4", "ipv6", "cidr", "domain", "url")
XML_TEXT = st.characters(
    codec="utf-8",
    exclude_categories=["Cc", "Cs"],
    include_characters="\t\n\r",
    exclude_characters="\ufffe\uffff",
)
words = st.text(XML_TEXT, max_size=60).map(str.strip)
moments = st.none() | st.integers(10**9, 4 * 10**9).map(
    lambda second: dt.datetime.fromtimestamp(second, dt.UTC)
)


@st.composite
def indicators(draw: st.DrawFn) -> Indicator:
    kind = draw(st.sampled_from(sorted(VALUES)))
    found = indicator_of(kind, draw(VALUES[kind]))
    if found is None:
        return Indicator(type="ipv4", value="192.0.2.1")
    role = draw(st.sampled_from([None, "source", "target"])) if found.type in PLACED else None
    port = draw(st.none() | st.integers(0, 65_535)) if found.type in PORTED else None
    protocol = (
        draw(st.sampled_from([None, "tcp", "udp", "icmp", "https", "modbus"]))
        if found.type in PORTED
        else None
    )
    return msgspec.structs.replace(found, role=role, port=port, protocol=protocol)


IMPACTS = [
    ("iodef", f"{name}.{kind}")
    for name, kinds in (("SystemImpact", SYSTEM_IMPACTS), ("BusinessImpact", BUSINESS_IMPACTS))
    for kind in kinds
    if kind != "unknown"
]
tags = st.one_of(
    st.sampled_from(IMPACTS),
    st.sampled_from(
        [
            ("rsit", 'availability="ddos"'),
            ("intelmq-old", "botnet drone"),
            ("veris", "action.hacking.variety.SQLi"),
            ("attack", "T1059.001"),
            ("attack", "T1486"),
            ("attack", "TA0001"),
            ("capec", "CAPEC-98"),
            ("cwe", "CWE-79"),
            ("free", 'a & b < "c"'),
        ]
    ),
).map(lambda pair: Tag(scheme=pair[0], code=pair[1], raw=pair[1], at="/x"))
reports = st.builds(
    Report,
    digest=st.just("sha256:00"),
    format=st.just("text"),
    kind=st.sampled_from(
        ["incident", "indicators", "threat-report", "advisory", "reference", "exercise", "test"]
    ),
    source_id=st.none() | words.filter(bool),
    title=words,
    text=words,
    language=st.sampled_from([None, "en", "fr", "zh-Hans"]),
    occurred=moments,
    detected=moments,
    reported=moments,
    tags=st.lists(tags, max_size=4, unique_by=lambda tag: (tag.scheme, tag.code)).map(tuple),
    indicators=st.lists(indicators(), max_size=5, unique=True).map(tuple),
    stated=st.lists(
        st.floats(0.01, 1e15).map(lambda value: Stated(path="loss_usd", value=value, words="", at="")),
        max_size=2,
    ).map(tuple),
    confidence=st.sampled_from([None, "0", "55", "99.5", "high"]),
    reporter=st.none() | words.filter(bool),
    marking=st.builds(
        Marking,
        tlp=st.sampled_from([None, "TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"]),
        pap=st.sampled_from([None, "PAP:GREEN", "PAP:RED"]),
    ),
)
written = st.builds(
    outgoing,
    reports,
    said=st.sampled_from([(), (("ransomware", "type"), ("malicious", "cause"))]),
    language=st.sampled_from(["en", "ar"]),
    label=st.sampled_from([str, KNOWLEDGE.labels("ar")]),
)


def bare(report: Report) -> Report:
    return msgspec.structs.replace(report, digest="", format="")


def codes(tags: tuple[Tag, ...]) -> set[tuple[str, str]]:
    return {(tag.scheme, tag.code) for tag in tags if tag.scheme != "proxeny"}


def unplaced(items: tuple[Indicator, ...]) -> set[Indicator]:
    return {msgspec.structs.replace(item, at="") for item in items}


@given(written)
@settings(max_examples=100)
def test_every_report_is_written_valid_by_the_official_schemas(out: Outgoing) -> None:
    assert xml_faults(write_xml(out).data) == []
    assert json_faults(write_json(out).data) == []


@given(written)
@settings(max_examples=100)
def test_what_was_written_is_read_back_alike_in_both_forms(out: Outgoing) -> None:
    (from_xml,) = read_xml(write_xml(out).data, "x.xml")
    (from_json,) = read_json(write_json(out).data, "x.json")
    assert bare(from_xml) == bare(from_json)
    told, back = out.report, from_xml
    assert back.kind == told.kind
    assert (back.text, back.marking, back.language) == (told.text or told.title, told.marking, told.language)
    assert back.title == told.title or not told.title
    assert (back.occurred, back.detected) == (told.occurred, told.detected)
    assert back.reported == (told.reported or moment(out))
    assert unplaced(back.indicators) == unplaced(told.indicators)
    assert codes(back.tags) == codes(told.tags)
    assert [item.value for item in back.stated] == [item.value for item in told.stated]
    assert back.confidence == (None if told.confidence == "high" else told.confidence)
    assert back.reporter == (told.reporter or AUTHOR.name)
    assert {tag.code for tag in back.tags if tag.scheme == "proxeny"} == {slug for slug, _ in out.said}


@given(written)
@settings(max_examples=30)
def test_the_same_report_gives_the_same_bytes(out: Outgoing) -> None:
    assert write_xml(out) == write_xml(out)
    assert write_json(out) == write_json(out)


@given(st.text(st.characters(codec="utf-8"), max_size=40))
@settings(max_examples=100)
def test_characters_that_xml_forbids_are_replaced_with_a_loss_and_no_others(text: str) -> None:
    done = write_xml(outgoing(report(text=f"a{text}b")))
    (back,) = read_xml(done.data, "x.xml")
    forbidden = [c for c in text if (c < " " and c not in "\t\n\r") or c in "\ufffe\uffff"]
    assert back.text == "a" + "".join("\ufffd" if c in forbidden else c for c in text) + "b"
    assert any("XML 1.0" in loss.why for loss in done.losses) == bool(forbidden)


def test_what_was_found_is_said_in_the_types_of_the_standard_and_in_the_terminology() -> None:
    said = (("ransomware", "type"), ("data-theft", "type"))
    (scheme,) = TARGETS["iodef"].schemes
    found = codes_for(KNOWLEDGE.crosswalks, list(said), scheme)
    out = outgoing(
        report(text="Files were encrypted."), said=said, codes={scheme: found}, label=KNOWLEDGE.labels("en")
    )
    (back,) = read_xml(write_xml(out).data, "x.xml")
    told = {f"{tag.scheme}:{tag.code}" for tag in back.tags}
    assert {"iodef:SystemImpact.availability-data", "proxeny:ransomware", "proxeny:data-theft"} <= told
    assert back.text == "Files were encrypted."
    assert b">Ransomware</IncidentCategory>" in write_xml(out).data


@pytest.mark.parametrize("write", [write_xml, write_json])
def test_a_statement_on_who_did_it_is_never_written_and_is_told_as_lost(write: Any) -> None:
    accusing = report(
        text="A server was entered.",
        withheld=(Withheld(kind="actor", value="SECRET-BEAR", at="/x"),),
        tags=(Tag(scheme="misp-galaxy", code='threat-actor="SECRET-BEAR"', raw="", at="/x"),),
    )
    done = write(outgoing(accusing))
    assert b"SECRET" not in done.data
    assert any("who did it" in loss.why for loss in done.losses)


def test_an_author_that_nobody_gave_is_told() -> None:
    done = write_xml(outgoing(report(), author=Author()))
    assert any(loss.why.startswith("no reporter was given") for loss in done.losses)
    assert not any(loss.at == "Contact" for loss in write_xml(outgoing(report())).losses)


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"states": ("XA",)}, "states"),
        ({"sectors": ("naics:622110",)}, "sectors"),
        ({"confidence": "high"}, "confidence"),
        ({"language": "not a language"}, "language"),
        ({"stated": (Stated(path="deaths", value=1, words="", at=""),)}, "stated"),
        ({"stated": (Stated(path="loss_usd", value=0, words="", at=""),)}, "stated"),
        ({"children": (Report(digest="", format="text"),)}, "children"),
        ({"tags": (Tag(scheme="rsit", code="x", raw="x", at="", scope="part"),)}, "tags"),
        ({"indicators": (Indicator(type="md5", value="0" * 32, role="source"),)}, "indicators/0"),
    ],
)
def test_what_the_format_cannot_hold_is_a_loss_with_its_place(fields: dict[str, Any], at: str) -> None:
    done = write_xml(outgoing(report(**fields)))
    assert at in {loss.at for loss in done.losses}
    assert all(isinstance(loss, Loss) and loss.why for loss in done.losses)
    assert xml_faults(done.data) == []


@pytest.mark.parametrize("form", ["iodef", "iodef-json"])
def test_the_cases_that_are_read_are_themselves_valid(form: str) -> None:
    folders = [
        case
        for case in (VECTORS / form).iterdir()
        if not case.name.endswith(("_fail", "draft-forms", "lines"))
    ]
    assert len(folders) >= 10
    for case in folders:
        (file,) = case.glob("document.*")
        assert (xml_faults if form == "iodef" else json_faults)(file.read_bytes()) == [], case.name


def test_an_exercise_never_bears_the_purpose_of_an_incident() -> None:
    for kind in ("exercise", "test"):
        assert f'ext-purpose="{kind}"'.encode() in write_xml(outgoing(report(kind=kind))).data
