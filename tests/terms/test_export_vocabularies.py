"""The exports: other people's tools load them, nothing of the terminology is missing, the bytes are the same each time."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import KNOWLEDGE
from proxeny.actions.vocabulary import EXPORTS, export
from proxeny.base.errors import InputError
from proxeny.terms.curie import percent_decode, percent_encode
from proxeny.terms.export.machinetag import MANIFEST, TAXONOMY, number_of
from proxeny.terms.own_scheme import NAME as OWN
from proxeny.terms.terminology import AXES, LANGUAGES

CONCEPTS = KNOWLEDGE.terminology.concepts
SKOS = "http://www.w3.org/2004/02/skos/core#"

# sssom-py is loaded in a process of its own, since its own imports warn.
LOAD = """
import sys, sssom
from sssom.constants import SchemaValidationType as kinds
from sssom.validators import validate
loaded = sssom.parse_tsv(sys.argv[1])
found = validate(loaded, [kinds.JsonSchema, kinds.PrefixMapCompleteness, kinds.StrictCurieFormat])
print(len(loaded.df), sum(len(report.results) for report in found.values()))
"""


def text_of(form: str, *schemes: str) -> str:
    return next(iter(export(KNOWLEDGE, form, schemes).values())).decode()


def test_skos_loads_in_rdflib_with_every_concept_in_six_languages() -> None:
    rdflib = pytest.importorskip("rdflib")
    graph = rdflib.Graph().parse(data=text_of("skos"), format="turtle")
    skos = rdflib.Namespace(SKOS)
    concepts = set(graph.subjects(rdflib.RDF.type, skos.Concept))
    assert len(concepts) == len(CONCEPTS)
    for concept in CONCEPTS.values():
        one = rdflib.URIRef("https://proxeny.org/terms/" + concept.id.removeprefix("px:"))
        labels = {label.language: str(label) for label in graph.objects(one, skos.prefLabel)}
        assert labels == concept.label
        assert {d.language for d in graph.objects(one, skos.definition)} == set(LANGUAGES)
        assert [str(n) for n in graph.objects(one, skos.notation)] == [concept.slug]
        above = [str(b).rpartition("/")[2] for b in graph.objects(one, skos.broader)]
        assert above == ([concept.broader.removeprefix("px:")] if concept.broader else [])
        hidden = set(graph.objects(one, skos.hiddenLabel))
        assert not hidden & set(graph.objects(one, skos.prefLabel)), "SKOS integrity condition S13"
        cues = KNOWLEDGE.glosses[concept.id].cues
        expected = {(lang, cue) for lang in LANGUAGES for cue in cues[lang] if cue != concept.label[lang]}
        assert {(cue.language, str(cue)) for cue in hidden} == expected
    assert len(set(graph.subjects(rdflib.RDF.type, skos.Collection))) == len(AXES)


def test_skos_holds_the_mapping_relations_of_the_schemes_asked_for_turned_to_the_code() -> None:
    rdflib = pytest.importorskip("rdflib")
    graph = rdflib.Graph().parse(data=text_of("skos", "rsit"), format="turtle")
    named = {"exact": "exact", "close": "close", "broad": "narrow", "narrow": "broad", "related": "related"}
    wanted = Counter(
        named[item.predicate]
        for code in KNOWLEDGE.crosswalks.schemes["rsit"].codes.values()
        for item in code.mapped
    )
    found = {
        name: len(list(graph.triples((None, rdflib.URIRef(f"{SKOS}{name}Match"), None)))) for name in wanted
    }
    assert found == wanted


def test_sssom_loads_in_sssom_py_with_every_mapping_and_no_fault(tmp_path: Path) -> None:
    pytest.importorskip("sssom_schema")
    path = tmp_path / "crosswalks.tsv"
    path.write_text(text_of("sssom", "rsit", "n6", "intelmq"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOAD, path], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    rows = sum(not line.startswith("#") for line in path.read_text(encoding="utf-8").splitlines()) - 1
    assert done.stdout.split() == [str(rows).encode(), b"0"]


def test_sssom_of_all_crosswalks_holds_only_curies_of_declared_prefixes_each_with_its_own_address() -> None:
    lines = text_of("sssom").splitlines()
    prefixes = dict(re.findall(r"^#  ([\w.\-]+): (\S+)$", "\n".join(lines), re.MULTILINE))
    assert len(set(prefixes.values())) == len(prefixes)
    table = [line.split("\t") for line in lines if not line.startswith("#")]
    for row in table[1:]:
        for curie in (row[0], row[3]):
            prefix, _, local = curie.partition(":")
            assert prefix in prefixes
            assert re.fullmatch(r"[A-Za-z0-9._~%\-]+", local), curie
    mapped = sum(
        max(1, len(code.mapped)) + len(code.notions)
        for scheme in KNOWLEDGE.crosswalks.schemes.values()
        if scheme.name != OWN
        for code in scheme.codes.values()
    )
    assert len(table) - 1 == mapped


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_a_code_comes_back_from_its_percent_encoding(code: str) -> None:
    encoded = percent_encode(code)
    assert re.fullmatch(r"[A-Za-z0-9._~%\-]*", encoded)
    assert percent_decode(encoded) == code


@pytest.mark.filterwarnings("ignore:The metaschema specified by:DeprecationWarning")  # of the schema of MISP
def test_machinetag_loads_in_pytaxonomies_and_passes_the_schema_of_misp(tmp_path: Path) -> None:
    pytaxonomies = pytest.importorskip("pytaxonomies")
    for name, data in export(KNOWLEDGE, "machinetag").items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    taxonomies = pytaxonomies.Taxonomies(manifest_path=str(tmp_path / MANIFEST))
    taxonomies.validate_with_schema()
    tags = set(taxonomies["proxeny"].machinetags())
    assert tags == {f"{OWN}:{code}" for code in KNOWLEDGE.crosswalks.schemes[OWN].codes}


def test_the_identifiers_of_a_machinetag_export_are_each_their_own() -> None:
    taxonomy = json.loads(export(KNOWLEDGE, "machinetag")[TAXONOMY])
    entries = [entry for block in taxonomy["values"] for entry in block["entry"]]
    named = [taxonomy, *taxonomy["predicates"], *entries]
    assert len({one["uuid"] for one in named}) == len(named)


def test_a_later_version_has_a_larger_number_in_misp() -> None:
    versions = ["terms-0.1.0", "terms-0.1.2", "terms-0.2.0", "terms-1.0.0", "terms-1.0.10", "terms-1.10.0"]
    numbers = [number_of(version) for version in versions]
    assert numbers == sorted(set(numbers))


def test_open_vocabularies_hold_every_concept_as_a_value_that_stix_allows() -> None:
    vocabularies = json.loads(text_of("stix-ov"))
    assert [v["axis"] for v in vocabularies] == list(AXES)
    values = [value for v in vocabularies for value in v["values"]]
    assert {value["concept"] for value in values} == set(CONCEPTS)
    for value in values:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value["value"]), "STIX 2.1, section 10"
        assert value["label"]
        assert value["description"]
    assert all(re.fullmatch(r"[a-z\-]+-ov", v["name"]) for v in vocabularies)


def test_csv_gives_back_every_label_and_definition_and_no_cell_that_a_spreadsheet_would_run() -> None:
    rows = list(csv.DictReader(text_of("csv").splitlines()))
    assert [row["concept"] for row in rows] == list(CONCEPTS)
    for row in rows:
        concept, gloss = CONCEPTS[row["concept"]], KNOWLEDGE.glosses[row["concept"]]
        assert {lang: row[f"label_{lang}"] for lang in LANGUAGES} == concept.label
        assert {lang: row[f"definition_{lang}"] for lang in LANGUAGES} == gloss.definition
        assert (row["axis"], row["slug"], row["broader"]) == (
            concept.axis,
            concept.slug,
            concept.broader or "",
        )
        assert not any(value.startswith(("=", "+", "-", "@")) for value in row.values())


@pytest.mark.parametrize("form", EXPORTS)
def test_two_processes_write_the_same_bytes(form: str) -> None:
    command = [sys.executable, "-m", "proxeny", "terms", "export", "--format", form]
    outputs = [
        subprocess.run(
            command, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    ]
    assert outputs[0] == outputs[1] != b""


def test_codes_of_schemes_are_refused_where_the_form_has_no_place_for_them() -> None:
    with pytest.raises(InputError, match="holds no codes"):
        export(KNOWLEDGE, "csv", ["rsit"])
    with pytest.raises(InputError, match="did you mean rsit"):
        export(KNOWLEDGE, "sssom", ["rsitt"])
