"""The schemes of event formats and of machine tags beyond those of the gold table: IDEA, n6, X-ARF, Shadowserver,
ENISA, NIS, CCCS, ACN, FIRE, Europol's events and malware types."""

from __future__ import annotations

import csv
import json
from functools import cache

import pytest
from crosswalk_data import crosswalks
from hypothesis import given, settings
from hypothesis import strategies as st

from proxeny.formats.machinetag import meaning_of, tags_of
from proxeny.identify.coded import unknown_codes
from proxeny.terms.crosswalk import find_code, require_code
from proxeny.terms.relation import INVERSE, relate
from proxeny.terms.translation import asserted, codes_for, translate
from shared import CORPUS, SHARED

EVENTS = ("idea", "n6", "xarf", "shadowserver", "enisa", "fire", "europol-event", "malware_classification")
TAGS = ("nis", "nis2", "cccs", "acn", "ms-caro-malware")  # they have fields besides what happened
SCHEMES = (*EVENTS, *TAGS)


def _answers(code: str, scheme: str) -> list[tuple[str, str]]:
    """What a code is called in a scheme: the codes without the scheme, each with its relation."""
    return [
        (answer.code.partition(":")[2], answer.relation) for answer in translate(crosswalks(), code, scheme)
    ]


def _slugs(scheme: str, code: str) -> list[str]:
    return [item.slug for item in asserted(crosswalks(), scheme, code)]


@cache
def _shared(name: str) -> str:
    path = SHARED / "data" / name
    if not path.exists():
        pytest.skip(f"{name} is not there")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("scheme", "file"), [("idea", "idea-categories-used.tsv"), ("n6", "n6-categories.tsv")]
)
def test_every_category_in_use_has_its_row(scheme: str, file: str) -> None:
    rows = csv.DictReader(_shared(f"vocabularies/{file}").splitlines(), delimiter="\t")
    assert {row["code"] for row in rows} <= crosswalks().schemes[scheme].codes.keys()


def test_every_type_of_the_xarf_schemas_has_its_row() -> None:
    folder = SHARED / "data" / "schemas" / "xarf" / "v4" / "types"
    if not folder.exists():
        pytest.skip("the X-ARF schemas are not there")
    found = set()
    for path in folder.glob("*.json"):
        text = path.read_text(encoding="utf-8")
        constants = {
            key: part["properties"][key]["const"]
            for part in json.loads(text).get("allOf", [])
            for key in ("category", "type")
            if "const" in part.get("properties", {}).get(key, {})
        }
        if "type" in constants:
            found.add(f"{constants.get('category', path.name.partition('-')[0])}/{constants['type']}")
    assert len(found) >= 30
    assert found <= crosswalks().schemes["xarf"].codes.keys()


def test_every_report_type_of_the_shadowserver_files_has_its_row() -> None:
    files = sorted((CORPUS / "shadowserver").glob("*.csv")) if CORPUS.exists() else []
    if not files:
        pytest.skip("the Shadowserver files are not there")
    names = {path.stem for path in files} - {"test_smb"}  # a file of IntelMQ's own tests, not a report type
    assert names <= crosswalks().schemes["shadowserver"].codes.keys()


@pytest.mark.parametrize("scheme", EVENTS)
def test_at_most_one_code_in_eight_has_no_concept_and_each_says_why(scheme: str) -> None:
    codes = crosswalks().schemes[scheme].codes.values()
    without = [code for code in codes if not code.mapped]
    assert all(code.reason for code in without)
    assert len(without) * 8 <= len(codes)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_code_says_something_or_says_why_not(scheme: str) -> None:
    for code in crosswalks().schemes[scheme].codes.values():
        assert bool(code.mapped) != bool(code.reason), code.code


def test_who_did_it_why_and_from_where_is_never_translated() -> None:
    for code in crosswalks().schemes["acn"].codes.values():
        if code.code.startswith(("adversary-", "asset-source-geography")):
            slugs = [item.slug for item in code.mapped]
            assert slugs == (["inside"] if code.code == 'adversary-type="insider"' else []), code.code


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_code_sets_a_level_or_a_marking(scheme: str) -> None:
    for code in crosswalks().schemes[scheme].codes:
        assert not {item.axis for item in asserted(crosswalks(), scheme, code)} & {"level", "marking"}, code


@pytest.mark.parametrize(
    ("tag", "scheme", "slugs"),
    [
        ('nis:nature-root-cause="human-errors"', "nis", ["error", "human-error"]),
        ('nis:impact-severity="red"', "nis", []),
        ('nis2:impact-sectors-impacted="waste-water"', "nis2", ["waste-water"]),
        ("n6:amplifier", "n6", ["traffic-amplifier"]),
        ('enisa:nefarious-activity-abuse="phishing-attacks"', "enisa", ["phishing", "credential-lure"]),
        ('cccs:event="exfiltration"', "cccs", ["data-theft", "loss-of-confidentiality"]),
        ('cccs:email-type="content-delivery-attack"', "cccs", ["malware-distribution", "mail-attachment"]),
        ('acn:malicious-code="wiper"', "acn", ["wiper", "data-destroying-software"]),
        ('acn:involved-asset="software-application_remote-s-shell-server-application"', "acn", ["remote-access-server"]),
        ("idea:Attempt.Login", "idea", ["login-attempt", "password-guessing"]),
        ("shadowserver:scan_rdp", "shadowserver", ["exposed-service"]),
        ("xarf:connection/login_attack", "xarf", ["login-attempt", "password-guessing"]),
        ('ms-caro-malware:malware-type="Ransom"', "ms-caro-malware", ["ransomware", "encryption-for-extortion"]),
        ("europol-event:wiretapping", "europol-event", ["traffic-interception", "wiretapping"]),
    ],
)  # fmt: skip
def test_a_machine_tag_is_read_as_a_code_of_its_scheme(tag: str, scheme: str, slugs: list[str]) -> None:
    tags = tags_of(meaning_of(tag), tag, "/", "event")
    assert [found.scheme for found in tags] == [scheme]
    assert unknown_codes(tags, crosswalks()) == []
    assert _slugs(scheme, tags[0].code) == slugs


@pytest.mark.parametrize(
    ("scheme", "written", "code"),
    [
        ("X-ARF", "connection:ddos", "connection/ddos"),
        ("xarf", "login_attack", "connection/login_attack"),
        ("xarf", "Activity/LoginAttack", "connection/login_attack"),
        ("xarf", "Content/ChildAbuse", "content/csam"),
        ("xarf", "infrastructure/bot", "infrastructure/botnet"),
        ("IDEA0", "attempt.login", "Attempt.Login"),
        ("idea", "DDoS", "Availability.DDoS"),
        ("shadowserver", "SCAN-RDP", "scan_rdp"),
        ("shadowserver", "blacklist", "blocklist"),
        ("fsb-fire", "ransomware", "cause-type.malicious-acts.ransomware"),
        ("ms-caro-malware", 'malware-type="BrowserModifier"', 'malware-type="BroswerModifier"'),
    ],
)
def test_aliases_and_case_lead_to_the_canonical_spelling(scheme: str, written: str, code: str) -> None:
    found = find_code(crosswalks(), scheme, written)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    ("code", "scheme", "expected"),
    [
        ("rsit:ddos", "idea", [("Availability.DDoS", "exact")]),
        ("idea:Fraud.Scam", "n6", [("scam", "exact")]),
        ("idea:Anomaly.Traffic", "n6", [("flow-anomaly", "exact")]),
        ("idea:Attempt.Login", "n6", [("server-exploit", "broader")]),
        ("n6:bots", "idea", [("Intrusion.Botnet", "close")]),
        ("n6:cnc", "rsit", [('malicious-code="c2-server"', "exact")]),
        ("shadowserver:scan_ssl_poodle", "rsit", [('vulnerable="weak-crypto"', "broader")]),
        ("shadowserver:event4_honeypot_brute_force", "intelmq", [("brute-force", "exact")]),
        ("shadowserver:blocklist", "xarf", [("reputation/blocklist", "exact")]),
        ("xarf:sql_injection", "europol-event", [("sql-injection-attempt", "close")]),
        ("acn:smishing", "circl", [('incident-classification="smishing"', "exact")]),
        ('enisa:nefarious-activity-abuse="spear-phishing-attacks"', "acn",
         [('social-engineering="spear-phishing"', "close")]),
        ("nis:human-errors", "acn", [('root-cause="human-errors"', "exact")]),
        ("nis2:waste-water", "nis", []),
        ("fire:cause-type.ransomware", "veris", [("action.malware.variety.Ransomware", "exact")]),
        ("cccs:ip-category=tor-node", "intelmq", [("tor", "exact")]),
    ],
)  # fmt: skip
def test_a_code_is_called_what_a_reviewer_expects(
    code: str, scheme: str, expected: list[tuple[str, str]]
) -> None:
    assert _answers(code, scheme) == expected


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("n6:dos-victim", "idea:Recon.Scanning"),
        ("idea:Attempt.Exploit", "n6:deface"),
        ("idea:Intrusion.AdminCompromise", "rsit:unprivileged-account-compromise"),
        ("shadowserver:scan_rdp", "rsit:vulnerable-system"),
        ("shadowserver:event4_ddos_participant", "rsit:ddos-amplifier"),
        ("xarf:content/phishing", "rsit:masquerade"),
        ("xarf:connection/vulnerability_scan", "rsit:ids-alert"),
        ('acn:malicious-code="banker"', 'ecsirt:malicious-code="trojan"'),
        ('acn:malicious-code="loader"', 'ecsirt:malicious-code="trojan"'),
        ('cccs:malware-category="first-stage"', 'ecsirt:malicious-code="virus"'),
        ('enisa:outages="strike"', "rsit:outage"),
        ("fire:confidentiality-loss", "rsit:data-loss"),
    ],
)
def test_what_differs_is_never_called_exact_or_close(source: str, target: str) -> None:
    scheme, _, rest = target.partition(":")
    answers = dict(_answers(source, scheme))
    code = require_code(crosswalks(), scheme, rest).code
    assert answers.get(code) not in ("exact", "close")


def test_two_codes_that_are_kinds_of_one_thing_are_told_apart_by_the_way_it_is_done() -> None:
    trojan = require_code(crosswalks(), "veris", "action.malware.variety.Trojan")
    for code, expected in (
        ("trojan", "close"),
        ("rootkit", "none"),
        ("virus", "none"),
        ("malware", "broader"),
    ):
        other = require_code(crosswalks(), "ecsirt", f'malicious-code="{code}"')
        assert relate(crosswalks(), trojan, other).relation == expected, code


@pytest.mark.parametrize(
    ("slug", "codes"),
    [
        ("distributed-denial-of-service", {"idea": ["Availability.DDoS"], "xarf": ["connection/ddos"]}),
        ("scanning", {"idea": ["Recon.Scanning"], "xarf": ["connection/port_scan"], "n6": ["scanning"]}),
        ("malware-infection", {"xarf": ["connection/infected_host"], "n6": ["bots"]}),
        ("phishing", {"idea": ["Fraud.Phishing"], "xarf": ["content/phishing"], "acn": ['social-engineering="phishing"']}),
        ("ransomware", {"acn": ['malicious-code="ransomware"'], "fire": ["cause-type.malicious-acts.ransomware"]}),
        ("equipment-theft", {"idea": [], "n6": [], "xarf": []}),
    ],
)  # fmt: skip
def test_a_concept_is_expressed_in_the_words_of_the_format(slug: str, codes: dict[str, list[str]]) -> None:
    for scheme, expected in codes.items():
        assert codes_for(crosswalks(), [(slug, "type")], scheme) == expected, scheme


codes = st.sampled_from([f"{name}:{code}" for name in SCHEMES for code in crosswalks().schemes[name].codes])


@given(codes, codes)
@settings(max_examples=300, deadline=None)
def test_the_relation_seen_from_the_other_side_is_the_inverse(one: str, two: str) -> None:
    first, second = (require_code(crosswalks(), *code.split(":", 1)) for code in (one, two))
    assert (
        relate(crosswalks(), second, first).relation == INVERSE[relate(crosswalks(), first, second).relation]
    )


@given(codes, st.sampled_from([*SCHEMES, "rsit", "veris", "intelmq"]))
@settings(max_examples=150, deadline=None)
def test_the_best_answer_comes_first_and_nothing_weaker_stands_beside_an_exact_one(
    code: str, to: str
) -> None:
    order = ["exact", "close", "broader", "narrower"]
    ranks = [order.index(answer.relation) for answer in translate(crosswalks(), code, to)]
    assert ranks == sorted(ranks)
    assert 0 not in ranks or set(ranks) == {0}
