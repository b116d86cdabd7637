"""Translation between schemes: the gold table, what must not be called the same, and the published pairs."""

from __future__ import annotations

import csv
import functools
import statistics

import pytest
from crosswalk_data import SCHEMES, crosswalks, vectors
from hypothesis import given, settings
from hypothesis import strategies as st

from proxeny.base.errors import InputError
from proxeny.terms.crosswalk import Code, find_code, require_code
from proxeny.terms.relation import INVERSE, Relation, compose, relate
from proxeny.terms.translation import Translation, asserted, codes_for, codes_of, concepts_of, translate
from shared import SHARED

PUBLISHED = SHARED / "data" / "crosswalks-published.tsv"
CLASSES = ("intelmq-taxonomy", "intelmq-old-taxonomy")  # the classes of IntelMQ, a field of their own
OTHERS = ("idea", "n6", "xarf", "shadowserver", "enisa", "nis", "nis2", "cccs", "acn", "fire",
          "europol-event", "ms-caro-malware", "malware_classification")  # fmt: skip
NO_CODES = {"intelmq:account numbers"}  # in published pairs, and in no version of their scheme
RELATIONS: tuple[Relation, ...] = ("exact", "close", "broader", "narrower", "none")


def _code(full: str) -> Code:
    scheme, _, code = full.partition(":")
    return require_code(crosswalks(), scheme, code)


@functools.cache
def _all_answers() -> dict[tuple[str, str], list[Translation]]:
    return {
        (f"{source}:{code}", target): translate(crosswalks(), f"{source}:{code}", target)
        for source in SCHEMES
        for code in crosswalks().schemes[source].codes
        for target in SCHEMES
        if target != source
    }


@pytest.mark.parametrize(
    ("code", "scheme", "relation", "expected"), vectors("gold.tsv", "code", "scheme", "relation", "expected")
)
def test_the_reviewed_table_is_answered(code: str, scheme: str, relation: str, expected: str) -> None:
    answers = translate(crosswalks(), code, scheme)
    best = answers[0].relation if answers else "none"
    codes = {answer.code.partition(":")[2] for answer in answers if answer.relation == best}
    assert (best, codes) == (relation, set(expected.split(" | ")) - {""})


def test_the_reviewed_table_has_each_leaf_of_rsit_for_each_other_scheme() -> None:
    leaves = [f"rsit:{code}" for code in crosswalks().schemes["rsit"].codes if "=" in code]
    table = [
        (code, scheme) for code, scheme, _, _ in vectors("gold.tsv", "code", "scheme", "relation", "expected")
    ]
    assert sorted(table) == sorted(
        (leaf, scheme) for leaf in leaves for scheme in SCHEMES if scheme != "rsit"
    )


def test_what_differs_is_never_called_exact_or_close() -> None:
    pairs = vectors("negatives.tsv", "source", "target", "why")
    assert len({(source, target) for source, target, _ in pairs}) >= 100
    for source, target, why in pairs:
        link = relate(crosswalks(), _code(source), _code(target))
        assert link.relation not in ("exact", "close"), (source, target, why)
        answers = translate(crosswalks(), source, target.partition(":")[0])
        found = [answer.relation for answer in answers if answer.code == target]
        assert found in ([], ["broader"], ["narrower"]), (source, target, why)


@functools.cache
def _published() -> list[tuple[str, str, str]]:
    """The distinct pairs that join the schemes of this project, the classes of IntelMQ among them."""
    if not PUBLISHED.exists():
        pytest.skip("the published pairs are not there")
    known = {*SCHEMES, *CLASSES, *OTHERS}
    pairs = {}
    with PUBLISHED.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            subject, target = row["subject_id"], row["object_id"]
            if {subject, target} & NO_CODES:
                continue
            if {subject.partition(":")[0], target.partition(":")[0]} <= known:
                pairs[frozenset((subject, target))] = (subject, target, row["predicate_id"])
    return list(pairs.values())


def _relation(source: str, target: str) -> str:
    scheme, _, code = target.partition(":")
    found = find_code(crosswalks(), scheme, code)
    assert found is not None, target
    answers = {answer.code: answer.relation for answer in translate(crosswalks(), source, scheme)}
    return answers.get(f"{scheme}:{found.code}", "none")


def _verdict(source: str, target: str) -> set[str]:
    """The verdicts that what is found allows on a published pair that is not found as published."""
    if _relation(source, target) in ("broader", "narrower"):
        return {"relation"}
    allowed = {"pair"}
    if translate(crosswalks(), source, target.partition(":")[0]):
        allowed.add("nearer")
    if _relation(target, source) in ("broader", "narrower"):
        allowed.add("reverse")
    return allowed


def test_every_published_pair_is_found_or_disputed_with_a_reason() -> None:
    published = _published()
    assert len(published) == 142
    accepted = {
        "skos:broadMatch": {"broader"},
        "skos:exactMatch": {"exact"},
        "skos:closeMatch": {"exact", "close"},
    }
    disputed = {
        (subject, target): verdict
        for subject, target, verdict, reason in vectors(
            "published-disputes.tsv", "subject_id", "object_id", "verdict", "reason"
        )
        if len(reason) > 20
    }
    missed = {
        (subject, target)
        for subject, target, predicate in published
        if _relation(subject, target) not in accepted[predicate]
    }
    assert missed == set(disputed)
    for (subject, target), verdict in disputed.items():
        assert verdict in _verdict(subject, target), (subject, target)


def test_the_median_answer_is_short() -> None:
    sizes = [len(answers) for answers in _all_answers().values()]
    given_any = [size for size in sizes if size]
    assert statistics.median(sizes) <= 3
    assert statistics.median(given_any) <= 3
    assert max(sizes) <= 12


def test_nothing_weaker_stands_beside_an_exact_answer_and_the_best_comes_first() -> None:
    for answers in _all_answers().values():
        order = [RELATIONS.index(answer.relation) for answer in answers]
        assert order == sorted(order)
        assert "none" not in {answer.relation for answer in answers}
        if "exact" in {answer.relation for answer in answers}:
            assert {answer.relation for answer in answers} == {"exact"}


def test_no_class_stands_beside_a_code_below_it() -> None:
    for answers in _all_answers().values():
        codes = {answer.code for answer in answers}
        for code in codes:
            above = _code(code).broader
            while above:
                assert above not in codes
                above = _code(above).broader


def test_every_answer_says_through_what() -> None:
    assert all(answer.via for answers in _all_answers().values() for answer in answers)


codes = st.sampled_from([f"{name}:{code}" for name in SCHEMES for code in crosswalks().schemes[name].codes])


@given(codes, codes)
@settings(max_examples=300, deadline=None)
def test_the_relation_seen_from_the_other_side_is_the_inverse(one: str, two: str) -> None:
    forth = relate(crosswalks(), _code(one), _code(two)).relation
    back = relate(crosswalks(), _code(two), _code(one)).relation
    assert back == INVERSE[forth]


@given(codes)
@settings(max_examples=100, deadline=None)
def test_every_code_is_itself_in_its_own_scheme(code: str) -> None:
    answers = translate(crosswalks(), code, code.partition(":")[0])
    assert [(answer.code, answer.relation) for answer in answers] == [(code, "exact")]


@pytest.mark.parametrize("first", RELATIONS)
@pytest.mark.parametrize("second", RELATIONS)
def test_relations_compose_alike_from_both_sides(first: Relation, second: Relation) -> None:
    assert compose("exact", first) == first
    assert INVERSE[compose(first, second)] == compose(INVERSE[second], INVERSE[first])


def test_aliases_and_capitals_are_accepted_in_a_question() -> None:
    answers = translate(crosswalks(), "RSIT:Availability=DDoS", "ECSIRT")
    assert answers == [Translation('ecsirt:availability="ddos"', "exact", ("distributed-denial-of-service",))]


@pytest.mark.parametrize("question", ["ddos", "rsit:nonsense-code", "rist:ddos", ""])
def test_a_question_that_names_nothing_is_refused(question: str) -> None:
    with pytest.raises(InputError):
        translate(crosswalks(), question, "ecsirt")


def test_the_classes_of_intelmq_are_told_as_its_publisher_files_them() -> None:
    assert [a.code for a in translate(crosswalks(), "intelmq:copyright", "intelmq-taxonomy")] == [
        "intelmq-taxonomy:fraud"
    ]
    below = translate(crosswalks(), "intelmq-taxonomy:test", "intelmq")
    assert [(answer.code, answer.relation) for answer in below] == [("intelmq:test", "narrower")]


def test_what_a_code_may_only_cover_is_not_asserted() -> None:
    assert [item.slug for item in asserted(crosswalks(), "rsit", "infected-system")] == [
        "malware-infection",
        "malicious-software",
    ]
    assert [item.slug for item in concepts_of(crosswalks(), "rsit", "infected-system")][1] == "ransomware"
    mail = asserted(crosswalks(), "csirt_case_classification", "email")
    assert [item.slug for item in mail] == ["spam"]
    assert mail[0].confidence < 0.5
    assert asserted(crosswalks(), "rsit", "no-such") == ()


def test_codes_of_concepts_come_best_first() -> None:
    assert codes_of(crosswalks(), ["ransomware"], "ecsirt") == [
        ('malicious-code="ransomware"', "exact"),
        ('malicious-code="malware"', "broader"),
    ]
    with pytest.raises(InputError, match="did you mean phishing"):
        codes_of(crosswalks(), ["phising"], "rsit")


@pytest.mark.parametrize(
    ("identified", "scheme", "expected"),
    [
        (["phishing"], "veris", ["action.social.variety.Phishing"]),
        (["ransomware"], "veris", ["action.malware.variety.Ransomware"]),
        (["ransomware", "data-theft"], "common-taxonomy",
         ['malware="infection"', 'information-security="unauthorised-access"']),
        (["application-compromise"], "veris", ["action.hacking"]),
        (["application-compromise", "sql-injection"], "veris", ["action.hacking.variety.SQLi"]),
        (["malware-infection"], "veris", ["action.malware"]),
        (["malware-infection", "keylogger"], "veris", ["action.malware.variety.Spyware/Keylogger"]),
        (["malware-infection"], "ecsirt", ['malicious-code="malware"']),
        (["misdelivery"], "veris", ["action.error.variety.Misdelivery"]),
        (["equipment-theft"], "veris", ["action.physical.variety.Theft"]),
        (["equipment-theft"], "rsit", []),
        (["misdelivery"], "rsit", ['information-content-security="data-leak"']),
        (["extortion"], "rsit", ["fraud"]),
        (["phishing"], "circl", ['incident-classification="phishing"']),
        (["distributed-denial-of-service"], "europol-incident", ['availability="dos-ddos"']),
    ],
)  # fmt: skip
def test_identified_concepts_are_expressed_by_no_narrower_code(
    identified: list[str], scheme: str, expected: list[str]
) -> None:
    assert codes_for(crosswalks(), [(slug, "") for slug in identified], scheme) == expected


def test_a_natural_event_is_one_kind_of_outage_and_no_evidence_of_one() -> None:
    varieties = [
        code for code in crosswalks().schemes["veris"].codes if code.startswith("action.environmental")
    ]
    assert len(varieties) == 26
    for code in varieties:
        for scheme in ("rsit", "ecsirt", "intelmq"):
            answers = translate(crosswalks(), f"veris:{code}", scheme)
            assert [(answer.relation, answer.code.rpartition(":")[2]) for answer in answers] in (
                [("broader", 'availability="outage"')],
                [("broader", "outage")],
            ), code
        assert "service-outage" not in {item.slug for item in asserted(crosswalks(), "veris", code)}
