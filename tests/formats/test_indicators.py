"""Indicators: what is taken for an observable, what is not, and that no text makes the search slow."""

from __future__ import annotations

import ipaddress
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxeny.formats import indicators as module
from proxeny.formats.indicators import indicator_of, indicators_in_text

SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def found(text: str) -> list[tuple[str, str]]:
    return [(indicator.type, indicator.value) for indicator in indicators_in_text(text)]


def words_at(text: str) -> list[str]:
    spans = [indicator.at.split("-") for indicator in indicators_in_text(text)]
    return [text[int(start) : int(end)] for start, end in spans]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from 192.0.2.1.", [("ipv4", "192.0.2.1")]),
        ("192.0.2.1:8080", [("ipv4", "192.0.2.1")]),
        ("the range 10.0.0.5/24 and 192.0.2.7/32", [("cidr", "10.0.0.0/24"), ("ipv4", "192.0.2.7")]),
        ("at 2001:DB8::1, fe80::1", [("ipv6", "2001:db8::1"), ("ipv6", "fe80::1")]),
        ("2001:db8::/32", [("cidr", "2001:db8::/32")]),
        ("host EVIL.example and a.b.co.uk", [("domain", "evil.example"), ("domain", "a.b.co.uk")]),
        ("http://EVIL.example/Path?q=1.", [("url", "http://evil.example/Path?q=1")]),
        ("(see https://a.example/x_(y))", [("url", "https://a.example/x_(y)")]),
        ("http://[2001:db8::1]:80/x", [("url", "http://[2001:db8::1]:80/x")]),
        ("mail to Info@Example.org!", [("email", "Info@example.org")]),
        ("d41d8cd98f00b204e9800998ecf8427e", [("md5", "d41d8cd98f00b204e9800998ecf8427e")]),
        ("a" * 20 + "1" * 20, [("sha1", "a" * 20 + "1" * 20)]),
        (f"hash {SHA256.upper()}", [("sha256", SHA256)]),
        (SHA256 * 2, [("sha512", SHA256 * 2)]),
        ("cve-2021-44228, CVE‑2014‑0160", [("cve", "CVE-2021-44228"), ("cve", "CVE-2014-0160")]),
        ("AS64496, ASN 64511", [("asn", "AS64496"), ("asn", "AS64511")]),
        ("00-1A-2b-3c-4d-5E", [("mac", "00:1a:2b:3c:4d:5e")]),
        ("001a.2b3c.4d5e", [("mac", "00:1a:2b:3c:4d:5e")]),
    ],
)
def test_every_type_is_found_and_normalised(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hxxp://evil[.]example/a", "http://evil.example/a"),
        ("hXXps[:]//evil[.]example[/]a", "https://evil.example/a"),
        ("h**ps://evil.example", "https://evil.example"),
        ("evil[dot]example", "evil.example"),
        ("evil(.)example", "evil.example"),
        ("evil{.}example", "evil.example"),
        ("www dot evil dot com", "www.evil.com"),
        ("192[.]0[.]2[.]1", "192.0.2.1"),
        ("192.0.2[.1", "192.0.2.1"),
        ("info[at]evil[.]example", "info@evil.example"),
        ("info (at) evil (dot) example", "info@evil.example"),
        ("2001[:]db8::1", "2001:db8::1"),
        ("readme[.]md", "readme.md"),
    ],
)
def test_a_defanged_indicator_is_refanged_and_its_words_are_those_of_the_text(
    text: str, expected: str
) -> None:
    before = "We saw "
    indicators = indicators_in_text(before + text + " today")
    assert [indicator.value for indicator in indicators] == [expected]
    assert words_at(before + text + " today") == [text]


@pytest.mark.parametrize(
    "text",
    [
        "invoice.pdf.exe, readme.md, main.py, setup.sh, report.docx",
        "version 1.2.3.4, v10.0.19.1, build 4.3.2.1 and версия 1.2.3.4",
        "Chrome 98.0.4758.102, and section 1.2.3.4.5",
        "at 12:30:45 on 10.03.2020, 2024-01-02T03:04:05Z, 2014-01-27-87333166",
        "e.g. the U.S. and i.e. Washington, D.C. at 5 p.m.",
        "It ended.In March the server.The rest",
        "ASP.NET, Node.js, std::cout, a::b, add::bad",
        "5.km away, 3.am, $15.1 million",
        "la dot de la mariée",
        "256.1.1.1, 1.2.3, 01.02.03.04, 0.1.2.3",
        "1234.5678.9012 and 20-11-12-10-11-12",
        "12345678901234567890123456789012",
        "an AS400 as 5 men",
        "Dr.Li met Mr.Smith",
        "",
    ],
)
def test_versions_files_times_and_abbreviations_are_no_indicators(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("攻击者使用域名evil.com访问了服务器192.0.2.1。", ["evil.com", "192.0.2.1"]),
        ("下载http://a.example/x，然后", ["http://a.example/x"]),
        ("Сайт пример.рф и почта info@пример.рф.", ["пример.рф", "info@пример.рф"]),
        ("bücher.de und münchen.bayern.de", ["bücher.de", "münchen.bayern.de"]),
        ("الموقع evil.com، والعنوان 192.0.2.1؟", ["evil.com", "192.0.2.1"]),
        ("域名 例子.中国", ["例子.中国"]),
    ],
)
def test_names_are_found_in_every_script(text: str, expected: list[str]) -> None:
    assert [indicator.value for indicator in indicators_in_text(text)] == expected


def test_each_indicator_is_given_once_in_order_of_appearance() -> None:
    assert found("bb.example aa.example hxxp://c.example bb[.]example") == [
        ("domain", "bb.example"),
        ("domain", "aa.example"),
        ("url", "http://c.example"),
    ]


_LABEL = st.from_regex(r"[a-z]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
_HOST = st.builds(lambda labels, tld: ".".join([*labels, tld]), st.lists(_LABEL, min_size=1, max_size=4),
                  st.sampled_from(["com", "example", "ru", "co.uk"]))  # fmt: skip
_DEFANG = {"[.]": ".", "(.)": ".", "[dot]": ".", " [.] ": ".", "{.}": "."}


@given(host=_HOST, mark=st.sampled_from(sorted(_DEFANG)), scheme=st.sampled_from(["hxxp", "hxxps", "hXXp"]))
def test_defanging_and_refanging_give_back_the_same_indicator(host: str, mark: str, scheme: str) -> None:
    plain = scheme.lower().replace("xx", "tt") + "://" + host + "/path"
    text = f"seen: {scheme}://{host.replace('.', mark)}/path here"
    assert found(text) == [("url", plain)]
    assert indicator_of("domain", host.replace(".", mark)) == indicator_of("domain", host)


@given(st.ip_addresses(v=4).filter(lambda address: not str(address).startswith("0.")))
def test_every_ipv4_address_is_found_defanged_too(address: ipaddress.IPv4Address) -> None:
    assert found(f"from {address} and") == [("ipv4", str(address))]
    assert found("x " + str(address).replace(".", "[.]")) == [("ipv4", str(address))]


@given(st.ip_addresses(v=6))
def test_every_ipv6_address_given_as_such_is_normalised(address: ipaddress.IPv6Address) -> None:
    indicator = indicator_of("ip", address.exploded)
    assert indicator is not None
    assert (indicator.type, indicator.value) == ("ipv6", str(address))


@given(st.text(max_size=300))
def test_any_text_gives_slices_of_itself(text: str) -> None:
    for indicator in indicators_in_text(text):
        start, _, end = indicator.at.partition("-")
        assert 0 <= int(start) < int(end) <= len(text)


@given(st.text(alphabet="a1.:@[]()/- h攻tpxдod\n", max_size=200))
def test_any_mixture_of_the_marks_is_read_without_error(text: str) -> None:
    assert all(indicator.value for indicator in indicators_in_text(text))


@pytest.mark.parametrize(
    "unit",
    [
        "a.",
        "1.2.",
        "::",
        "ab:",
        "[.]",
        " dot ",
        "x dot ",
        "a@",
        "http://",
        "(",
        "f",
        "1-",
        "攻",
        "攻.",
        "CVE-2",
        "http://" + "(" * 50,
        "AS1",
        "-",
        "[at]",
        "hxxp",
        "1a-",
        "a.com ",
    ],
)
def test_a_hostile_text_of_hundreds_of_thousands_of_characters_is_read(unit: str) -> None:
    # Each pattern starts only at the edge of a run and never gives back what it took. A pattern that
    # tried every start again would need 10^11 steps here, and the test would not end.
    text = (unit * (300_000 // len(unit) + 1))[:300_000]
    assert len(indicators_in_text(text)) <= module.MAX_FOUND
    assert len(indicators_in_text(text + " a.com")) <= module.MAX_FOUND


def test_every_repetition_in_the_patterns_is_bounded_or_possessive() -> None:
    pattern = module._MASTER.pattern
    assert re.search(r"(?<!\\)[*+](?![+)\]])", re.sub(r"\[[^\]]*\]|\\.|\}\+", "", pattern)) is None


@pytest.mark.parametrize(
    ("type", "value", "expected"),
    [
        ("ip", " 192[.]0[.]2[.]1 ", ("ipv4", "192.0.2.1")),
        ("ipv4", "2001:db8::1", ("ipv6", "2001:db8::1")),
        ("ip", "192.0.2.0/24", ("cidr", "192.0.2.0/24")),
        ("hostname", "Host.LOCAL.", ("domain", "host.local")),
        ("url", "HXXP://Evil.example/A", ("url", "http://evil.example/A")),
        ("hash", SHA256.upper(), ("sha256", SHA256)),
        ("asn", 64496, ("asn", "AS64496")),
        ("cve", "2021-44228", ("cve", "CVE-2021-44228")),
        ("mac", "001A2B3C4D5E", ("mac", "00:1a:2b:3c:4d:5e")),
        ("filename", " invoice.exe ", ("filename", "invoice.exe")),
        ("other", "anything", ("other", "anything")),
        ("email", "A@Example.org", ("email", "A@example.org")),
    ],
)
def test_a_structured_value_is_normalised_by_its_type(
    type: str, value: object, expected: tuple[str, str]
) -> None:
    indicator = indicator_of(type, str(value), "/x")
    assert indicator is not None
    assert (indicator.type, indicator.value, indicator.at) == (*expected, "/x")


@pytest.mark.parametrize(
    ("type", "value"),
    [
        ("ip", "999.1.1.1"),
        ("ip", "host"),
        ("domain", "no spaces here"),
        ("domain", "192.0.2.1"),
        ("url", "evil"),
        ("md5", "zz"),
        ("sha256", "ab"),
        ("hash", "abc"),
        ("asn", "0"),
        ("cve", "x"),
        ("mac", "1"),
        ("email", "a"),
        ("nonsense", "x"),
        ("other", " "),
        ("url", "http://" + "a" * 5000),
        ("cidr", "192.0.2.0/33"),
    ],
)
def test_a_structured_value_that_is_not_of_its_type_is_none(type: str, value: str) -> None:
    assert indicator_of(type, value) is None


@given(st.sampled_from(["ip", "url", "domain", "email", "cve", "asn", "mac", "hash"]), st.text(max_size=80))
def test_any_structured_value_gives_an_indicator_or_none(type: str, value: str) -> None:
    indicator = indicator_of(type, value)
    assert indicator is None or indicator.value
