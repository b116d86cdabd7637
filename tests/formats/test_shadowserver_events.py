"""Shadowserver rows straight to IntelMQ events: the fields, forms and classes that IntelMQ's own parser gives."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxeny.base.errors import Fault
from proxeny.formats.between.shadowserver_intelmq import convert, event_lines, events
from proxeny.formats.intelmq.harmonise import harmonise
from proxeny.formats.outgoing import Written
from proxeny.formats.shadowserver.read import read
from shared import CORPUS

FOLDER = CORPUS / "shadowserver"
AT = dt.datetime(2026, 2, 1, 6, tzinfo=dt.UTC)
HEADER = "timestamp,ip,protocol,port,hostname,tag,asn,geo,region,city,naics,sic,banner"
NAME = "2026-01-31-scan_telnet-example.csv"


def made(row: str, header: str = HEADER, name: str = NAME) -> dict[str, Any] | Fault:
    (one,) = events(f"{header}\n{row}\n".encode(), name)
    return one


def test_a_row_is_an_event_in_the_form_that_intelmq_prescribes() -> None:
    row = "2026-01-31 06:00:01,192.0.2.7,tcp,23,Node1.example.NET,telnet,64496,xa,N,C,517311,0,Login:"
    event = made(row)
    assert isinstance(event, dict)
    assert base64.b64decode(event.pop("raw")).decode() == f"{HEADER}\n{row}"
    assert event == {
        "__type": "Event",
        "feed.name": "Accessible-Telnet",
        "feed.documentation": "https://www.shadowserver.org/what-we-do/network-reporting/accessible-telnet-report/",
        "classification.taxonomy": "vulnerable",
        "classification.type": "vulnerable-system",
        "classification.identifier": "open-telnet",
        "protocol.transport": "tcp",
        "protocol.application": "telnet",
        "time.source": "2026-01-31T06:00:01+00:00",
        "source.ip": "192.0.2.7",
        "source.port": 23,
        "source.reverse_dns": "node1.example.net",
        "source.asn": 64496,
        "source.geolocation.cc": "XA",
        "source.geolocation.region": "N",
        "source.geolocation.city": "C",
        "extra.tag": "telnet",
        "extra.naics": 517311,
        "extra.banner": "Login:",
    }


def test_a_value_that_its_field_does_not_take_is_kept_beside() -> None:
    event = made("2026-01-31 06:00:01,192.0.2.7,tcp,23,no name at all,telnet,64496,Xanadu,,,,,")
    assert isinstance(event, dict)
    assert event["extra.hostname"] == "no name at all"
    assert event["extra.geo"] == "Xanadu"


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ("2026-02-30 06:00:01,192.0.2.7,tcp,23,,,,,,,,,", "column timestamp"),
        (",192.0.2.7,tcp,23,,,,,,,,,", "column timestamp"),
        ("2026-01-31 06:00:01,192.0.2.7,tcp,70000,,,,,,,,,", "column port"),
        ("2026-01-31 06:00:01,192.0.2.7,tcp", "line 2"),
    ],
)
def test_a_time_or_port_that_is_none_is_a_fault_of_its_row(row: str, place: str) -> None:
    fault = made(row)
    assert isinstance(fault, Fault)
    assert place in fault.place
    assert fault.remedy


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("GET /a?b HTTP/1.1", "http://sink.example.net/a?b"),
        ("/a", "http://sink.example.net/a"),
        ("http://other.example.net/x", "http://other.example.net/x"),
    ],
)
def test_a_path_or_a_line_of_a_request_gets_the_host_of_its_row(url: str, whole: str) -> None:
    header = "timestamp,protocol,src_ip,src_port,dst_ip,dst_port,infection,family,tag,http_url,http_host"
    row = f"2026-01-31 06:00:01,tcp,192.0.2.7,5,198.51.100.9,80,b,b,b,{url},sink.example.net"
    event = made(row, header, "2026-01-31-event4_sinkhole_http-a.csv")
    assert isinstance(event, dict)
    assert event["destination.url"] == whole
    assert event["classification.identifier"] == "b"


def test_a_network_in_the_column_of_addresses_is_a_network() -> None:
    event = made("2026-01-31 06:00:01,198.51.100.0/24,x", "timestamp,ip,reason", "2026-01-31-blocklist-a.csv")
    assert isinstance(event, dict)
    assert event["source.network"] == "198.51.100.0/24"
    assert "source.ip" not in event


def test_a_batch_with_poisoned_rows_finishes_and_each_is_refused_by_its_line() -> None:
    good = "2026-01-31 06:00:01,192.0.2.7,tcp,23,,,,,,,,,"
    data = "\n".join([HEADER, good, "x", good, '"', good, ""]).encode()
    found = list(event_lines(data, NAME))
    assert [isinstance(one, bytes) for one in found] == [True, False, True, False, True]
    refused = [done.place for _, done in convert(data, NAME, AT) if isinstance(done, Fault)]
    assert refused == [f"{NAME}, line 3", f"{NAME}, line 5"]


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no corpus at {CORPUS}")
def test_every_event_of_every_real_file_stands_intelmqs_harmonisation_unchanged() -> None:
    for path in sorted(FOLDER.iterdir()):
        data = path.read_bytes()
        converted = convert(data, path.name, AT)
        assert [part for part, _ in converted] == [report.part for report in read(data, path.name)]
        for _, written in converted:
            assert isinstance(written, Written)
            event = json.loads(written.data)
            assert harmonise(event, path.name) == event
            assert event["time.observation"] == AT.isoformat()


_CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters='\0\r\n"'), max_size=12)


@given(
    st.lists(
        _CELL | st.sampled_from(["0", "192.0.2.7", "tcp", "65536", "-", "unknown"]), min_size=13, max_size=13
    )
)
def test_whatever_stands_in_a_row_comes_out_as_a_valid_event_or_a_fault(cells: list[str]) -> None:
    one = made(",".join(f'"{cell}"' for cell in cells))
    if isinstance(one, dict):
        assert harmonise(one, "e") == {
            name: value for name, value in one.items() if value not in ("", "-", "N/A")
        }
