"""The commands as a user types them: contract of their JSON, exit codes, refusals, languages."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples" / "reports"


def run(*args: str, stdin: bytes = b"") -> tuple[int, str, str]:
    """Exit code, output and errors of `proxeny ARGS`."""
    done = subprocess.run(
        [sys.executable, "-m", "proxeny", *args], input=stdin, capture_output=True, check=False
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_identify_gives_one_json_object_a_line_with_the_fields_of_the_contract() -> None:
    code, out, _ = run("identify", str(EXAMPLES / "01-faulty-update.en.txt"), "--json")
    assert code == 0
    (line,) = out.splitlines()
    result = json.loads(line)
    assert {
        "digest",
        "format",
        "kind",
        "title",
        "language",
        "tags",
        "indicators",
        "marking",
        "losses",
        "withheld",
    } <= set(result["report"])
    assert {
        "types",
        "techniques",
        "causes",
        "origins",
        "effects",
        "sectors",
        "responses",
        "ruled_out",
        "several",
    } <= set(result)
    assert {"low", "high", "driver", "driver_low", "rules", "version"} == set(result["level"])
    assert {"result", "list", "questions", "deadline_hours", "basis", "version"} <= set(result["decision"])
    assert result["decision"]["basis"] == "proposed instrument"
    (primary,) = [t for t in result["types"] if t["primary"]]
    assert primary["slug"] == "faulty-update"
    assert {"concept", "slug", "label", "confidence", "basis", "status", "primary", "evidence"} == set(
        primary
    )


@pytest.mark.parametrize("language", ["ar", "en", "es", "fr", "ru", "zh"])
def test_the_card_comes_in_each_language(language: str) -> None:
    code, out, _ = run("identify", str(EXAMPLES / "14-ca.misp.json"), "--lang", language)
    assert code == 0
    assert "trust-anchor-compromise" in out or "system-compromise" in out


def test_a_refused_file_exits_with_2_and_the_others_are_still_done(tmp_path: Path) -> None:
    bad = tmp_path / "cut.json"
    bad.write_bytes(b'{"Event": {"info": "cut')
    code, out, err = run("identify", str(bad), str(EXAMPLES / "18-estonia.misp.json"), "--json")
    assert code == 2
    assert "cut.json" in err
    assert len(out.splitlines()) == 1


def test_standard_input_is_read_for_a_dash() -> None:
    code, out, _ = run("identify", "-", "--json", stdin=b"Thieves stole a laptop from the nurse's car.")
    assert code == 0
    assert "equipment-theft" in [t["slug"] for t in json.loads(out)["types"]]


def test_facts_given_by_file_win_over_those_drawn(tmp_path: Path) -> None:
    facts = tmp_path / "f.yaml"
    facts.write_text("home: XA\nstates: {XA: {services: [{tier: 1, share: 0.6, hours: 30}]}}\n")
    code, out, _ = run(
        "identify", str(EXAMPLES / "01-faulty-update.en.txt"), "--facts", str(facts), "--home", "XA", "--json"
    )
    assert code == 0
    result = json.loads(out)
    assert (result["national"]["XA"]["low"], result["national"]["XA"]["high"]) == (6, 6)


def test_facts_from_standard_input_serve_every_report() -> None:
    reports = [str(EXAMPLES / name) for name in ("13-discs.veris.json", "18-estonia.misp.json")]
    given = b"home: XA\nstates: {XA: {deaths: 1}}"
    code, out, _ = run("identify", *reports, "--facts", "-", "--json", stdin=given)
    assert code == 0
    assert [json.loads(line)["national"]["XA"]["low"] for line in out.splitlines()] == [4, 4]


def test_a_fault_of_the_facts_is_told_once_for_all_reports(tmp_path: Path) -> None:
    facts = tmp_path / "f.yaml"
    facts.write_text("hom: XA\n")
    reports = [str(EXAMPLES / name) for name in ("13-discs.veris.json", "18-estonia.misp.json")]
    code, out, err = run("identify", *reports, "--facts", str(facts), "--json")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1


def test_standard_input_is_not_taken_for_report_and_facts_both() -> None:
    code, _, err = run("identify", "-", "--facts", "-", stdin=b"home: XA")
    assert code == 2
    assert "--facts -: standard input is named as a report too" in err


def test_a_home_that_is_no_state_code_ends_with_2_and_the_code_that_was_meant() -> None:
    code, out, err = run("identify", "--home", "UK", str(EXAMPLES / "18-estonia.misp.json"))
    assert (code, out) == (2, "")
    assert err == "proxeny: --home: 'UK' is no State code (did you mean GB?)\n"


def test_a_misspelt_key_of_a_facts_file_names_its_place_and_the_right_one(tmp_path: Path) -> None:
    facts = tmp_path / "f.yaml"
    facts.write_text("states:\n  XA:\n    deths: 1\n")
    code, _, err = run("level", str(facts), "--json")
    assert code == 2
    assert "line 3" in err
    assert "deaths" in err


def test_level_and_decide_answer_in_the_shape_of_the_contract(tmp_path: Path) -> None:
    facts = tmp_path / "f.json"
    facts.write_text('{"home": "XA", "states": {"XA": {"deaths": 1}}}')
    _, level, _ = run("level", str(facts), "--json")
    rating = json.loads(level)
    assert rating["national"]["XA"]["low"] == 4
    assert {"low", "high", "driver", "driver_low"} <= set(rating["international"])
    _, sheet, _ = run("decide", str(facts), "--json")
    assert json.loads(sheet)["result"] == "notify"
    assert json.loads(sheet)["list"] == ["N1"]


def test_translate_answers_with_relation_and_via() -> None:
    code, out, _ = run("translate", 'rsit:availability="ddos"', "--to", "circl", "--json")
    assert code == 0
    answer = json.loads(out)
    assert answer["from"] == 'rsit:availability="ddos"'
    assert {"code", "relation", "via"} == set(answer["to"][0])


def test_an_unknown_code_is_refused_naming_the_nearest() -> None:
    code, _, err = run("translate", "rsit:ddoss", "--to", "circl")
    assert code == 2
    assert "ddos" in err


def test_bulk_keeps_the_order_and_goes_on_after_a_poisoned_row(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(
        '{"id": "a", "t": "All files were encrypted and a ransom was demanded."}\n'
        "not json\n"
        '{"id": "c", "t": "A laptop was stolen."}\n'
    )
    code, _, _ = run("bulk", str(source), "--text", "t", "--to", "veris,rsit", "-o", str(target))
    rows = [json.loads(line) for line in target.read_text().splitlines()]
    assert code == 2
    assert [row["id"] for row in rows] == ["a", 2, "c"]
    assert rows[0]["types"][0]["slug"] == "ransomware"
    assert rows[0]["types"][0]["primary"] is True
    assert set(rows[0]["codes"]) == {"veris", "rsit"}
    assert rows[1]["faults"]


def test_terms_lists_searches_and_shows() -> None:
    assert "ransomware" in run("terms", "search", "勒索")[1]
    assert json.loads(run("terms", "show", "ransomware", "--json")[1])["concept"]["slug"] == "ransomware"
    assert len(run("terms", "list", "--axis", "type", "--json")[1].splitlines()) == 67
    assert "veris" in run("terms", "schemes")[1]


def test_the_readme_names_every_command() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    _, out, _ = run("--help")
    commands = [
        line.split()[0]
        for line in out.split("Commands:")[1].splitlines()
        if line.startswith("  ") and line.strip() and not line.startswith("   ")
    ]
    assert commands
    assert all(f"proxeny {command}" in readme for command in commands)


def test_translate_says_none_with_the_reason_where_nothing_answers() -> None:
    _, out, _ = run("translate", "veris:action.error.vector.Unknown", "--to", "rsit", "--json")
    answer = json.loads(out)
    assert (answer["to"], answer["none"]) == ([], {"reason": "says that the reason is not known"})
    _, out, _ = run("translate", "veris:action.physical.variety.Theft", "--to", "rsit", "--json")
    assert json.loads(out)["none"] == {"reason": "no code of rsit answers to it"}
    assert (
        "none     no code of rsit"
        in run("translate", "veris:action.physical.variety.Theft", "--to", "rsit")[1]
    )
    _, out, _ = run("translate", "rsit:ddos", "--to", "circl", "--json")
    assert json.loads(out)["none"] is None


def test_terms_list_names_the_codes_of_a_scheme_as_the_refusal_of_an_unknown_one_says() -> None:
    code, _, err = run("translate", "rsit:zz", "--to", "veris")
    assert code == 2
    assert "`proxeny terms list --scheme rsit`" in err
    code, out, _ = run("terms", "list", "--scheme", "rsit")
    assert code == 0
    (line,) = [line for line in out.splitlines() if line.startswith('rsit:availability="ddos"')]
    assert "distributed-denial-of-service (exact)" in line
    rows = [json.loads(row) for row in run("terms", "list", "--scheme", "RSIT", "--json")[1].splitlines()]
    assert len(rows) == len(out.splitlines())
    assert {"code", "label", "concepts", "reason"} == set(rows[0])
    assert all(bool(row["concepts"]) != bool(row["reason"]) for row in rows)
    code, _, err = run("terms", "list", "--scheme", "rsitt")
    assert code == 2
    assert "did you mean rsit?" in err


UNKNOWN = {
    "intelmq": (
        {
            "classification.type": "ddoss",
            "source.ip": "192.0.2.1",
            "time.source": "2026-03-01T10:00:00+00:00",
        },
        "/classification.type",
        "intelmq:ddos",
    ),
    "misp": (
        {
            "Event": {
                "info": "An attack",
                "Tag": [{"name": 'rsit:availability="ddoss"'}, {"name": 'mine:x="y"'}],
            }
        },
        "/Event/Tag/0",
        'rsit:availability="ddos"',
    ),
    "veris": (
        {
            "action": {"error": {"variety": ["Lozz"]}},
            "actor": {"partner": {"variety": ["Whoever"]}},
            "security_incident": "Confirmed",
            "discovery_method": {"internal": {"variety": ["nobody"]}},
        },
        "/action/error/variety/0",
        "veris:action.error.variety.Loss",
    ),
}


@pytest.mark.parametrize("source", UNKNOWN)
def test_an_unknown_code_of_a_report_is_a_loss_with_its_place_and_the_nearest_code(
    source: str, tmp_path: Path
) -> None:
    report, at, nearest = UNKNOWN[source]
    file = tmp_path / "r.json"
    file.write_text(json.dumps(report))
    code, out, _ = run("identify", str(file), "--json")
    losses = [loss for loss in json.loads(out)["report"]["losses"] if "code" in loss]
    assert code == 0
    assert [(loss["at"], loss["nearest"]) for loss in losses] == [(at, nearest)]
    assert f"did you mean {nearest}?" in losses[0]["why"]
    card = " ".join(run("identify", str(file), "--lang", "en")[1].split())
    assert f"@ {at}; did you mean {nearest}?" in card


def test_translate_shows_the_range_of_a_level_and_how_its_basis_differs() -> None:
    _, out, _ = run("translate", "ppd-41:level-3", "--to", "proxeny", "--json")
    level = json.loads(out)["level"]
    assert level["low"] <= level["nearest"] <= level["high"]
    assert level["low"] < level["high"]
    assert level["comment"]


def test_translate_nearest_gives_so_many_codes_the_nearest_first() -> None:
    _, out, _ = run(
        "translate", "veris:action.social.variety.Phishing", "--to", "attack", "--nearest", "5", "--json"
    )
    found = json.loads(out)["nearest"]
    assert len(found) == 5
    assert [near["score"] for near in found] == sorted((near["score"] for near in found), reverse=True)
    assert found[0]["code"] == "attack-enterprise:T1566"
