"""The case folders of the formats of events, and reports drawn at random for them.

A case is a folder of `tests/vectors/formats/FORMAT`: `case.yaml` and the files it names. `do` is `read` (a file to a
Report), `write` (read as `from`, written as `to`) or `harmonise`. `expect` holds members that must come out so;
where the folder's name ends in `_fail`, `faults` holds for each fault the end of its place and words of its message.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import msgspec
import yaml
from hypothesis import strategies as st

from proxeny.base.errors import InputError
from proxeny.formats.detect import read
from proxeny.formats.intelmq.harmonise import harmonise
from proxeny.formats.outgoing import Author, Outgoing, Written, writer
from proxeny.identify.report import Indicator, Report, Tag

VECTORS = Path(__file__).parents[1] / "vectors" / "formats"
AT = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
AUTHOR = Author(name="Desk of XA", contact="desk@cert.example", domain="cert.example", given=True)
EMPTY = Report(digest="sha256:00", format="text")


def cases(format: str) -> list[Path]:
    """The case folders of a format."""
    return sorted(path.parent for path in (VECTORS / format).glob("*/case.yaml"))


def check(folder: Path) -> None:
    """Run a case and compare."""
    case = yaml.safe_load((folder / "case.yaml").read_text(encoding="utf-8"))
    data = (folder / case["input"]).read_bytes()
    if folder.name.endswith("_fail"):
        try:
            _done(case, data)
        except InputError as error:
            told = [(fault.place, fault.message, bool(fault.remedy)) for fault in error.faults]
        else:
            raise AssertionError("was not refused")
        assert len(told) == len(case["faults"]), told
        for (place, message, remedy), wanted in zip(told, case["faults"], strict=True):
            assert place.endswith(wanted["place"]), place
            assert wanted["message"] in message
            assert remedy
        return
    done = _done(case, data)
    for name, wanted in case["expect"].items():
        assert done.get(name) == wanted, (name, done.get(name))
    losses = [f"{loss['at']}: {loss['why']}" for loss in done.get("losses", [])]
    for words in case.get("losses", []):
        assert any(words in loss for loss in losses), losses


def _done(case: dict[str, Any], data: bytes) -> dict[str, Any]:
    if case["do"] == "harmonise":
        return harmonise(msgspec.json.decode(data), case["input"])
    (report,) = read(data, case["input"], case.get("from", "auto"))
    if case["do"] == "read":
        found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(report))
        return found
    document = msgspec.json.decode(data) if report.format == case["to"] else None
    said = tuple((slug, axis) for slug, axis in case.get("said", []))
    written = put(case["to"], report, codes=case.get("codes", {}), said=said, document=document)
    losses = [msgspec.to_builtins(loss) for loss in written.losses]
    return {**msgspec.json.decode(written.data), "losses": losses}


def put(format: str, report: Report, **more: Any) -> Written:
    """The report written, by a desk of its own."""
    return writer(format)(Outgoing(**{"report": report, "at": AT, "author": AUTHOR, **more}))


def again(format: str, written: Written) -> Report:
    """The report read from what was written."""
    (report,) = read(written.data, "again.json", format)
    return report


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
_SECONDS = st.integers(631_152_000, 3_786_912_000)  # 1990 to 2090
MOMENTS = st.builds(
    lambda second, micro: dt.datetime.fromtimestamp(second, dt.UTC).replace(microsecond=micro),
    _SECONDS,
    st.integers(0, 999_999),
)
_ROLES = st.sampled_from(["source", "target"])
_PORTS = st.none() | st.integers(1, 65535)


def _at_end(kind: str, values: st.SearchStrategy[str], ported: bool) -> st.SearchStrategy[Indicator]:
    return st.builds(
        Indicator,
        type=st.just(kind),
        value=values,
        role=_ROLES,
        port=_PORTS if ported else st.none(),
        protocol=st.sampled_from([None, "tcp", "udp", "https", "ssh"]) if ported else st.none(),
    )


_LABEL = st.from_regex(r"[a-z][a-z0-9]{1,10}", fullmatch=True)
ENDED = st.one_of(
    _at_end(
        "ipv4", st.integers(1, 223).flatmap(lambda a: st.integers(0, 254).map(lambda d: f"{a}.2.3.{d}")), True
    ),
    _at_end("ipv6", st.integers(1, 0xFFFF).map(lambda n: f"2001:db8::{n:x}"), True),
    _at_end("domain", _LABEL.map(lambda name: f"{name}.example.net"), True),
    _at_end("url", _LABEL.map(lambda name: f"http://{name}.example.org/p"), False),
    _at_end("email", _LABEL.map(lambda name: f"{name}@example.org"), False),
    _at_end("asn", st.integers(1, 2**32 - 1).map(lambda n: f"AS{n}"), False),
)
HASHES = st.builds(
    Indicator, type=st.just("sha256"), value=st.integers(0, 2**256 - 1).map(lambda number: f"{number:064x}")
)


def reports(scheme: str, codes: list[str]) -> st.SearchStrategy[Report]:
    """Reports with ends, hashes, codes of a scheme and times."""
    tags = st.lists(st.sampled_from(codes), min_size=1, max_size=3, unique=True).map(
        lambda found: tuple(Tag(scheme=scheme, code=code, raw=code, at="/x") for code in found)
    )
    # One observable each: its value tells it, whatever the order.
    observed = st.lists(ENDED | HASHES, max_size=6, unique_by=lambda item: (item.type, item.value)).map(tuple)
    return st.builds(
        Report,
        digest=st.just("sha256:00"),
        format=st.just("text"),
        title=WORDS.map(str.strip),
        text=WORDS.map(str.strip),
        occurred=st.none() | MOMENTS,
        detected=st.none() | MOMENTS,
        reported=st.none() | MOMENTS,
        tags=tags,
        indicators=observed,
    )


def plain(report: Report) -> set[tuple[Any, ...]]:
    """The observables without where they stand."""
    return {(item.type, item.value, item.role, item.port, item.protocol) for item in report.indicators}
