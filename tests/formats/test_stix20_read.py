"""STIX 2.0 is read as 2.1 is: the same content gives the same Report."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stix_misp_cases import STAMP

from proxeny.base.errors import InputError
from proxeny.formats.stix.read import read
from proxeny.formats.stix.twenty import observables_in, upgraded
from proxeny.identify.report import Report
from shared import CORPUS

Object = dict[str, Any]


def thing(kind: str, number: int = 1, **more: Any) -> Object:
    return {
        "type": kind,
        "id": f"{kind}--00000000-0000-4000-8000-{number:012d}",
        "created": STAMP,
        "modified": STAMP,
        **more,
    }


def read_20(*items: Object) -> list[Report]:
    document = {
        "type": "bundle",
        "id": "bundle--00000000-0000-4000-8000-000000000000",
        "spec_version": "2.0",
        "objects": list(items),
    }
    return read(json.dumps(document).encode(), "in.json")


def observed(**objects: Object) -> Object:
    held = {key.removeprefix("n"): item for key, item in objects.items()}
    return thing("observed-data", first_observed=STAMP, last_observed=STAMP, number_observed=1, objects=held)


def test_observed_data_give_their_indicators() -> None:
    seen = observed(
        n0={"type": "domain-name", "value": "a.example", "resolves_to_refs": ["1"]},
        n1={"type": "ipv4-addr", "value": "192.0.2.1"},
        n2={"type": "file", "hashes": {"SHA-256": "0" * 64}, "name": "a.exe"},
    )
    (report,) = read_20(seen)
    told = [("domain", "a.example"), ("filename", "a.exe"), ("ipv4", "192.0.2.1"), ("sha256", "0" * 64)]
    assert sorted((one.type, one.value) for one in report.indicators) == told


def test_the_labels_of_2_0_are_the_types_of_2_1() -> None:
    malware = thing("malware", 2, name="m", labels=["ransomware"])
    root = thing(
        "report", 3, name="r", published=STAMP, labels=["threat-report"], object_refs=[malware["id"]]
    )
    (report,) = read_20(malware, root)
    assert {("stix-malware", "ransomware"), ("stix-report", "threat-report")} <= {
        (tag.scheme, tag.code) for tag in report.tags
    }


def test_machine_tags_stay_labels() -> None:
    root = thing(
        "report",
        name="r",
        published=STAMP,
        labels=["threat-report", 'rsit:fraud="phishing"'],
        object_refs=["tool--00000000-0000-4000-8000-000000000009"],
    )
    (report,) = read_20(root)
    assert ("rsit", 'fraud="phishing"') in {(tag.scheme, tag.code) for tag in report.tags}


def test_the_references_of_observables_lead_to_their_identifiers() -> None:
    made = observables_in(
        {
            "0": {"type": "email-message", "is_multipart": False, "from_ref": "1", "to_refs": ["2"]},
            "1": {"type": "email-addr", "value": "a@b.example"},
            "2": {"type": "email-addr", "value": "c@d.example"},
        },
        b"",
    )
    assert (made["0"]["from_ref"], made["0"]["to_refs"]) == (made["1"]["id"], [made["2"]["id"]])


REFS = st.one_of(st.sampled_from(["0", "1", "2", "9"]), st.integers(), st.none())


@given(
    st.dictionaries(
        st.sampled_from(["0", "1", "2"]),
        st.one_of(
            st.none(),
            st.fixed_dictionaries(
                {"type": st.sampled_from(["file", "directory", "x-y", 7])},
                optional={
                    "parent_directory_ref": REFS,
                    "contains_refs": st.lists(REFS),
                    "hashes": st.one_of(st.just({}), st.just(7)),
                },
            ),
        ),
        max_size=3,
    )
)
@settings(max_examples=150, deadline=None)
def test_references_in_circles_or_to_nothing_end(objects: Object) -> None:
    upgraded([("/objects/0", observed() | {"objects": objects})])
    with contextlib.suppress(InputError):
        read_20(observed() | {"objects": objects})


def test_a_chain_of_references_is_followed_only_so_far() -> None:
    chain = {str(n): {"type": "process", "pid": n, "parent_ref": str(n + 1)} for n in range(3000)}
    assert len(observables_in(chain, b"")) == 3000


def test_a_breach_that_2_1_knows_too_is_refused_with_its_place() -> None:
    with pytest.raises(InputError) as refused:
        read_20(thing("identity"), thing("report", 2, name="r"))
    assert {fault.place for fault in refused.value.faults} == {"in.json, /objects/0", "in.json, /objects/1"}


def test_every_real_file_is_read() -> None:
    if not (CORPUS / "stix20").is_dir():
        pytest.skip(f"no corpus at {CORPUS}")
    for path in (CORPUS / "stix20").glob("*.json"):
        assert all(
            report.format == "stix" and report.indicators for report in read(path.read_bytes(), path.name)
        )
