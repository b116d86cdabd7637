"""Registers from tables of participants: what is read, every fault at once, and the days that final clauses make of it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from xml.sax.saxutils import escape

import msgspec
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from shipped import library, words

from proxeny.actions.instruments import Asked, import_parties
from proxeny.base.errors import InputError
from proxeny.cli.main import main
from proxeny.instrument.instrument_file import parse_register
from proxeny.instrument.norm import EntryRule, Instrument, PartyAct, Period, Provision, Register
from proxeny.instrument.parties import effect_of, entry_into_force
from proxeny.instrument.register_csv import read_register_csv
from proxeny.instrument.register_yaml import write_register
from proxeny.instrument.untc import Imported, read_column, read_untc

AS_OF = dt.date(2026, 3, 10)
HEAD = ("Participant", "Signature", "Ratification, Acceptance(A), Approval(AA), Accession(a), Succession(d)")


def table(
    *rows: tuple[str, ...], head: tuple[str, ...] = HEAD, counts: str = "", encoding: str = "utf-8"
) -> bytes:
    """A file as the collection gives it; the cells are written as text."""

    def row(cells: tuple[str, ...]) -> str:
        return "<Row>" + "".join(f"<Entry>{escape(cell)}</Entry>" for cell in cells) + "</Row>"

    body = "\n".join(row(cells) for cells in rows)
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<Document><Treaty><ExternalData>{counts}</ExternalData>'
        f"<Participants><Table><TGroup><Thead>{row(head)}</Thead><Tbody><Rows>\n{body}\n"
        "</Rows></Tbody></TGroup></Table></Participants></Treaty></Document>"
    ).encode(encoding)


def read(data: bytes, **names: str) -> Imported:
    """The import of a table of 10 March 2026."""
    return read_untc(data, "folder/t.xml", AS_OF, names=names)


def acts(found: Imported) -> list[tuple[str, str, str]]:
    """State, act and day of each."""
    return [(act.state, act.act, act.on.isoformat() if act.on else "") for act in found.register.acts]


class TestTable:
    def test_each_date_is_an_act_by_its_column_and_mark(self) -> None:
        found = read(
            table(
                ("Cuba", "25 Oct\t 2025 ", "3 Mar 2026"),
                ("European Union", "25 Oct 2025", "1 Jan 2026 AA"),
                ("Japan", "", "2 Feb 2026 A"),
                ("Niue", "", "2 Feb 2026 a"),
                ("Czech Republic", "", "1 January 1993 d"),
                ("Iran (Islamic Republic of)", "25 Oct 2025", ""),
            )
        )
        assert acts(found) == [
            ("CU", "signature", "2025-10-25"),
            ("CU", "ratification", "2026-03-03"),
            ("EU", "signature", "2025-10-25"),
            ("EU", "approval", "2026-01-01"),
            ("JP", "acceptance", "2026-02-02"),
            ("NU", "accession", "2026-02-02"),
            ("CZ", "succession", "1993-01-01"),
            ("IR", "signature", "2025-10-25"),
        ]
        assert found.register.as_of == AS_OF
        assert "t.xml (sha256:" in found.register.source
        assert "folder" not in found.register.source
        assert not found.remarks

    @pytest.mark.parametrize(
        "name", ["Côte d'Ivoire<superscript>1</superscript>", "Côte d’Ivoire <superscript>1, 2</superscript>"]
    )
    def test_footnotes_are_no_part_of_a_name_and_are_kept_as_a_note(self, name: str) -> None:
        (act,) = read(table((name, "25 Oct 2025 <superscript>7</superscript>", ""))).register.acts
        assert act.state == "CI"
        assert act.note.startswith("see footnote 1")
        assert act.note.endswith("7 of the table")

    def test_footnotes_may_be_elements(self) -> None:
        data = table(("Cuba", "25 Oct 2025", "")).replace(b"Cuba", b"Cuba<superscript>12</superscript>")
        (act,) = read(data).register.acts
        assert (act.state, act.note) == ("CU", "see footnote 12 of the table")

    @pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "utf-16"])
    def test_the_file_may_be_in_any_encoding_it_declares(self, encoding: str) -> None:
        assert acts(read(table(("Türkiye", "25 Oct 2025", ""), encoding=encoding)))[0][0] == "TR"

    def test_older_files_have_the_table_without_a_group(self) -> None:
        data = table(("Cuba", "25 Oct 2025", "")).replace(b"<TGroup>", b"").replace(b"</TGroup>", b"")
        assert acts(read(data)) == [("CU", "signature", "2025-10-25")]

    @pytest.mark.parametrize(
        "row",
        [
            ("[Norway]", "", "2 Feb 2001 a"),
            ("Norway", "", "[2 Feb 2001 a]"),
            ("Norway", "", "[ 2 Feb 2001 a ]"),
        ],
    )
    def test_who_withdrew_is_told_and_its_effect_stays_unknown(self, row: tuple[str, ...]) -> None:
        found = read(table(row))
        assert acts(found) == [("NO", "accession", "2001-02-02"), ("NO", "withdrawal", "")]
        (remark,) = found.remarks
        assert "line 3" in remark.place
        assert "withdrawn" in remark.message

    def test_a_table_that_is_cut_short_is_remarked(self) -> None:
        counts = "<Status><Signatories>72</Signatories><Parties>0</Parties></Status>"
        (remark,) = read(table(("Cuba", "25 Oct 2025", ""), counts=counts)).remarks
        assert remark.message == "its head counts 72 signatories, its table 1"

    def test_a_person_says_what_an_unknown_name_is(self) -> None:
        data = table(
            ("Atlantis", "25 Oct 2025", ""), ("Sea League", "25 Oct 2025", ""), ("Lemuria", "", "1 Jan 2026")
        )
        found = read_untc(
            data, "t.xml", AS_OF, names={"Atlantis": "XA", "Sea League": "organization", "Lemuria": "-"}
        )
        assert [act.state for act in found.register.acts] == ["XA", "organization"]

    def test_every_fault_is_told_at_once_with_its_line(self) -> None:
        data = table(
            ("Atlantis", "25 Oct 2025", ""),
            ("Cuba", "31 Feb 2025", ""),
            ("Japan", "", "soon"),
            ("France", "", "2 Feb 2026 q"),
            ("Peru", "25 Oct 2025", ""),
            ("Peru", "25 Oct 2025", ""),
            ("Chad", "11 Mar 2026", ""),
            ("Mali", "1 Mar 2026", "", "", "x"),
            head=(*HEAD, "Remarks"),
        )
        with pytest.raises(InputError) as refused:
            read(data)
        told = [f"{fault.place} {fault.message}" for fault in refused.value.faults]
        for part in (
            "line 2 the column 'Remarks' holds no act",
            "line 3 'Atlantis' is no State's name",
            "line 4 '31 Feb 2025' is no day",
            "line 5 'soon' is no date",
            "line 6 the mark 'q'",
            "line 8 'Peru' stands in line 7 too",
            "line 10 5 cells where the head names 4",
            "after the day of the table",
        ):
            assert any(part in one for one in told), part
        assert all(fault.remedy for fault in refused.value.faults)

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document type"),
            (b"<a>&b;</a>", "not XML"),
            (b"<html><body>Not available</body></html>", "no participant table"),
            (b"<a><b></a>", "not XML"),
            (b"<a>" * 100, "nested deeper"),
            (b"", "the file is empty"),
        ],
    )
    def test_what_is_no_table_is_refused(self, data: bytes, message: str) -> None:
        with pytest.raises(InputError, match=message):
            read(data)

    @pytest.mark.parametrize(
        ("title", "plain", "marks"),
        [
            ("Signature, Succession to signature(d)", "signature", {"d": "signature"}),
            ("Accession(a)", "accession", {"a": "accession"}),
            (
                "Definitive signature(s), Formal confirmation(c)",
                None,
                {"s": "definitive_signature", "c": "formal_confirmation"},
            ),
            ("Provisional application under Article V", "provisional_application", {}),
            ("Consent to be bound(P)", "deposit", {"P": "deposit"}),
            ("Ratification or accession", "ratification", {}),
        ],
    )
    def test_heads_of_columns(self, title: str, plain: str | None, marks: dict[str, str]) -> None:
        found = read_column(title)
        assert found is not None
        assert (found.plain, found.marks) == (plain, marks)

    @given(st.binary(max_size=200))
    def test_whatever_is_given_is_read_or_refused(self, data: bytes) -> None:
        with pytest.raises(InputError):
            read(data)

    @given(st.data())
    def test_what_a_table_says_is_what_is_read(self, data: st.DataObject) -> None:
        names = {
            "Cuba": "CU",
            "Viet Nam": "VN",
            "Bolivia (Plurinational State of)": "BO",
            "European Union": "EU",
        }
        marks = {
            "": "ratification",
            " A": "acceptance",
            " AA": "approval",
            " a": "accession",
            " d": "succession",
        }
        days = st.dates(dt.date(1945, 1, 1), AS_OF)
        expected, rows = [], []
        for name in data.draw(st.lists(st.sampled_from(sorted(names)), unique=True, min_size=1)):
            signed, consented = data.draw(st.none() | days), data.draw(days)
            mark = data.draw(st.sampled_from(sorted(marks)))
            rows.append((name, _written(signed) if signed else "", _written(consented) + mark))
            if signed:
                expected.append((names[name], "signature", signed.isoformat()))
            expected.append((names[name], marks[mark], consented.isoformat()))
        assert acts(read(table(*rows))) == expected


def _written(day: dt.date) -> str:
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return f"{day.day} {months[day.month - 1]} {day.year}"


LINE = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)
ACTS = st.builds(
    PartyAct,
    state=st.sampled_from(["XA", "NO", "EU", "organization"]),
    act=st.sampled_from(sorted(words().acts)),
    source=st.just("the register's") | LINE,
    on=st.none() | st.dates(dt.date(1900, 1, 1), dt.date(2000, 1, 1)),
    in_force=st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)),
    note=st.just("") | LINE,
)


@given(st.lists(ACTS, max_size=5).map(tuple))
def test_a_register_that_is_written_reads_back_the_same(given_acts: tuple[PartyAct, ...]) -> None:
    register = Register(given_acts, AS_OF, "the register's")
    assert parse_register(write_register(register).encode(), "parties.yaml", words()) == register


class TestCsv:
    def read(self, text: str) -> Imported:
        return read_register_csv(text.encode(), "t.csv", words(), AS_OF, "", {})

    def test_each_row_is_an_act(self) -> None:
        found = self.read(
            "state,act,on,in_force,source,text\n"
            "XA,accession,2026-01-10,2026-02-09,C.N.1,\n"
            'Cuba,reservation,2026-01-10,,,"Article 3, paragraph 2"\n'
        )
        first, second = found.register.acts
        assert first == PartyAct(
            state="XA",
            act="accession",
            source="C.N.1",
            on=dt.date(2026, 1, 10),
            in_force=dt.date(2026, 2, 9),
        )
        assert (second.state, second.note) == ("CU", "Article 3, paragraph 2")
        assert second.source == found.register.source

    def test_every_fault_is_told_at_once_with_line_and_column(self) -> None:
        with pytest.raises(InputError) as refused:
            self.read(
                "state,act,on,in_force\nAtlantis,joined,2026-1-1,\nXA,accession,2026-02-01,2026-01-01\n"
                "XB,accession,2027-01-01,\nXC,accession,1,2,3\n"
            )
        told = [f"{fault.place}: {fault.message}" for fault in refused.value.faults]
        for part in (
            "t.csv, line 2 column state: 'Atlantis'",
            "t.csv, line 2 column act: 'joined'",
            "t.csv, line 2 column on: '2026-1-1'",
            "t.csv, line 3 column in_force: in force before the act",
            "t.csv, line 4 column on: 2027-01-01 is after",
            "t.csv, line 5: 5 cells where the head names 4",
        ):
            assert any(one.startswith(part) for one in told), (part, told)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "state,act\n",
            "state,akt\nXA,accession\n",
            "state,act,act\nXA,b,c\n",
            'state,act\n"XA,accession\n',
            "act\nx\n",
        ],
    )
    def test_what_is_no_table_is_refused(self, text: str) -> None:
        with pytest.raises(InputError):
            self.read(text)


def instrument(*given_acts: PartyAct, **rule: object) -> Instrument:
    """An instrument of one final clause, with a register."""
    values = {"deposits": 2, "after": Period("days", 90), **rule}
    entry = EntryRule(provision=Provision(at="1", url="u"), check="V", **values)  # type: ignore[arg-type]
    return Instrument(
        id="t",
        title="t",
        bound_by="parties",
        standing="proposed",
        check="V",
        url="u",
        entry_rules=(entry,),
        register=Register(given_acts, AS_OF, "test"),
    )


def deposit(state: str, on: str, act: str = "ratification") -> PartyAct:
    """A deposit."""
    return PartyAct(state=state, act=act, source="test", on=dt.date.fromisoformat(on))


class TestEntryIntoForce:
    @pytest.mark.parametrize(
        ("on", "expected"),
        [
            ("2004-03-18", "2004-07-01"),  # ends 18 June
            ("2006-09-29", "2007-01-01"),  # ends 29 December
            ("2012-11-30", "2013-03-01"),  # ends on the last day of February
            ("2011-11-30", "2012-03-01"),  # 29 February, of a leap year
            ("2010-03-01", "2010-07-01"),  # ends on the first of June; the month after it is July
            ("2005-10-31", "2006-02-01"),  # ends 31 January
        ],
    )
    def test_the_first_of_the_month_after_three_months(self, on: str, expected: str) -> None:
        rule = {"after": Period("months", 3), "effect": "first_of_next_month"}
        found = entry_into_force(instrument(deposit("XA", "2002-06-20"), deposit("XB", on), **rule))
        assert found == dt.date.fromisoformat(expected)

    def test_the_budapest_rule_by_its_first_five_deposits(self) -> None:
        shipped = library().instruments["coe.budapest"]
        days = ("2002-06-20", "2002-10-17", "2003-05-12", "2003-12-04", "2004-03-18")
        given_acts = tuple(deposit(f"X{letter}", day) for letter, day in zip("ABCDE", days, strict=True))
        rules = tuple(msgspec.structs.replace(rule, on=None) for rule in shipped.entry_rules)
        bare = msgspec.structs.replace(
            shipped, in_force=None, entry_rules=rules, register=Register(given_acts, AS_OF, "t")
        )
        assert entry_into_force(bare) == dt.date(2004, 7, 1)
        assert effect_of(bare, deposit("XF", "2006-09-29")) == dt.date(2007, 1, 1)
        assert effect_of(bare, deposit("XA", "2002-06-20")) == dt.date(2004, 7, 1)

    def test_deposits_that_the_clause_does_not_count_are_left_out(self) -> None:
        own = (deposit("XA", "2026-01-01"), deposit("EU", "2026-01-02", "formal_confirmation"))
        assert entry_into_force(instrument(*own, not_counted=("EU",))) is None
        assert entry_into_force(instrument(*own)) == dt.date(2026, 4, 2)

    def test_signatures_are_no_deposits_but_definitive_ones_are(self) -> None:
        first = deposit("XA", "2026-01-01")
        assert entry_into_force(instrument(first, deposit("XB", "2026-01-02", "signature"))) is None
        assert (
            entry_into_force(instrument(first, deposit("XB", "2026-01-02", "definitive_signature")))
            is not None
        )


class TestCommand:
    def run(self, *args: str) -> Result:
        return CliRunner(env={"PROXENY_LANG": "en"}).invoke(main, ("instruments", "parties", *args))

    def test_an_import_writes_a_register_that_ships_as_it_is(self, tmp_path: Path) -> None:
        source, target = tmp_path / "t.xml", tmp_path / "parties.yaml"
        source.write_bytes(table(("Cuba", "25 Oct 2025", "3 Mar 2026"), ("[Norway]", "", "2 Feb 2001 a")))
        done = self.run("un.cybercrime", "--import", str(source), "--as-of", "2026-03-10", "-o", str(target))
        assert done.exit_code == 0, done.stderr
        assert "deposits that count: 2; needed: 40" in done.stdout
        assert "NO has withdrawn" in done.stderr
        register = parse_register(target.read_bytes(), "parties.yaml", words())
        assert [act.state for act in register.acts] == ["CU", "CU", "NO", "NO"]

    def test_without_an_output_the_register_is_printed(self, tmp_path: Path) -> None:
        source = tmp_path / "t.csv"
        source.write_text("state,act,on\nXA,accession,2026-01-01\n", encoding="utf-8")
        done = self.run("coe.budapest", "--import", str(source), "--as-of", "2026-03-10", "--source", "test")
        assert done.stdout == (
            'as_of: 2026-03-10\nsource: "test"\nacts:\n- {state: XA, act: accession, on: 2026-01-01}\n'
        )

    def test_json_gives_the_computed_effect(self, tmp_path: Path) -> None:
        source = tmp_path / "t.csv"
        source.write_text(
            "state,act,on\nXA,accession,2026-01-01\nXA,declaration,2026-01-01\n", encoding="utf-8"
        )
        out = str(tmp_path / "p.yaml")
        done = self.run("coe.budapest", "--import", str(source), "--as-of", "2026-03-10", "-o", out, "--json")
        found = json.loads(done.stdout)
        assert [act["effect"] for act in found["acts"]] == ["2026-05-01", None]

    @pytest.mark.parametrize(
        "options",
        [
            (),
            ("--as-of", "10 March"),
            ("--as-of", "2026-03-10", "--name", "Atlantis"),
            ("--as-of", "2020-01-01"),
        ],
    )
    def test_bad_options_are_refused(self, tmp_path: Path, options: tuple[str, ...]) -> None:
        source = tmp_path / "t.csv"
        source.write_text("state,act,on\nXA,accession,2026-01-01\n", encoding="utf-8")
        assert self.run("coe.budapest", "--import", str(source), *options).exit_code == 2

    def test_the_input_is_never_written_over(self, tmp_path: Path) -> None:
        source = tmp_path / "t.csv"
        source.write_text("state,act,on\nXA,accession,2026-01-01\n", encoding="utf-8")
        given_file = str(source)
        done = self.run("coe.budapest", "--import", given_file, "--as-of", "2026-03-10", "-o", given_file)
        assert done.exit_code == 2
        assert source.read_text(encoding="utf-8").startswith("state,")


def test_an_unknown_instrument_is_refused() -> None:
    with pytest.raises(InputError):
        import_parties(library(), "eu.nis3", b"state,act\n", "t.csv", Asked(as_of=AS_OF))
