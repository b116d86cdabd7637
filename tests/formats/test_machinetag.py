"""Machine tags: parsed however they are written, and sorted into evidence, marking and what is withheld."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxeny.formats.machinetag import (
    Machinetag,
    Meaning,
    code_of,
    galaxy_meaning,
    kind_of_tags,
    marking_of,
    meaning_of,
    parse_machinetag,
    tags_of,
    withheld_of,
)
from proxeny.identify.report import Marking, Tag

NAMES = st.from_regex(r"[a-z][a-z0-9_.\-]{0,20}", fullmatch=True)
VALUES = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='"')).map(str.strip)


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ('rsit:malicious-code="ransomware"', Machinetag("rsit", "malicious-code", "ransomware")),
        ("rsit:malicious-code=ransomware", Machinetag("rsit", "malicious-code", "ransomware")),
        ("RSIT:malicious-code='ransomware'", Machinetag("rsit", "malicious-code", "ransomware")),
        (' rsit : malicious-code = "ransomware" ', Machinetag("rsit", "malicious-code", "ransomware")),
        ("tlp:amber+strict", Machinetag("tlp", "amber+strict")),
        (
            'circl:incident-classification="denial-of-service"',
            Machinetag("circl", "incident-classification", "denial-of-service"),
        ),
        (
            'veris:action:malware:variety="Ransomware"',
            Machinetag("veris", "action:malware:variety", "Ransomware"),
        ),
        ('a:b="c=d:e"', Machinetag("a", "b", "c=d:e")),
        ('a:b=""', Machinetag("a", "b", "")),
        ("free words", None),
        ("https://example.org/x", None),
        ("Note: this is a sentence", None),
        (":x", None),
        ("x:", None),
        ("", None),
    ],
)
def test_a_tag_is_parsed_however_it_is_written(written: str, parts: Machinetag | None) -> None:
    assert parse_machinetag(written) == parts


@given(NAMES, NAMES, VALUES)
def test_a_tag_in_published_form_comes_back_unchanged(namespace: str, predicate: str, value: str) -> None:
    written = f'{namespace}:{predicate}="{value}"'
    tag = parse_machinetag(written)
    assert tag is not None
    assert f"{tag.namespace}:{code_of(tag)}" == written


@given(st.text(max_size=400))
def test_any_text_has_a_meaning_and_no_actor_in_its_tags(text: str) -> None:
    meaning = meaning_of(text)
    tags = tags_of(meaning, text, "/Tag/0", "event")
    assert all(tag.scheme for tag in tags)
    if meaning.withheld:
        assert [statement.value for statement in withheld_of(meaning, text, "/Tag/0")] == [text]
        assert tags == []


@pytest.mark.parametrize(
    ("raw", "label"),
    [
        ("tlp:white", "TLP:CLEAR"),
        ("TLP:CLEAR", "TLP:CLEAR"),
        ("tlp:green", "TLP:GREEN"),
        ("tlp:amber", "TLP:AMBER"),
        ("Tlp:Amber+Strict", "TLP:AMBER+STRICT"),
        ("tlp:red", "TLP:RED"),
    ],
)
def test_tlp_is_read_in_either_version_and_case(raw: str, label: str) -> None:
    assert meaning_of(raw).tlp == label
    assert meaning_of(raw).codes == ()


def test_pap_is_read_in_either_case() -> None:
    assert meaning_of("PAP:GREEN").pap == meaning_of("pap:green").pap == "PAP:GREEN"


@pytest.mark.parametrize(
    ("raw", "scheme", "code"),
    [
        ('misp-galaxy:mitre-attack-pattern="Spearphishing Attachment - T1566.001"', "attack", "T1566.001"),
        ('misp-galaxy:mitre-enterprise-attack-attack-pattern="Code Signing - T1116"', "attack", "T1116"),
        ('misp-galaxy:mitre-ics-techniques="Loss of Control - T0827"', "attack-ics", "T0827"),
        (
            'misp-galaxy:mitre-mobile-attack-attack-pattern="Data Encrypted - T1471"',
            "attack-mobile",
            "T1471",
        ),
    ],
)
def test_an_attack_galaxy_gives_the_code_of_its_technique_in_its_matrix(
    raw: str, scheme: str, code: str
) -> None:
    assert meaning_of(raw).codes == ((scheme, code),)


def test_a_galaxy_that_only_mentions_a_technique_is_no_technique() -> None:
    raw = 'misp-galaxy:mitre-course-of-action="AppCert DLLs Mitigation - T1182"'
    assert meaning_of(raw).codes == (("misp-galaxy", raw.removeprefix("misp-galaxy:")),)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ('misp-galaxy:threat-actor="Some Group"', "actor"),
        ('misp-galaxy:mitre-intrusion-set="Some Group - G0050"', "intrusion-set"),
        ('misp-galaxy:mitre-enterprise-attack-intrusion-set="Some Group - G0050"', "intrusion-set"),
        ('misp-galaxy:microsoft-activity-group="SOME"', "intrusion-set"),
        ('misp-galaxy:360net-threat-actor="Some"', "actor"),
        ('misp-galaxy:mitre-campaign="Some Campaign - C0001"', "campaign"),
        ('misp-galaxy:mangled-name="Some Group - G0050"', "intrusion-set"),
        ('misp-galaxy:country="freedonia"', "actor-country"),
        ("threat-actor:somebody", "actor"),
        ('state-responsibility:state-ordered="x"', "actor"),
        ("APT99", "intrusion-set"),
        ("unc-1234", "intrusion-set"),
        ('veris:actor:external:country="XA"', "actor-country"),
        ('veris:actor:external:motive="Espionage"', "motive"),
        ('veris:actor:internal:motive="Fun"', "motive"),
        ('veris:actor:external:variety="Nation-state"', "actor"),
        ("veris:actor.external.variety.Nation-state", "actor"),
        ('veris:actor:motive="Financial"', "motive"),
        ('veris:actor:external="Some Group"', "actor"),
    ],
)
def test_who_did_it_is_withheld_and_leaves_no_tag(raw: str, kind: str) -> None:
    meaning = meaning_of(raw)
    assert meaning.withheld == kind
    assert tags_of(meaning, raw, "", "event") == []


@pytest.mark.parametrize("raw", ["veris:actor:external", "veris:actor.external", 'veris:actor="External"'])
def test_a_tag_that_says_no_more_than_the_origin_is_evidence_of_it(raw: str) -> None:
    meaning = meaning_of(raw)
    assert (meaning.codes, meaning.withheld) == ((("veris", "actor.external"),), None)


def test_veris_keeps_what_an_insider_was_and_takes_its_dotted_form() -> None:
    insider = meaning_of('veris:actor:internal:variety="End-user"')
    assert (insider.codes, insider.withheld) == ((("veris", "actor.internal.variety.End-user"),), None)
    assert meaning_of('veris:action:hacking:variety="SQLi"').codes == (
        ("veris", "action.hacking.variety.SQLi"),
    )
    assert meaning_of('veris:victim:country="FR"').target == "FR"


def test_a_country_is_a_target_only_when_the_source_says_so() -> None:
    assert galaxy_meaning("country", "belgium").withheld == "actor-country"
    assert galaxy_meaning("country", "belgium", role="targets").target == "belgium"
    assert galaxy_meaning("target-information", "Belgium").target == "Belgium"


def test_sectors_are_kept_under_the_name_of_their_scheme() -> None:
    assert meaning_of('dhs-ciip-sectors:DHS-critical-sectors="healthcare"').sector == "dhs:healthcare"
    assert meaning_of('misp-galaxy:sector="Energy"').sector == "misp-sector:Energy"
    assert meaning_of('nis:impact-sectors-impacted="energy"').sector == "nis:energy"


def test_the_strictest_marking_holds() -> None:
    event = [meaning_of("tlp:green"), meaning_of("tlp:amber")]
    assert marking_of(event, [meaning_of("tlp:red")]).tlp == "TLP:RED"
    assert marking_of(event, [meaning_of("tlp:clear")]).tlp == "TLP:AMBER"
    assert marking_of(event, []).tlp == "TLP:AMBER"
    assert marking_of([], [meaning_of("PAP:RED"), meaning_of("PAP:GREEN")]).pap == "PAP:RED"


def test_a_part_for_everyone_does_not_free_an_unmarked_whole() -> None:
    assert marking_of([], [meaning_of("tlp:white")]) == Marking()
    assert marking_of([Meaning()], [meaning_of("tlp:amber")]).tlp == "TLP:AMBER"


@pytest.mark.parametrize(
    ("scheme", "code", "kind"),
    [
        ("exercise", 'cyber-europe="2018"', "exercise"),
        ("rsit", 'test="test"', "test"),
        ("ecsirt", 'Test="test"', "test"),
        ("rsit", 'fraud="phishing"', "incident"),
        ("circl", 'incident-classification="malware"', "incident"),
        ("osint", 'source-type="blog-post"', None),
    ],
)
def test_the_kind_a_tag_tells(scheme: str, code: str, kind: str | None) -> None:
    assert kind_of_tags([Tag(scheme=scheme, code=code, raw="", at="")]) == kind
    assert kind_of_tags([Tag(scheme=scheme, code=code, raw="", at="", scope="part")]) is None


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        ('acn:adversary-type="nation-state"', "actor"),
        ('acn:adversary-motivation="profit"', "motive"),
        ('acn:asset-source-geography="XB"', "actor-country"),
        ('enisa:eavesdropping-interception-hijacking="nation-state-espionage"', "actor"),
        ('enisa:physical-attack="terrorist-attack"', "actor"),
    ],
)
def test_a_code_that_says_who_or_why_is_withheld_and_no_evidence(tag: str, kind: str) -> None:
    meaning = meaning_of(tag)
    assert meaning.withheld == kind
    assert not meaning.codes
