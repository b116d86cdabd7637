"""CSAF 2.0: an advisory is a Report of that kind; what the schema requires is checked, what is not held is counted."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_cases import VECTORS, cases, check

from proxeny.base.errors import InputError
from proxeny.formats.csaf.read import read
from proxeny.formats.detect import detect
from proxeny.identify.report import Report
from shared import CORPUS, SHARED

FOLDER = CORPUS / "csaf20"
SCHEMA = SHARED / "data" / "schemas" / "csaf" / "csaf_json_schema.json"
ADVISORY: dict[str, Any] = json.loads(
    (VECTORS / "csaf" / "advisory" / "advisory.json").read_text(encoding="utf-8")
)


def read_or_refuse(data: bytes) -> list[Report]:
    try:
        return read(data, "a.json")
    except InputError:
        return []


@pytest.mark.parametrize("folder", cases("csaf"), ids=lambda folder: folder.name)
def test_each_case_folder_holds_what_it_promises(folder: Path) -> None:
    check("csaf", folder)


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no corpus at {CORPUS}")
def test_every_real_file_is_recognised_and_read() -> None:
    for path in sorted(FOLDER.iterdir()):
        data = path.read_bytes()
        assert detect(data, path.name) == "csaf"
        (report,) = read(data, path.name)
        document = json.loads(data)["document"]
        assert (report.kind, report.title) == ("advisory", document["title"])
        assert (report.source_id, report.reporter) == (
            document["tracking"]["id"],
            document["publisher"]["name"],
        )
        cves = {one["cve"] for one in json.loads(data).get("vulnerabilities", ()) if "cve" in one}
        assert cves <= {one.value for one in report.indicators}


@pytest.mark.skipif(not SCHEMA.is_file(), reason=f"no schema at {SCHEMA}")
@pytest.mark.parametrize(
    "path",
    [
        "category", "csaf_version", "publisher", "publisher/category", "publisher/name", "publisher/namespace", "title",
        "tracking", "tracking/current_release_date", "tracking/id", "tracking/initial_release_date",
        "tracking/revision_history", "tracking/status", "tracking/version", "tracking/revision_history/0/date",
        "tracking/revision_history/0/number", "tracking/revision_history/0/summary", "notes/0/category",
        "notes/0/text", "distribution/tlp/label",
    ],
)  # fmt: skip
def test_a_member_that_the_official_schema_requires_is_required_here(path: str) -> None:
    schema = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    value = copy.deepcopy(ADVISORY)
    schema_errors = [error for error in schema.iter_errors(value) if "document" in error.absolute_path]
    node: Any = value["document"]
    *above, last = path.split("/")
    for key in above:
        node = node[int(key)] if key.isdigit() else node[key]
    del node[last]
    assert len([e for e in schema.iter_errors(value) if "document" in e.absolute_path]) > len(schema_errors)
    with pytest.raises(InputError) as refused:
        read(json.dumps(value).encode(), "a.json")
    assert [fault.place for fault in refused.value.faults] == [f"a.json/document/{path}"]


def test_an_incident_is_never_read_into_an_advisory() -> None:
    value = copy.deepcopy(ADVISORY)
    value["document"]["notes"][0]["text"] = "Ransomware encrypted the servers of a hospital."
    (report,) = read(json.dumps(value).encode(), "a.json")
    assert report.kind == "advisory"


def test_a_draft_is_told_as_the_sources_own_confidence() -> None:
    value = copy.deepcopy(ADVISORY)
    value["document"]["tracking"]["status"] = "draft"
    (report,) = read(json.dumps(value).encode(), "a.json")
    assert report.confidence == "draft"


def test_a_language_that_is_not_read_for_meaning_is_a_loss() -> None:
    value = copy.deepcopy(ADVISORY)
    value["document"]["lang"] = "de-AT"
    (report,) = read(json.dumps(value).encode(), "a.json")
    assert report.language is None
    assert "/document/lang" in {loss.at for loss in report.losses}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9999) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)
_OF_DOCUMENT = ("category", "publisher", "tracking", "notes", "distribution", "lang", "title", "references")
_PATHS: list[list[Any]] = [
    *(["document", key] for key in _OF_DOCUMENT),
    ["document", "tracking", "revision_history"],
    ["document", "distribution", "tlp"],
    ["vulnerabilities"],
    ["vulnerabilities", 0],
    ["vulnerabilities", 0, "cve"],
    ["product_tree"],
    ["product_tree", "branches"],
]


@given(st.sampled_from(_PATHS), _JSON)
def test_a_document_with_anything_anywhere_is_read_or_refused(path: list[Any], value: Any) -> None:
    made = copy.deepcopy(ADVISORY)
    node: Any = made
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    msgspec.json.encode(read_or_refuse(json.dumps(made).encode()))
