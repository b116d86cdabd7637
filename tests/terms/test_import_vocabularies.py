"""Imports: what is read is what was written, every fault is told, and every command can use what was imported."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vocabularies import Case, cases, imported_files, joined

from knowledge import KNOWLEDGE
from proxeny.actions.vocabulary import export, form_of, import_files, read_vocabulary
from proxeny.base.errors import InputError
from proxeny.identify.coded import read_codes
from proxeny.identify.report import Tag
from proxeny.terms.crosswalk import fold
from proxeny.terms.imported import machinetag, sssom, table
from proxeny.terms.imported.files import vocabulary_files
from proxeny.terms.imported.folder import entries_of, links_of
from proxeny.terms.imported.records import DEEPEST, LONGEST_CODE, MOST_CODES, Entry, entry_faults
from proxeny.terms.sssom import UNMAPPED
from proxeny.terms.translation import translate

codes = st.from_regex(r"[a-z][a-z0-9]{0,5}( [a-z]{1,5})?", fullmatch=True)
labels = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)


@pytest.mark.parametrize("case", cases(fail=False), ids=lambda case: case.name)
def test_a_case_is_read_as_promised(case: Case) -> None:
    about = case.about
    read = read_vocabulary(case.data, about["file"], about["form"], about.get("name"))
    assert len(read.entries) == len(about["expected"])
    for entry, expected in zip(read.entries, about["expected"], strict=True):
        assert (entry.code, entry.broader) == (expected["code"], expected["broader"])
        if "label" in expected:
            assert entry.notes[0].label == expected["label"]
        if "languages" in expected:
            assert [note.language for note in entry.notes] == expected["languages"]
    links = [f"{link.code} {link.predicate} {link.target} {link.confidence}" for link in read.links]
    assert links == about.get("links", [])
    assert list(read.reasons) == about.get("reasons", [])
    assert len(read.passed_over) == about.get("passed_over", 0)
    assert read.name == about.get("named", read.name)


@pytest.mark.parametrize("case", cases(fail=True), ids=lambda case: case.name)
def test_a_case_is_refused_with_every_fault_and_its_place(case: Case) -> None:
    with pytest.raises(InputError) as refused:
        read_vocabulary(case.data, case.about["file"], case.about["form"], case.about.get("name"))
    told = str(refused.value)
    for expected in case.about["refused"]:
        assert expected in told
    assert all(fault.place and fault.remedy for fault in refused.value.faults)


@given(
    st.lists(st.tuples(codes, labels), min_size=1, max_size=8, unique_by=lambda row: fold(row[0])), st.data()
)
def test_a_table_written_as_csv_is_read_back(rows: list[tuple[str, str]], data: st.DataObject) -> None:
    above = [data.draw(st.sampled_from(["", *(code for code, _ in rows[:at])])) for at in range(len(rows))]
    quoted = [
        ",".join('"' + value.replace('"', '""') + '"' for value in (code, label, broader))
        for (code, label), broader in zip(rows, above, strict=True)
    ]
    read = table.read("\r\n".join(["code,label,broader", *quoted]).encode(), "xa.csv", "xa-cert")
    assert [(e.code, e.notes[0].label, e.broader) for e in read.entries] == [
        (code, label, broader) for (code, label), broader in zip(rows, above, strict=True)
    ]


@given(st.dictionaries(codes, st.lists(codes, max_size=3, unique_by=fold), min_size=1, max_size=4))
def test_a_machinetag_file_gives_a_code_for_each_tag(tags: dict[str, list[str]]) -> None:
    taxonomy = {
        "namespace": "xa-cert",
        "version": 1,
        "predicates": [{"value": predicate} for predicate in tags],
        "values": [
            {"predicate": predicate, "entry": [{"value": value} for value in values]}
            for predicate, values in tags.items()
        ],
    }
    wanted = [code for p, values in tags.items() for code in (p, *(f'{p}="{value}"' for value in values))]
    read = machinetag.read(json.dumps(taxonomy).encode(), "machinetag.json")
    if len({fold(code) for code in wanted}) == len(wanted):
        assert [entry.code for entry in read.entries] == wanted
    assert len(read.entries) + len(read.passed_over) == len(wanted)


@given(
    st.binary(max_size=200) | st.text(max_size=200).map(str.encode),
    st.sampled_from(["machinetag", "sssom", "csv"]),
)
@settings(max_examples=200)
def test_whatever_the_bytes_they_are_read_or_refused(data: bytes, form: str) -> None:
    with contextlib.suppress(InputError):
        assert read_vocabulary(data, "file", form, "xa-cert").entries


@pytest.mark.parametrize("scheme", ["rsit", "ecsirt", "veris", "intelmq", "stix-malware"])
def test_a_crosswalk_that_was_exported_is_imported_with_the_same_mappings(scheme: str) -> None:
    (data,) = export(KNOWLEDGE, "sssom", [scheme]).values()
    read = sssom.read(data, "crosswalk.tsv", "xa-copy")
    crosswalks = joined(import_files(read, KNOWLEDGE, {}, "folder"))
    ours, theirs = KNOWLEDGE.crosswalks.schemes[scheme].codes, crosswalks.schemes["xa-copy"].codes
    assert list(theirs) == list(ours)
    for code in ours.values():
        assert theirs[code.code].mapped == code.mapped
        assert theirs[code.code].reason == code.reason
        assert theirs[code.code].label == code.label


def test_every_taxonomy_that_misp_publishes_is_imported() -> None:
    pytaxonomies = pytest.importorskip("pytaxonomies")
    folder = Path(pytaxonomies.__file__).parent / "data" / "misp-taxonomies"
    paths = sorted(folder.glob("*/machinetag.json"))
    assert len(paths) > 100
    for path in paths:
        read = machinetag.read(path.read_bytes(), path.parent.name, f"xa-{path.parent.name}"[:60])
        files = vocabulary_files(read, KNOWLEDGE.terminology)
        assert [e.code for e in entries_of(files, read.name, "folder")] == [e.code for e in read.entries]


def test_a_code_that_nobody_has_mapped_says_so_when_it_is_translated() -> None:
    crosswalks = joined(imported_files())
    assert translate(crosswalks, "xa-national:1.1", "rsit") == []
    assert crosswalks.schemes["xa-national"].codes["1.1"].reason == UNMAPPED


MAPPED = """#mapping_set_id: urn:example:set
#license: urn:example:licence
#curie_map:
#  xa-cert: urn:example:xa#
#  px: https://proxeny.org/terms/
#  rsit: urn:example:rsit#
subject_id	predicate_id	object_id	mapping_justification	confidence
xa-cert:flood	skos:exactMatch	px:1037	semapv:ManualMappingCuration	0.9
xa-cert:lure	skos:exactMatch	rsit:fraud%3D%22phishing%22	semapv:ManualMappingCuration	0.9
"""


def test_an_imported_scheme_is_translated_into_and_from_and_is_evidence() -> None:
    files = import_files(read_vocabulary(MAPPED.encode(), "m.tsv", None, None), KNOWLEDGE, {}, "folder")
    crosswalks = joined(files)
    assert [t.code for t in translate(crosswalks, "xa-cert:flood", "rsit")] == ['rsit:availability="ddos"']
    assert "xa-cert:flood" in {t.code for t in translate(crosswalks, 'rsit:availability="ddos"', "xa-cert")}
    tag = Tag(scheme="xa-cert", code="flood", raw="xa-cert:flood", at="/tags/0")
    assert [coded.slug for coded in read_codes([tag], crosswalks)] == ["distributed-denial-of-service"]
    assert KNOWLEDGE.crosswalks.schemes.keys() == crosswalks.schemes.keys() - {"xa-cert"}
    assert [link.target for link in links_of(files, "xa-cert", "folder")] == ['rsit:fraud="phishing"']


def test_a_name_that_is_known_already_is_refused() -> None:
    read = read_vocabulary(MAPPED.encode(), "m.tsv", None, "RSIT")
    with pytest.raises(InputError, match="known already"):
        import_files(read, KNOWLEDGE, {}, "folder")
    files = imported_files()
    again = read_vocabulary(b"code,label\na,Alpha\n", "xa.csv", None, "xa-national")
    with pytest.raises(InputError, match="there already"):
        import_files(again, KNOWLEDGE, files, "folder")


def test_a_second_vocabulary_joins_the_first_in_its_folder() -> None:
    files = imported_files()
    second = read_vocabulary(b"code,label\na,Alpha\n", "xb.csv", None, "xb-national")
    files |= import_files(second, KNOWLEDGE, files, "folder")
    assert {"xa-national", "xb-national"} <= joined(files).schemes.keys()


@pytest.mark.parametrize("name", ["", "../x", "a/b", "px", "aliases-x", "x" * 65, "é", ".hidden", "schemes"])
def test_a_name_that_could_not_be_a_file_or_a_prefix_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        machinetag.read(json.dumps({"namespace": name, "predicates": [{"value": "a"}]}).encode(), "m.json")


def test_a_concept_that_is_none_is_refused_with_its_line() -> None:
    read = read_vocabulary(MAPPED.replace("px:1037", "px:999999").encode(), "m.tsv", None, None)
    with pytest.raises(InputError, match=r"m\.tsv, line 8: px:999999: no such concept"):
        import_files(read, KNOWLEDGE, {}, "folder")


def test_a_fault_in_a_folder_names_the_folder_and_the_line() -> None:
    files = imported_files()
    files["xa-national.tsv"] = files["xa-national.tsv"].replace("sssom:NoTermFound", "px:999999")
    with pytest.raises(InputError) as refused:
        joined(files)
    assert all(fault.place.startswith("folder/xa-national.") for fault in refused.value.faults)
    assert "folder/xa-national.tsv, line 14: px:999999 is no concept" in str(refused.value)
    with pytest.raises(InputError, match="folder: no vocabulary"):
        joined({})


def test_more_codes_than_the_limit_are_refused() -> None:
    many = [Entry(str(at), "", (), "") for at in range(MOST_CODES + 1)]
    assert [fault.message for fault in entry_faults(many, "file")] == [f"more than {MOST_CODES} codes"]


def test_a_hierarchy_deeper_than_the_limit_and_an_endless_code_are_refused() -> None:
    chain = "".join(f"c{at},Label,{f'c{at - 1}' if at else ''}\n" for at in range(DEEPEST + 3))
    with pytest.raises(InputError, match=f"stands more than {DEEPEST} deep"):
        table.read(f"code,label,broader\n{chain}".encode(), "xa.csv", "xa-cert")
    with pytest.raises(InputError, match=f"more than {LONGEST_CODE} characters"):
        table.read(f"code,label\n{'c' * (LONGEST_CODE + 1)},Label\n".encode(), "xa.csv", "xa-cert")


def test_what_only_unicode_calls_a_line_end_ends_no_line() -> None:
    read = table.read("code,label\n1,Fraud\u2028and lies\n2,Spam\n".encode(), "xa.csv", "xa-cert")
    assert [entry.notes[0].label for entry in read.entries] == ["Fraud and lies", "Spam"]


def test_the_form_is_told_by_the_first_character() -> None:
    assert [form_of(data) for data in (b' {"a": 1}', b"#curie_map:", b"code,label", b"\xef\xbb\xbfcode")] == [
        "machinetag",
        "sssom",
        "csv",
        "csv",
    ]
