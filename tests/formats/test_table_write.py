"""Tables: the columns are those documented, no cell is a formula, and what does not fit is told."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from proxeny.formats.outgoing import Outgoing
from proxeny.formats.table.write import COLUMNS, MAX_CELL, write, write_all
from proxeny.identify.report import Indicator, Marking, Report, Stated, Tag, Withheld

AT = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
DOCS = Path(__file__).resolve().parents[2] / "docs" / "reference" / "formats-csv.md"
REPORT = Report(
    digest="sha256:00",
    format="text",
    title='A "flood", again',
    text="One line.\nAnother; with, marks.",
    language="en",
    occurred=AT,
    states=("XA", "XB"),
    sectors=("naics:622110",),
    tags=(Tag(scheme="rsit", code='availability="ddos"', raw="x", at="/t"),),
    indicators=(
        Indicator(type="ipv4", value="192.0.2.7", role="source", port=443, protocol="tcp"),
        Indicator(type="cve", value="CVE-2026-10001"),
    ),
    stated=(
        Stated(path="services.hours", value=2, words="two hours", at="/x", state="XA"),
        Stated(path="records.persons", value=(10, 20), words="10 to 20", at="/x"),
    ),
    marking=Marking(tlp="TLP:AMBER"),
    reporter="Desk of XA",
    withheld=(Withheld(kind="actor", value="Somebody", at="/w"),),
)


def outgoing(report: Report = REPORT, said: tuple[tuple[str, str], ...] = ()) -> Outgoing:
    return Outgoing(report=report, at=AT, said=said, codes={"rsit": ['availability="ddos"']}, label=str.upper)


def cells(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline=""), strict=True))


def test_one_header_and_one_row_say_what_the_report_says() -> None:
    said = (("distributed-denial-of-service", "type"), ("flooding", "technique"), ("health", "sector"))
    (row,) = cells(write(outgoing(said=said)).data)
    assert tuple(row) == COLUMNS
    assert row["type"] == "distributed-denial-of-service"
    assert row["type_label"] == "DISTRIBUTED-DENIAL-OF-SERVICE"
    assert row["techniques"] == "flooding"
    assert row["sectors"] == "health; naics:622110"
    assert row["codes"] == 'rsit:availability="ddos"'
    assert row["states"] == "XA; XB"
    assert row["occurred"] == "2026-03-02T08:00:00Z"
    assert row["indicators"] == "source ipv4 192.0.2.7 port 443 tcp; cve CVE-2026-10001"
    assert row["facts"] == "XA.services.hours=2; records.persons=10..20"
    assert row["text"] == REPORT.text
    assert row["tlp"] == "TLP:AMBER"


def test_who_did_it_is_never_written_and_told_as_withheld() -> None:
    written = write(outgoing())
    assert b"Somebody" not in written.data
    assert [loss.at for loss in written.losses] == ["withheld"]


def test_several_reports_make_one_file_and_losses_name_their_row() -> None:
    written = write_all([outgoing(), outgoing(Report(digest="sha256:01", format="text"))])
    assert len(cells(written.data)) == 2
    assert [loss.at for loss in written.losses] == ["row 1, withheld"]


def test_the_same_report_gives_the_same_bytes() -> None:
    assert write(outgoing()).data == write(outgoing()).data


def test_a_cell_beyond_the_length_of_a_spreadsheet_is_cut_and_told() -> None:
    written = write(outgoing(Report(digest="sha256:00", format="text", text="x" * (MAX_CELL + 1))))
    (row,) = cells(written.data)
    assert len(row["text"]) == MAX_CELL
    assert [loss.at for loss in written.losses] == ["text"]


def test_the_reference_names_every_column() -> None:
    named = re.findall(r"^\| `([a-z_]+)`", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert tuple(named) == COLUMNS


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
_RISKY = st.sampled_from(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x")', "'=1", ""])


@given(_TEXT | _RISKY, _TEXT | _RISKY, _TEXT)
def test_no_cell_is_a_formula_and_every_text_comes_back_but_for_the_apostrophe(
    title: str, text: str, reporter: str
) -> None:
    report = Report(digest="sha256:00", format="text", title=title, text=text, reporter=reporter)
    (row,) = cells(write(outgoing(report)).data)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())
    for name, value in (("title", title), ("text", text), ("reporter", reporter)):
        assert row[name] in (value, f"'{value}")
        assert (row[name] == value) != value.startswith(("=", "+", "-", "@", "\t", "\r"))
