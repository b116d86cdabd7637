"""Generated duties are the interpreter's, to the last step of a trace; and no norm brings code of its own."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_law import Draw, inquiry_of, library_of
from shipped import ROOT, library, moment, situation, words
from test_mutations import MUTANTS, TABLE

from proxeny.actions.duties import Asked, duties_of
from proxeny.instrument.duty import LISTS, Duties
from proxeny.instrument.evaluate import Inquiry, evaluate, inquire
from proxeny.instrument.generate import Engine, bind, compile_engine, digest_of, source_of
from proxeny.instrument.library import Library
from proxeny.instrument.norm import Norm
from proxeny.instrument.replay import STATUSES
from proxeny.instrument.situation import Event, Situation
from proxeny.wiring import ShippedKnowledge, engine_of

SCENARIOS = sorted(ROOT.glob("*/scenarios/*.yaml"))


@cache
def shipped_engine() -> Engine:
    """The engine of the shipped norms."""
    return compile_engine(library())


@cache
def scenario(path: Path) -> Situation:
    """The situation of a shipped scenario."""
    return situation(path.read_text(encoding="utf-8"), path.name)


def same(engine: Engine, inquiry: Inquiry, *asked: Any) -> Duties:
    """What both say; the order of the particulars in a trace too, for it shows in the output."""
    by_reference, generated = evaluate(inquiry, *asked), engine(inquiry, *asked)
    assert generated == by_reference
    assert msgspec.json.encode(generated) == msgspec.json.encode(by_reference)
    return generated


def held(seed: int) -> Iterator[Duties]:
    """What both say of the random norms of a seed, in random situations."""
    draw = Draw(seed)
    made = library_of(draw)
    engine = compile_engine(made)
    for _ in range(12):
        asked = (None, draw.one((None, "XA", "XB", "op1")), draw.one((None, None, "XA", "csirt")))
        only = draw.one(((), (), ("t",)))
        inquiry = inquiry_of(draw, made)
        yield same(engine, inquiry, asked[0])
        yield same(engine, inquiry, asked[1], asked[2], only)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32))
def test_random_norms_give_in_random_situations_what_the_interpreter_gives(seed: int) -> None:
    for found in held(seed):
        assert found.at.tzinfo is not None


def test_the_random_norms_bring_about_every_list_and_status() -> None:
    met: set[tuple[str, str]] = set()
    for seed in range(100):
        for found in held(seed):
            met |= {(name, duty.status) for name in LISTS for duty in getattr(found, name)}
    assert {name for name, _ in met} == set(LISTS)
    assert {status for _, status in met} == set(STATUSES)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_shipped_norms_give_in_every_scenario_what_the_interpreter_gives(path: Path) -> None:
    told = scenario(path)
    moments = {event.at for event in told.events} | {expected.at for expected in told.expect}
    for at in sorted(moments):
        same(shipped_engine(), inquire(library(), told, at))
    for state in told.actors:
        same(shipped_engine(), inquire(library(), told, max(moments)), state)


def changed(data: st.DataObject, told: Situation) -> Situation:
    """The situation with some of what it says left out, moved in time or turned."""
    events = [change(data, event) for event in told.events if data.draw(st.integers(0, 5))]
    facts = {name: data.draw(st.sampled_from(("yes", "no", "unknown"))) for name in told.facts}
    extra = data.draw(st.sets(st.sampled_from(sorted(library().words.facts)), max_size=4))
    facts |= dict.fromkeys(extra, "yes")
    roles = sorted(role for actor in told.actors.values() for role in actor.roles)
    actors = dict(told.actors)
    if roles and actors:
        name, role = data.draw(st.sampled_from(sorted(actors))), data.draw(st.sampled_from(roles))
        actors[name] = msgspec.structs.replace(actors[name], roles=actors[name].roles ^ {role})
    return msgspec.structs.replace(told, events=tuple(events), facts=facts, actors=actors)


def change(data: st.DataObject, event: Event) -> Event:
    """The event at another time, or without its addressee."""
    hours = data.draw(st.sampled_from((0, 0, -30, 1, 100)))
    at = event.at + dt.timedelta(hours=hours)
    to = "" if data.draw(st.integers(0, 3)) == 0 else event.to
    return msgspec.structs.replace(event, at=at, known_at=max(at, event.known_at), to=to)


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_shipped_norms_give_in_changed_scenarios_what_the_interpreter_gives(data: st.DataObject) -> None:
    told = changed(data, scenario(data.draw(st.sampled_from(SCENARIOS))))
    last = max((event.at for event in told.events), default=moment("2026-06-01T00:00Z"))
    at = last + dt.timedelta(hours=data.draw(st.sampled_from((0, 1, 60, 2000))))
    same(shipped_engine(), inquire(library(), told, at, data.draw(st.sampled_from((None, last)))))


def test_changed_norms_give_what_the_interpreter_gives_and_not_what_the_unchanged_give() -> None:
    slips: dict[str, list[Norm]] = {}
    for norm, _, mutant in MUTANTS:
        slips.setdefault(norm.id, []).append(mutant)
    differ, own = 0, [path for path in SCENARIOS if path.parent.parent.name in TABLE]
    for number in range(2):
        chosen = {norm_id: found[number % len(found)] for norm_id, found in slips.items()}
        norms = tuple(
            chosen[n.id] if n.id in chosen and len(library().versions(n.id)) == 1 else n
            for n in library().norms
        )
        other = msgspec.structs.replace(library(), norms=norms)
        engine = compile_engine(other)
        for told in map(scenario, own):
            at = max(expected.at for expected in told.expect)
            found = same(engine, inquire(other, told, at))
            differ += found != evaluate(inquire(library(), told, at))
    assert differ > len(own) / 2


def test_where_there_is_no_norm_there_is_no_duty() -> None:
    bare = Library(words(), library().instruments, ())
    found = same(compile_engine(bare), inquire(bare, scenario(SCENARIOS[0]), moment("2026-03-09T00:00Z")))
    assert not any(getattr(found, name) for name in LISTS)


class TestSafety:
    HOSTILE = '\'"""\\\n); import os; raise SystemExit  # {0} %s \x00\u2028'

    def hostile(self) -> Library:
        """A library in which every text that the language leaves free is hostile."""
        text = self.HOSTILE
        path = ROOT / "eu.gdpr" / "scenarios" / "breach.yaml"
        assert scenario(path).events
        norms = []
        for norm in library().norms:
            if norm.instrument == "eu.gdpr":
                provision = msgspec.structs.replace(norm.provision, at=text, url=text, reference=text)
                norms.append(
                    msgspec.structs.replace(
                        norm,
                        id=f"{norm.id}{text}",
                        summary=text,
                        provision=provision,
                        rows=(text,),
                        action=text,
                    )
                )
        instruments = {
            name: msgspec.structs.replace(one, notice=text) for name, one in library().instruments.items()
        }
        return Library(library().words, instruments, tuple(norms))

    def test_the_texts_of_a_norm_come_back_as_texts(self) -> None:
        made = self.hostile()
        told = scenario(ROOT / "eu.gdpr" / "scenarios" / "breach.yaml")
        found = same(compile_engine(made), inquire(made, told, max(event.at for event in told.events)))
        assert found.due
        assert {duty.summary for duty in found.due} == {self.HOSTILE}

    @pytest.mark.parametrize("hostile", [False, True])
    def test_the_module_imports_and_calls_only_what_the_generator_wrote(self, hostile: bool) -> None:
        tree = ast.parse(source_of(self.hostile() if hostile else library()))
        imported = {
            node.module if isinstance(node, ast.ImportFrom) else "?"
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        assert imported <= {
            *("datetime", "msgspec.structs", "proxeny.instrument.duty", "proxeny.instrument.norm"),
            *("proxeny.instrument.generated_status", "proxeny.instrument.generated_steps"),
            "proxeny.instrument.truth",
        }
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert not names & {"os", "SystemExit", "open", "eval", "exec", "getattr", "__import__"}
        tops = {type(node) for node in tree.body}
        assert tops <= {ast.Expr, ast.ImportFrom, ast.Assign, ast.FunctionDef}


def test_the_same_library_gives_the_same_text_and_another_another() -> None:
    fewer = msgspec.structs.replace(library(), norms=library().norms[1:])
    assert source_of(library()) == source_of(library())
    assert digest_of(library()) != digest_of(fewer)


def test_code_of_another_library_is_refused() -> None:
    fewer = msgspec.structs.replace(library(), norms=library().norms[1:])
    made: dict[str, Any] = {}
    exec(compile(source_of(fewer), "<duties>", "exec"), made)
    with pytest.raises(ValueError, match="another library"):
        bind(made, library())


def test_an_inquiry_by_another_library_is_refused() -> None:
    fewer = msgspec.structs.replace(library(), norms=library().norms[1:])
    told = scenario(SCENARIOS[0])
    with pytest.raises(ValueError, match="another library"):
        shipped_engine()(inquire(fewer, told, moment("2026-03-09T00:00Z")), None, None, ())


def test_the_engine_that_ships_and_one_of_own_norms_answer_as_the_interpreter_does() -> None:
    shipped = ShippedKnowledge().instruments
    own = msgspec.structs.replace(shipped, norms=shipped.norms[5:])
    told = scenario(ROOT / "eu.gdpr" / "scenarios" / "breach.yaml")
    asked = Asked(at=moment("2026-03-09T00:00Z"), state="XA")
    for knowledge in (shipped, own):
        generated = duties_of(told, knowledge, asked, engine_of(knowledge))
        assert generated == duties_of(told, knowledge, asked)
        assert generated.due
