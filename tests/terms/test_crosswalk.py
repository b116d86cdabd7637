"""The tables of `data/crosswalks`: their form, their completeness, and how codes may be spelt."""

from __future__ import annotations

import json

import msgspec
import pytest
import yaml
from crosswalk_data import CROSSWALKS, SCHEMES, concepts, crosswalks, files
from hypothesis import given, settings
from hypothesis import strategies as st

from proxeny.base.errors import InputError
from proxeny.terms.crosswalk import Crosswalks, find_code, fold, require_code, require_scheme
from proxeny.terms.crosswalk_build import build
from proxeny.terms.sssom import (
    COLUMNS,
    JUSTIFICATION,
    NO_TERM,
    PREDICATES,
    MappingRow,
    MappingSet,
    parse_mappings,
    parse_table,
    render_mappings,
    render_table,
)
from shared import SHARED

SETS = sorted(
    name for name in files() if name.endswith(".tsv") and ".codes" not in name and "alias" not in name
)
TAXONOMIES = ("rsit", "ecsirt", "circl", "common-taxonomy", "europol-incident", "csirt_case_classification",
              "enisa", "nis", "nis2", "cccs", "acn", "europol-event", "ms-caro-malware")  # fmt: skip

# SSSOM rows are lines: a value may hold anything but what ends one.
values = st.text(st.characters(codec="utf-8", exclude_characters="\n\r\0"), max_size=30)
words = st.from_regex(r"[A-Za-z0-9 &='\"#.:_-]{1,30}", fullmatch=True)
rows = st.builds(
    MappingRow,
    subject_id=words.map(lambda word: "rsit:" + word.strip() + "x"),
    subject_label=values,
    predicate_id=st.sampled_from(sorted(PREDICATES)),
    object_id=st.integers(1000, 9999).map("px:{}".format),
    object_label=values,
    mapping_justification=st.just(JUSTIFICATION),
    confidence=st.floats(0, 1),
    comment=values,
)
HEADER = {
    "curie_map": {"px": "urn:example:", "rsit": "urn:example:rsit:"},
    "mapping_set_id": "urn:example:set",
    "license": "Apache-2.0",
}


@given(st.lists(rows, max_size=5))
@settings(max_examples=60)
def test_parsing_what_was_rendered_gives_the_same_mappings(some: list[MappingRow]) -> None:
    made = MappingSet(HEADER, tuple(some), ())
    again = parse_mappings(render_mappings(made), "x")
    assert (again.header, again.rows) == (HEADER, tuple(some))


@given(st.lists(st.tuples(values, values, values), max_size=5))
@settings(max_examples=60)
def test_parsing_what_was_rendered_gives_the_same_table(some: list[tuple[str, str, str]]) -> None:
    text = render_table(("a", "b", "c"), some)
    assert [row.values for row in parse_table(text, "x", ("a", "b", "c"))] == some


@pytest.mark.parametrize("name", SETS)
def test_every_set_is_rendered_as_it_is_written(name: str) -> None:
    body = files()[name][files()[name].index(COLUMNS[0]) :]
    rendered = render_mappings(parse_mappings(files()[name], name))
    assert rendered[rendered.index(COLUMNS[0]) :] == body


@pytest.mark.parametrize("name", SETS)
def test_every_set_declares_its_prefixes_its_id_and_its_licence(name: str) -> None:
    header = parse_mappings(files()[name], name).header
    assert header["license"] == "Apache-2.0"
    assert str(header["mapping_set_id"]).endswith(name.removesuffix(".tsv"))
    assert set(header["curie_map"]) >= {"skos", "semapv"}


def test_all_faults_of_a_set_are_told_at_once_with_their_lines() -> None:
    made = MappingSet(HEADER, (), ())
    text = render_mappings(made) + (
        "rsit:a\tA\tskos:sameAs\tpx:1\tx\tsemapv:ManualMappingCuration\t0.9\t\n"
        "nix:b\tB\tskos:exactMatch\tpx:1\tx\tsemapv:ManualMappingCuration\t1.9\t\n"
        "rsit:c\tC\tskos:exactMatch\n"
    )
    with pytest.raises(InputError) as refused:
        parse_mappings(text, "x.tsv")
    lines = sorted(fault.place for fault in refused.value.faults)
    assert lines == ["x.tsv, line 7", "x.tsv, line 8", "x.tsv, line 8", "x.tsv, line 9"]


def test_no_term_without_a_reason_is_refused() -> None:
    header = {**HEADER, "curie_map": {"rsit": "urn:example:", "sssom": "urn:example:sssom:"}}
    text = render_mappings(MappingSet(header, (), ()))
    with pytest.raises(InputError, match="no reason"):
        parse_mappings(f"{text}rsit:a\tA\tskos:exactMatch\t{NO_TERM}\t\t{JUSTIFICATION}\t1\t\n", "x")


@pytest.mark.parametrize("scheme", TAXONOMIES)
def test_every_leaf_and_class_published_has_its_row_in_the_order_published(scheme: str) -> None:
    path = SHARED / "data" / "taxonomies" / f"{scheme}.json"
    if not path.exists():
        pytest.skip("the published taxonomies are not there")
    published = json.loads(path.read_text(encoding="utf-8"))
    expected = []
    for predicate in published["predicates"]:
        expected.append(predicate["value"])
        for group in published.get("values", []):
            if group["predicate"] == predicate["value"]:
                expected += [f'{predicate["value"]}="{entry["value"]}"' for entry in group["entry"]]
    assert list(crosswalks().schemes[scheme].codes) == expected


def test_every_intelmq_name_has_its_row() -> None:
    path = SHARED / "data" / "vocabularies" / "intelmq-types.tsv"
    if not path.exists():
        pytest.skip("the published names are not there")
    names = [line.split("\t")[0] for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    assert list(crosswalks().schemes["intelmq"].codes) == names


@pytest.mark.parametrize("scheme", SCHEMES)
def test_at_most_one_code_in_eight_has_no_concept_and_each_says_why(scheme: str) -> None:
    codes = crosswalks().schemes[scheme].codes.values()
    without = [code for code in codes if not code.mapped]
    assert all(code.reason for code in without)
    assert len(without) * 8 <= len(codes)


@pytest.mark.parametrize(
    "code",
    [
        "intelmq:blacklist",
        "intelmq:tor",
        "rsit:malware-configuration",
        'ecsirt:other="blacklist"',
        "rsit:test",
        'csirt_case_classification:incident-category="consulting"',
        'rsit:other="undetermined"',
    ],
)
def test_what_befell_nobody_maps_to_nothing(code: str) -> None:
    scheme, _, rest = code.partition(":")
    assert require_code(crosswalks(), scheme, rest).mapped == ()


@pytest.mark.parametrize(
    ("scheme", "written", "code"),
    [
        ("RSIT", 'Availability="DDoS"', 'availability="ddos"'),
        ("rsit", "availability=ddos", 'availability="ddos"'),
        ("rsit", "ddos", 'availability="ddos"'),
        ("rsit", 'fraud="unauthorized-use-of-resources"', 'fraud="unauthorised-use-of-resources"'),
        ("ecsirt", "vulnerable_service", 'vulnerable="vulnerable-service"'),
        ("CSIRT-case-classification", "dos", 'incident-category="DOS"'),
        ("intelmq_old", "BOTNET-DRONE", "botnet drone"),
        ("intelmq-old", "ids-alert", "ids alert"),
        ("intelmq", "C2 Server", "c2-server"),
        ("veris", 'action:hacking:variety="SQLi"', "action.hacking.variety.SQLi"),
        ("veris", "action.hacking.variety.sqli", "action.hacking.variety.SQLi"),
    ],
)  # fmt: skip
def test_aliases_and_case_lead_to_the_canonical_spelling(scheme: str, written: str, code: str) -> None:
    found = find_code(crosswalks(), scheme, written)
    assert found is not None
    assert found.code == code


def test_every_canonical_spelling_finds_itself_even_in_capitals() -> None:
    for scheme in crosswalks().schemes.values():
        for code in scheme.codes:
            for spelling in (code, code.upper(), code.replace('"', "")):
                found = find_code(crosswalks(), scheme.name, spelling)
                assert found is not None
                assert found.code == code


def test_an_unknown_code_or_scheme_is_refused_naming_the_nearest() -> None:
    with pytest.raises(InputError, match=r'did you mean rsit:availability="ddos"\?'):
        require_code(crosswalks(), "rsit", 'availability="dddos"')
    with pytest.raises(InputError, match=r"did you mean ecsirt\?"):
        require_scheme(crosswalks(), "ecsrit")
    assert find_code(crosswalks(), "rsit", "no-such") is None
    assert find_code(crosswalks(), "no-such", "ddos") is None


@given(st.text(max_size=40))
@settings(max_examples=60)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_the_compiled_crosswalks_survive_msgpack() -> None:
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(crosswalks()), type=Crosswalks)
    assert again == crosswalks()


def test_the_index_of_concepts_holds_every_mapping() -> None:
    indexed = {
        (concept, scheme, code)
        for concept, schemes in crosswalks().by_concept.items()
        for scheme, codes in schemes.items()
        for code in codes
    }
    assert indexed == {
        (item.concept, scheme.name, code.code)
        for scheme in crosswalks().schemes.values()
        for code in scheme.codes.values()
        for item in code.mapped
    }


def test_every_fault_of_the_tables_is_told_in_one_refusal() -> None:
    broken = dict(files())
    broken["rsit.codes.tsv"] = (
        broken["rsit.codes.tsv"].replace("\tfraud\n", "\tfrauds\n", 1) + "extra\tExtra\t\n"
    )
    broken["circl.tsv"] = broken["circl.tsv"].replace("px:1002\tspam", "px:1002\tspams", 1)
    broken["aliases.tsv"] += "rsit\tddos\tnowhere\n"
    broken["outside.tsv"] = broken["outside.tsv"].replace("intelmq:tor", "intelmq:thor")
    described = yaml.safe_load(broken["schemes.yaml"])
    described["missing"] = {"title": "x"}
    broken["schemes.yaml"] = yaml.safe_dump(described)
    with pytest.raises(InputError) as refused:
        build(broken, concepts())
    text = str(refused.value)
    for expected in (
        "broader of 'fraud=",
        "'extra' has no mapping",
        "px:1002 is spam, not spams",
        "rsit:nowhere is no code",
        "'intelmq:thor' is no code",
        "missing.codes.tsv",
    ):
        assert expected in text


def test_the_folder_holds_nothing_else() -> None:
    described = yaml.safe_load(files()["schemes.yaml"])
    expected = {f"{name}{suffix}" for name in described for suffix in (".tsv", ".codes.tsv")}
    extra = {"schemes.yaml", "outside.tsv", "aliases.tsv", "aliases-veris.tsv"}
    assert {path.name for path in CROSSWALKS.iterdir()} == expected | extra
