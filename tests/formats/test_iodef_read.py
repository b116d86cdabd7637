"""Reading both forms of IODEF: the examples of the RFCs, what is set aside, and inputs made to do harm."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxeny.base.errors import InputError
from proxeny.base.wire import DEFAULT_LIMITS, Limits
from proxeny.formats.detect import detect, read
from proxeny.formats.iodef.files import hash_form
from proxeny.formats.iodef.markup import MAX_ATTRIBUTE, MAX_ATTRIBUTES, MAX_ELEMENTS
from proxeny.formats.iodef.read import read as read_xml
from proxeny.formats.iodef_json.read import read as read_json
from proxeny.identify.report import Report
from shared import CORPUS

HEAD = '<IODEF-Document xmlns="urn:ietf:params:xml:ns:iodef-2.0" version="2.00">'
START = '<Incident purpose="reporting"><IncidentID name="csirt.example.org">1</IncidentID>'
CONTACT = '<Contact role="creator" type="organization"/>'
TIME = "<GenerationTime>2026-03-02T08:00:00Z</GenerationTime>"


def document(before: str = "", after: str = "") -> str:
    return f"{HEAD}{START}{TIME}{before}{CONTACT}{after}</Incident></IODEF-Document>"


def read_one(before: str = "", after: str = "") -> Report:
    (report,) = read_xml(document(before, after).encode(), "in.xml")
    return report


def refusal(data: bytes, limits: Limits = DEFAULT_LIMITS) -> InputError:
    with pytest.raises(InputError) as caught:
        read_xml(data, "in.xml", limits)
    assert all(fault.place.startswith("in.xml") and fault.remedy for fault in caught.value.faults)
    return caught.value


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at {CORPUS}")
def test_the_examples_of_the_standards_say_the_same_in_both_forms() -> None:
    (xml,) = read((CORPUS / "iodef2" / "rfc7970_7_2.xml").read_bytes(), "a.xml")
    (js,) = read((CORPUS / "iodef-json" / "example_Section7_2.txt").read_bytes(), "a.json")
    assert (xml.format, js.format) == ("iodef", "iodef-json")
    assert xml.text.split() == js.text.split()
    changes: dict[str, Any] = {"digest": "", "format": "", "text": "", "title": ""}
    assert msgspec.structs.replace(xml, **changes) == msgspec.structs.replace(js, **changes)
    assert (xml.kind, xml.source_id, xml.reporter) == ("indicators", "897923", "CSIRT for example.com")
    assert xml.marking.tlp == "TLP:GREEN"
    assert [(tag.scheme, tag.code) for tag in xml.tags] == [("iodef", "BusinessImpact.breach-proprietary")]
    assert [item.value for item in xml.indicators] == [
        "kj290023j09r34.example.com",
        "09ijk23jfj0k8.example.net",
        "klknjwfjiowjefr923.example.org",
        "oimireik79msd.example.org",
    ]
    assert sorted(item.kind for item in xml.withheld) == ["actor", "campaign"]


def test_utf_16_with_a_byte_order_mark_is_read() -> None:
    data = document("<Description>Ünïcode 文本</Description>").encode("utf-16")
    assert detect(data, "x") == "iodef"
    (report,) = read(data, "x")
    assert report.text == "Ünïcode 文本"


def test_prefixes_comments_and_processing_instructions_change_nothing() -> None:
    plain = document("<Description>Text.</Description>")
    prefixed = (
        "<?xml version='1.0'?><?xml-stylesheet href='http://example.org/x.xsl'?><!-- <!DOCTYPE x> -->"
        + plain.replace("</", "</i:")
        .replace("<", "<i:")
        .replace("<i:/i:", "</i:")
        .replace("xmlns=", "xmlns:i=")
    )
    assert detect(prefixed.encode(), "x") == "iodef"
    (one,), (two,) = read_xml(plain.encode(), "x"), read(prefixed.encode(), "x")
    assert msgspec.structs.replace(one, digest="") == msgspec.structs.replace(two, digest="")


def test_what_the_standard_does_not_know_is_a_loss_with_its_place() -> None:
    report = read_one(
        '<x:Other xmlns:x="urn:example">1</x:Other>', '<EventData colour="red"><Wrong/>stray</EventData>'
    )
    why = {loss.why: loss.at for loss in report.losses}
    assert why["unknown to IODEF 2: Other in Incident"] == "/Incident/0"
    assert why["unknown to IODEF 2: colour of EventData"] == "/Incident/0/EventData/0/colour"
    assert why["unknown to IODEF 2: Wrong in EventData"] == "/Incident/0/EventData/0"
    assert "unknown to IODEF 2: characters between the elements of EventData" in why


def test_losses_of_one_kind_are_one_line_with_their_number() -> None:
    report = read_one(after="<EventData><Expectation action='investigate'/><Expectation/></EventData>" * 3)
    (loss,) = [loss for loss in report.losses if "Expectation" in loss.why]
    assert (loss.at, loss.why) == (
        "/Incident/0/EventData/0/Expectation",
        "Expectation of EventData (3 times)",
    )


def test_a_restriction_around_records_goes_over_to_them() -> None:
    record = '<Record restriction="red"><RecordData><Description>log</Description></RecordData></Record>'
    assert read_one(after=f"<EventData>{record}</EventData>").marking.tlp == "TLP:RED"


@pytest.mark.parametrize(
    ("written", "digest"),
    [
        ("1B2M2Y8AsgTpgAmY7PhCfg==", "d41d8cd98f00b204e9800998ecf8427e"),
        ("D41D8CD98F00B204E9800998ECF8427E", "d41d8cd98f00b204e9800998ecf8427e"),
        ("not base64!", ""),
        ("AAAA", ""),
    ],
)
def test_a_digest_is_read_in_base64_or_hexadecimal(written: str, digest: str) -> None:
    assert hash_form(written) == digest


# Inputs made to do harm


def test_nesting_is_bounded_and_named_with_its_line() -> None:
    deep = document(after="\n<EventData>" * 200 + "</EventData>" * 200)
    assert "nested deeper than 64" in str(refusal(deep.encode()))


def test_huge_attributes_and_too_many_are_refused() -> None:
    long = document(after=f'<EventData restriction="{"x" * (MAX_ATTRIBUTE + 1)}"/>')
    attributes = " ".join(f"a{number}='1'" for number in range(MAX_ATTRIBUTES + 1))
    many = document(after=f"<EventData {attributes}/>")
    assert "longer than" in str(refusal(long.encode()))
    assert "more than 64 attributes" in str(refusal(many.encode()))


def test_the_number_of_elements_is_bounded() -> None:
    assert f"more than {MAX_ELEMENTS} elements" in str(
        refusal(document(after="<a/>" * MAX_ELEMENTS).encode())
    )


def test_a_document_beyond_the_limit_of_size_is_refused() -> None:
    assert "larger than" in str(refusal(b"<IODEF-Document>" + b" " * 2**20, Limits(size=2**20)))


@pytest.mark.parametrize(
    ("encoding", "format"), [("utf-16-le", "auto"), ("utf-32", "iodef"), ("cp500", "auto")]
)
def test_bytes_of_another_encoding_are_refused_with_one_clear_message(encoding: str, format: str) -> None:
    declared = f"<?xml version='1.0' encoding='{encoding}'?>{document()}"
    for data in (document().encode(encoding), declared.encode()):
        with pytest.raises(InputError) as caught:
            read(data, "in.xml", format)
        assert len(caught.value.faults) == 1
        assert caught.value.faults[0].remedy


@pytest.mark.parametrize("format", ["auto", "iodef"])
def test_a_document_type_before_any_root_is_refused_when_the_format_is_given_or_told(format: str) -> None:
    data = b"<!DOCTYPE IODEF-Document SYSTEM 'http://example.org/x.dtd'>\n" + document().encode()
    with pytest.raises(InputError, match="a document type"):
        read(data, "in.xml", format)


@given(st.binary(max_size=200))
@settings(max_examples=200)
def test_no_bytes_do_anything_but_be_read_or_be_refused(data: bytes) -> None:
    for candidate in (
        data,
        document("<Description>").encode() + data,
        document().encode()[: len(data)] + data,
    ):
        with suppress(InputError):
            read_xml(candidate, "in.xml")


NAMES = """
Incident purpose IncidentID id name Contact role type Assessment Impact SystemImpact EventData System Node Address value
category Service Port Indicator Observable Description lang restriction AdditionalData dtype Method Reference
ReferenceName specIndex ID BulkObservable BulkObservableList Confidence rating
"""
MEMBERS = NAMES.split()
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 10) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(MEMBERS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(json_values)
@settings(max_examples=200)
def test_no_json_does_anything_but_be_read_or_be_refused(value: Any) -> None:
    base = json.loads(
        '{"version": "2.0", "Incident": [{"purpose": "reporting", "IncidentID": {"id": "1", "name": "x"},'
        ' "GenerationTime": "2026-03-02T08:00:00Z", "Contact": [{"role": "creator", "type": "person"}]}]}'
    )
    extended = {**base["Incident"][0], **(value if isinstance(value, dict) else {"EventData": value})}
    for candidate in ({"version": "2.0", "Incident": value}, {"version": "2.0", "Incident": [extended]}):
        with suppress(InputError):
            read_json(json.dumps(candidate).encode(), "in.json")
