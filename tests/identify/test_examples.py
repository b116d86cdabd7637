"""The example reports of public incidents, in six languages and six formats: what each is, in common terms."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge import KNOWLEDGE
from proxeny.actions.identify import identify_reports

REPORTS = Path(__file__).parents[2] / "examples" / "reports"
PRIMARY = {
    "01-faulty-update.en.txt": "faulty-update",
    "02-pipeline.en.eml": "ransomware",
    "03-incendie.fr.txt": "data-loss",
    "04-hopital.fr.txt": "ransomware",
    "05-hacienda.es.txt": "ransomware",
    "06-banco.es.txt": "wiper",
    "07-sboy.ru.txt": "misconfiguration",
    "08-sputnik.ru.txt": "wiper",
    "09-aramco.ar.txt": "wiper",
    "10-cables.ar.txt": "line-cut",
    "11-worm.zh.txt": "ransomware",
    "12-bank.zh.txt": "payment-fraud",
    "13-discs.veris.json": "equipment-loss",
    "14-ca.misp.json": "trust-anchor-compromise",
    "15-supply.stix.json": "supply-chain-compromise",
    "16-flood.intelmq.json": "distributed-denial-of-service",
    "17-telecom.en.md": "misconfiguration",
    "18-estonia.misp.json": "distributed-denial-of-service",
}
MISSED = {
    "08-sputnik.ru.txt": "the entry is told, the wiping of the modems is not",
    "12-bank.zh.txt": "no type reaches its threshold: the reporter is asked",
}
"""Examples whose primary type the present weights do not find. Nothing is learnt from the examples."""


def test_every_example_has_an_expectation() -> None:
    assert {path.name for path in REPORTS.iterdir()} == set(PRIMARY)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.xfail(strict=True, reason=MISSED[name]))
        if name in MISSED
        else name
        for name in sorted(PRIMARY)
    ],
)
def test_an_example_is_told_by_its_primary_type(name: str) -> None:
    results = identify_reports((REPORTS / name).read_bytes(), name, KNOWLEDGE)
    assert [f.slug for result in results for f in result.types if f.primary] == [PRIMARY[name]]
