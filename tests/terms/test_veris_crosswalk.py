"""The VERIS crosswalk: complete against the official schema, and able to answer in VERIS again.

Source of the codes: VERIS schema 1.4.1 (vz-risk/veris, verisc-merged.json). Labels of older versions are
those of the VERIS Community Database (1.3.4) and of the MISP machine tags.
"""

from __future__ import annotations

import csv
import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared import SHARED

ROOT = Path(__file__).resolve().parents[2]
CROSSWALKS = ROOT / "data" / "crosswalks"
TERMS = ROOT / "data" / "terms"
SCHEMA = SHARED / "data" / "schemas" / "veris" / "verisc-merged.json"
VCDB = SHARED / "data" / "vcdb-before-2016.jsonl"
MACHINETAGS = SHARED / "data" / "taxonomies" / "veris.json"

CLASSES = ("action", "actor", "attribute")
MEMBERS = [
    "security_incident",
    "asset.assets.variety",
    "attribute.confidentiality.data_disclosure",
    "attribute.confidentiality.data.variety",
    "attribute.confidentiality.state",
    "attribute.integrity.variety",
    "attribute.availability.variety",
    "actor.external.variety",
    "actor.internal.variety",
    "action.social.target",
    "action.environmental.variety",
    *(
        f"action.{action}.{member}"
        for action in ("hacking", "malware", "social", "error", "misuse", "physical")
        for member in ("variety", "vector")
    ),
    *(
        f"action.{action}.result"
        for action in ("hacking", "malware", "social", "misuse", "physical", "unknown")
    ),
]
# Words of the schema that name the actor more closely than where it stands; they must not lead further.
ACCUSING = ("Activist", "Competitor", "Nation-state", "Organized crime", "State-affiliated", "Terrorist")
NOT_SAID = ("Other", "Unknown")


def _table(name: str) -> list[dict[str, str]]:
    lines = (CROSSWALKS / name).read_text(encoding="utf-8").splitlines()
    body = [line for line in lines if not line.startswith("#")]
    return list(csv.DictReader(body, delimiter="\t"))


@functools.cache
def _rows() -> list[dict[str, str]]:
    return _table("veris.tsv")


@functools.cache
def _codes() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in _table("veris.codes.tsv")}


@functools.cache
def _aliases() -> dict[str, str]:
    return {row["alias"]: row["code"] for row in _table("aliases-veris.tsv") if row["scheme"] == "veris"}


def _resolve(code: str) -> str | None:
    resolved = _aliases().get(code, code)
    return resolved if resolved in _codes() else None


def _rows_of(code: str) -> list[dict[str, str]]:
    return [row for row in _rows() if row["subject_id"] == f"veris:{code}"]


def _need(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"{path.name} is not here; set PROXENY_SHARED")
    return path


def _node(schema: dict[str, Any], path: str) -> dict[str, Any]:
    node = schema
    for part in path.split("."):
        node = node["properties"][part]
        node = node.get("items", node)
    return node


def _official() -> set[str]:
    schema = json.loads(_need(SCHEMA).read_text(encoding="utf-8"))
    values = {f"{member}.{value}" for member in MEMBERS for value in _node(schema, member)["enum"]}
    return values | {f"{name}.{child}" for name in CLASSES for child in _node(schema, name)["properties"]}


def _vcdb_labels(record: dict[str, Any]) -> Iterator[str]:
    labels = record["labels"]
    for key in ("action_variety", "action_vector", "actor_variety", "attribute_variety"):
        yield from labels.get(key) or ()
    for key in CLASSES:
        yield from (f"{key}.{value}" for value in labels.get(key) or ())
    yield from (f"asset.assets.variety.{value}" for value in labels.get("asset") or ())
    if labels.get("data_disclosure"):
        yield f"attribute.confidentiality.data_disclosure.{labels['data_disclosure']}"
    if labels.get("incident_status"):
        yield f"security_incident.{labels['incident_status']}"


@functools.cache
def _vcdb() -> frozenset[str]:
    lines = _need(VCDB).read_text(encoding="utf-8").splitlines()
    return frozenset(label for line in lines for label in _vcdb_labels(json.loads(line)))


def test_the_codes_are_those_of_the_official_schema_and_no_others() -> None:
    assert set(_codes()) == _official()


def test_each_code_has_a_mapping_or_a_reason_why_there_is_none() -> None:
    mapped = {row["subject_id"].removeprefix("veris:") for row in _rows()}
    assert mapped == set(_codes())
    for row in _rows():
        if row["object_id"] == "sssom:NoTermFound":
            code = row["subject_id"].removeprefix("veris:")
            assert row["comment"], code
            assert len(_rows_of(code)) == 1, code


def test_at_most_one_code_in_eight_goes_without_a_concept() -> None:
    without = [row for row in _rows() if row["object_id"] == "sssom:NoTermFound"]
    assert 8 * len(without) <= len(_codes())


def test_labels_are_those_of_the_list_of_codes() -> None:
    for row in _rows():
        assert row["subject_label"] == _codes()[row["subject_id"].removeprefix("veris:")]["label"]


def test_no_code_names_a_concept_twice() -> None:
    pairs = [(row["subject_id"], row["object_id"]) for row in _rows()]
    assert len(pairs) == len(set(pairs))


def test_the_hierarchy_of_codes_ends() -> None:
    codes = _codes()
    for code in codes:
        seen = [code]
        while codes[seen[-1]]["broader"]:
            above = codes[seen[-1]]["broader"]
            assert above in codes, above
            assert above not in seen, seen
            seen.append(above)


def test_every_concept_is_one_of_the_terminology() -> None:
    files = sorted(path for path in TERMS.glob("*.yaml") if path.stem != "cue-rules")
    if not files:
        pytest.skip("data/terms holds no terminology yet")
    import yaml

    known: dict[str, str] = {}
    for file in files:
        for concept in yaml.safe_load(file.read_text(encoding="utf-8"))["concepts"]:
            known[concept["id"]] = concept["slug"]
    for row in _rows():
        if row["object_label"]:
            assert known.get(row["object_id"]) == row["object_label"], row["subject_id"]


def test_aliases_lead_to_codes_and_are_no_codes_themselves() -> None:
    for alias, code in _aliases().items():
        assert code in _codes(), alias
        assert alias not in _codes(), alias


def test_every_label_of_the_community_database_is_a_code_or_an_alias() -> None:
    assert [label for label in sorted(_vcdb()) if _resolve(label) is None] == []


def test_every_machine_tag_of_these_members_is_a_code_or_an_alias() -> None:
    taxonomy = json.loads(_need(MACHINETAGS).read_text(encoding="utf-8"))
    lost = []
    for values in taxonomy["values"]:
        member = values["predicate"].replace(":", ".")
        if member in MEMBERS:
            codes = [f"{member}.{entry['value']}" for entry in values["entry"]]
            lost += [code for code in codes if _resolve(code) is None]
    assert lost == []


def test_each_action_owns_one_concept_exactly() -> None:
    for action in ("hacking", "malware", "social", "misuse", "physical", "error", "environmental"):
        principal = _rows_of(f"action.{action}")[0]
        assert (principal["predicate_id"], principal["object_id"][:4]) == ("skos:exactMatch", "px:2")


def test_no_two_codes_claim_the_same_concept_exactly() -> None:
    exact = [row["object_id"] for row in _rows() if row["predicate_id"] == "skos:exactMatch"]
    exact = [concept for concept in exact if concept != "sssom:NoTermFound"]
    assert len(exact) == len(set(exact))


def test_every_variety_in_use_can_be_reached_from_a_concept() -> None:
    for label in sorted(_vcdb()):
        code = _resolve(label)
        if code and ".variety." in code and code.startswith("action."):
            predicates = {row["predicate_id"] for row in _rows_of(code)}
            assert predicates & {"skos:exactMatch", "skos:closeMatch", "skos:broadMatch"}, code


def test_the_kind_of_actor_leads_nowhere_but_outside() -> None:
    for kind in ACCUSING:
        rows = _rows_of(f"actor.external.variety.{kind}")
        assert [row["object_label"] for row in rows] == ["outside"]
        assert rows[0]["comment"]


def test_what_was_not_said_asserts_nothing_but_its_own_class() -> None:
    for code in _codes():
        if code.startswith("action.") and code.rpartition(".")[2] in NOT_SAID:
            for row in _rows_of(code):
                unsure = row["object_id"] == "sssom:NoTermFound"
                assert unsure or row["predicate_id"] in ("skos:broadMatch", "skos:narrowMatch"), code


@pytest.mark.parametrize(
    ("code", "concepts"),
    [
        ("action.error.variety.Loss", ["equipment-loss", "loss-by-error", "error"]),
        ("action.error.variety.Misdelivery", ["misdelivery", "sending-error", "error"]),
        ("action.malware.variety.Ransomware", ["ransomware", "encryption-for-extortion"]),
        ("action.physical.variety.Theft", ["equipment-theft", "theft-of-object"]),
        ("action.hacking.variety.Use of backdoor or C2", ["backdoor-use", "system-compromise"]),
        ("action.malware.variety.Ram scraper", ["memory-scraper", "malware-infection"]),
    ],
)
def test_a_code_says_what_befell_and_how(code: str, concepts: list[str]) -> None:
    resolved = _resolve(code)
    assert resolved is not None
    assert [row["object_label"] for row in _rows_of(resolved)] == concepts
