"""Shadowserver: the type is told by name, columns and rows; each row is a Report or a fault of its own."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_cases import cases, check

from proxeny.base.errors import Fault, InputError
from proxeny.formats.csv_rows import MAX_CELL, MAX_LINES, Row, csv_table
from proxeny.formats.detect import detect
from proxeny.formats.shadowserver.header import recognise
from proxeny.formats.shadowserver.read import read, read_rows
from proxeny.formats.shadowserver.table import ReportType, parse_types, shipped
from proxeny.identify.report import Report
from shared import CORPUS

TYPES = shipped().types
FOLDER = CORPUS / "shadowserver"
HEADER = (
    "timestamp,ip,port,hostname,tag,asn,geo,region,city,naics,sic,smb_implant,arch,key,smbv1_support,"
    "smb_major_number,smb_minor_number,smb_revision,smb_version_string"
)


def row_of(ip: str = "192.0.2.7", day: str = "2026-01-31") -> str:
    return f"{day} 06:00:01,{ip},445,node1.example.net,smb,64496,XA,N,C,0,0,N,,,N,2,1,0,SMB 2.1"


def file_of(*rows: str) -> bytes:
    return "\n".join((HEADER, *rows, "")).encode()


@pytest.mark.parametrize("folder", cases("shadowserver"), ids=lambda folder: folder.name)
def test_each_case_folder_holds_what_it_promises(folder: Path) -> None:
    check("shadowserver", folder)


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no corpus at {CORPUS}")
def test_every_real_file_is_read_whole_and_by_its_own_type() -> None:
    for path in sorted(FOLDER.iterdir()):
        data = path.read_bytes()
        assert detect(data, path.name) == "shadowserver"
        reports = read(data, path.name)
        assert len(reports) == len(list(csv.reader(io.StringIO(data.decode())))) - 1
        assert {report.tags[0].code for report in reports} == {path.stem}
        assert all(report.indicators and report.occurred for report in reports)


def _telling(kind: ReportType) -> bool:
    """Whether the columns alone tell the type among those of its family of addresses."""
    same = [other for other in TYPES.values() if other.columns == kind.columns and other.kind != "test"]
    others = [other for other in same if other.family == kind.family or None in (other.family, kind.family)]
    return not kind.named and kind.kind != "test" and all(other.named or other is kind for other in others)


@pytest.mark.parametrize(
    "kind", [kind for kind in TYPES.values() if _telling(kind)], ids=lambda kind: kind.name
)
def test_a_type_is_told_by_its_columns_where_no_other_has_them(kind: ReportType) -> None:
    header = sorted(kind.columns)
    address = "2001:db8::7" if kind.family == 6 else "192.0.2.7"
    cells = [address if name in ("ip", "src_ip", "http_referer_ip", "dst_ip") else "" for name in header]
    assert recognise(header, [Row(2, cells, "")], "report.csv").name == kind.name


@pytest.mark.parametrize("kind", TYPES.values(), ids=lambda kind: kind.name)
def test_every_type_is_told_by_the_name_of_its_file(kind: ReportType) -> None:
    header = sorted(kind.columns)
    place = f"spool/2026-01-31-{kind.name}-example-asn.csv"
    assert recognise(header, [], place).name == kind.name
    assert kind.feed
    assert kind.taxonomy


def test_a_new_version_of_a_report_with_other_columns_keeps_its_type() -> None:
    newer = HEADER.replace(",smbv1_support", "").replace(",sic", "") + ",smb_dialect"
    assert recognise(newer.split(","), [], "report.csv").name == "scan_smb"


def test_a_new_type_is_one_row_of_data() -> None:
    types = (
        "type\tlike\tfeed\tkind\tclassification\tidentifier\ttransport\tapplication\tseverity\tpage\ttells\twhen"
        "\tfields\tcolumns\nscan_new\t\tNew\t\tvulnerable/vulnerable-system\topen-new\t\tnew\t\t\t\t\t\t@all version\n"
        "scan6_new\tscan_new\tIPv6-New\t\t\t\t\t\t\t\t\t\t\t\n"
    )
    columns = "field\tconvert\tslot\tcolumns\ntime.source\ttime\ttime\ttimestamp\nextra\tword\t\tversion\n"
    made = parse_types(types, columns, "group\tcolumns\nall\ttimestamp\n").types
    assert made["scan_new"].columns == {"timestamp", "version"}
    assert (made["scan_new"].family, made["scan6_new"].family) == (4, 6)
    assert made["scan6_new"].application == "new"


def test_a_wrong_row_of_data_is_told_with_its_line() -> None:
    head = "type\tlike\tfeed\tkind\tclassification\tidentifier\ttransport\tapplication\tseverity\tpage\ttells\twhen"
    types = f"{head}\tfields\tcolumns\nscan_new\t\tNew\t\tvulnerable\t\t\t\t\t\t\t\t\tnothing\nshort\n"
    with pytest.raises(InputError) as refused:
        parse_types(types, "field\tconvert\tslot\tcolumns\nextra\tguess\t\tversion\n", "group\tcolumns\n")
    assert [fault.place for fault in refused.value.faults] == [
        "shadowserver-columns.tsv, line 2",
        "shadowserver-types.tsv, line 3",
        "shadowserver-types.tsv, line 2",
    ]


def test_a_batch_with_poisoned_rows_finishes() -> None:
    rows = [row_of(f"192.0.2.{at}") for at in range(1, 9)]
    rows[1] = "x,y"
    rows[3] = rows[3].replace("node1", '"node1')
    rows[5] = row_of(day="2026-13-01")
    found = list(read_rows(file_of(*rows), "2026-01-31-scan_smb-a.csv"))
    assert [isinstance(one, Report) for one in found] == [True, False, True, False, True, False, True, True]
    faults = [one[0] for one in found if not isinstance(one, Report)]
    assert [fault.place.split(",")[1].strip() for fault in faults] == ["line 3", "line 5", "line 7"]
    with pytest.raises(InputError) as refused:
        read(file_of(*rows), "2026-01-31-scan_smb-a.csv")
    assert len(refused.value.faults) == 3


def test_passwords_and_accounts_are_never_shown() -> None:
    header = "timestamp,protocol,src_ip,src_port,dst_ip,dst_port,infection,tag,service,username,password"
    data = f"{header}\n2026-01-31 06:00:01,tcp,192.0.2.7,5,198.51.100.2,22,,ssh,ssh,root,hunter2\n".encode()
    (report,) = read(data, "2026-01-31-event4_honeypot_brute_force-a.csv")
    kept = msgspec.json.encode(report).decode()
    assert "hunter2" not in kept
    assert "root" not in kept
    assert sum("account or password" in loss.why for loss in report.losses) == 2


def test_every_column_is_held_or_told_as_lost() -> None:
    (report,) = read(file_of(row_of()), "report.csv")
    (loss,) = report.losses
    for name in ("geo", "region", "city", "smb_implant", "smbv1_support", "smb_version_string"):
        assert name in loss.why


def test_an_unclosed_quotation_spoils_its_own_row_and_no_more_lines_are_looked_through_than_the_limit() -> (
    None
):
    lines = ["a,b"] + ['"x,1'] + ["y,2"] * (2 * MAX_LINES) + ['z",3']
    found = list(csv_table("\n".join(lines).encode(), "t.csv").rows)
    assert isinstance(found[0], Fault)
    assert all(isinstance(one, Row) for one in found[1:-1])


def test_a_cell_beyond_the_limit_is_a_fault_of_its_row() -> None:
    found = list(csv_table(b"a,b\n" + b"x" * (MAX_CELL + 1) + b",1\ny,2\n", "t.csv").rows)
    assert isinstance(found[0], Fault)
    assert found[1] == Row(3, ["y", "2"], "y,2")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_cells_with_line_breaks_keep_them_and_rows_their_lines(end: str) -> None:
    text = end.join(["a,b", '"one', 'two",1', "x,2", ""])
    found = list(csv_table(text.encode(), "t.csv").rows)
    assert [(one.line, one.cells) for one in found if isinstance(one, Row)] == [
        (2, ["one\ntwo", "1"]),
        (4, ["x", "2"]),
    ]


def test_bytes_that_are_no_utf8_are_a_fault_of_their_row_alone() -> None:
    found = list(csv_table(b"a,b\n\xff,1\nx,2\n", "t.csv").rows)
    assert isinstance(found[0], Fault)
    assert "UTF-8" in found[0].message
    assert isinstance(found[1], Row)


_CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=8)


@given(st.lists(st.tuples(_CELL, _CELL, _CELL), max_size=6))
def test_what_the_csv_module_writes_is_read_back_cell_for_cell(rows: list[tuple[str, str, str]]) -> None:
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(("a", "b", "c"))
    writer.writerows(rows)
    found = list(csv_table(made.getvalue().encode(), "t.csv").rows)
    assert [tuple(one.cells) for one in found if isinstance(one, Row)] == rows


@given(st.binary(max_size=200))
def test_any_bytes_below_a_header_are_rows_or_faults(data: bytes) -> None:
    for one in read_rows(HEADER.encode() + b"\n" + data, "2026-01-31-scan_smb-a.csv"):
        assert isinstance(one, Report) or all(fault.remedy for fault in one)


_PLAIN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters='\0\r\n"'), max_size=9)


@given(st.lists(_PLAIN, min_size=19, max_size=19))
def test_a_row_with_anything_in_its_cells_is_read_or_refused(cells: list[str]) -> None:
    line = ",".join(f'"{cell}"' for cell in cells)
    for one in read_rows(file_of(line), "2026-01-31-scan_smb-a.csv"):
        msgspec.json.encode(one)
