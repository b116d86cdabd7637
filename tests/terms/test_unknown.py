"""Which codes a scheme should know: no published one is unknown, and nothing is judged where none are held."""

from __future__ import annotations

import json

import pytest
from crosswalk_data import crosswalks
from hypothesis import given
from hypothesis import strategies as st

from proxeny.formats.machinetag import meaning_of, tags_of
from proxeny.identify.coded import MOST_UNKNOWN, unknown_codes
from proxeny.identify.report import Tag
from shared import SHARED

TAXONOMIES = SHARED / "data" / "taxonomies"


def tag(scheme: str, code: str) -> Tag:
    return Tag(scheme=scheme, code=code, raw=code, at=f"/{code}")


def unknown(scheme: str, code: str) -> list[str | None]:
    return [loss.nearest for loss in unknown_codes([tag(scheme, code)], crosswalks())]


@pytest.mark.parametrize(
    ("scheme", "code", "nearest"),
    [
        ("rsit", 'availability="ddoss"', 'rsit:availability="ddos"'),
        ("rsit", 'avail="ddos"', 'rsit:availability="ddos"'),
        ("rsit", "zz", None),
        ("intelmq", "ddoss", "intelmq:ddos"),
        ("veris", "action.error.variety.Lozz", "veris:action.error.variety.Loss"),
        ("veris", "action.eror.variety.Loss", "veris:action.error.variety.Loss"),
    ],
)
def test_a_misspelt_code_is_unknown_and_the_nearest_is_named(scheme: str, code: str, nearest: str) -> None:
    assert unknown(scheme, code) == [nearest]


@pytest.mark.parametrize(
    ("scheme", "code"),
    [
        ("nobodys", "anything"),
        ("free", "words"),
        ("attack", "T9999"),
        ("stix-malware", "a-word-of-our-own"),
        ("intelmq-identifier", "salityp2p"),
        ("veris", "discovery_method.internal.variety.Whatever"),
        ("veris", "actor.partner.variety.Whoever"),
        ("veris", "asset.hosting.Elsewhere"),
        ("veris", "ACTION.ERROR.VARIETY.LOSS"),
        ("rsit", "ddos"),
    ],
)
def test_what_no_shipped_scheme_lists_is_no_fault_of_the_report(scheme: str, code: str) -> None:
    assert unknown(scheme, code) == []


def test_no_published_machine_tag_is_unknown() -> None:
    if not TAXONOMIES.exists():
        pytest.skip("the taxonomies are not here; set PROXENY_SHARED")
    tags = [
        f'{taxonomy["namespace"]}:{values["predicate"]}="{entry["value"]}"'
        for path in sorted(TAXONOMIES.glob("*.json"))
        if "namespace" in (taxonomy := json.loads(path.read_text(encoding="utf-8")))
        for values in taxonomy.get("values", ())
        for entry in values["entry"]
    ]
    assert len(tags) > 1000
    found = [
        loss
        for raw in tags
        for loss in unknown_codes(tags_of(meaning_of(raw), raw, "/", "event"), crosswalks())
    ]
    assert found == []


def test_a_report_of_many_unknown_codes_tells_the_first_and_that_there_are_more() -> None:
    losses = unknown_codes([tag("rsit", f"zz{at}") for at in range(5000)] * 2, crosswalks())
    assert len(losses) == MOST_UNKNOWN + 1
    assert losses[-1].code is None


@given(st.sampled_from(sorted(crosswalks().schemes)), st.text(max_size=60))
def test_no_spelling_keeps_a_report_from_being_read(scheme: str, code: str) -> None:
    assert len(unknown_codes([tag(scheme, code)], crosswalks())) <= 1
