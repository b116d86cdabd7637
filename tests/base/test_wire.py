"""Decoding of outside bytes: strict, bounded, and refusing with place and remedy."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxeny.base.errors import InputError
from proxeny.base.wire import DEFAULT_LIMITS, Limits, decode_json, decode_json_lines, decode_text, digest_of

NARROW = Limits(size=1000, depth=5, values=50, text=100)

TEXTS = st.text(alphabet=st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from('":\\ {}[],\n')))
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(allow_nan=False, allow_infinity=False),
        TEXTS,
    ),
    lambda below: st.one_of(st.lists(below, max_size=5), st.dictionaries(TEXTS, below, max_size=5)),
    max_leaves=20,
)


def refusal(data: bytes, limits: Limits = DEFAULT_LIMITS) -> str:
    with pytest.raises(InputError) as caught:
        decode_json(data, "in.json", limits)
    assert all(fault.place.startswith("in.json") for fault in caught.value.faults)
    assert all(fault.remedy for fault in caught.value.faults)
    return str(caught.value)


@given(
    VALUES,
    st.booleans(),
    st.sampled_from([None, 2]),
    st.sampled_from([(",", ":"), (" , ", " : "), (", ", ":\n")]),
)
def test_what_json_says_is_what_is_read(value: Any, ascii_only: bool, indent: int | None, marks: Any) -> None:
    """RFC 8259: escapes, white space and order of writing never change the value."""
    written = json.dumps(value, ensure_ascii=ascii_only, indent=indent, separators=marks)
    assert decode_json(written.encode(), "in.json") == value


@given(VALUES, st.sampled_from(["utf-8-sig", "utf-16"]))
def test_a_byte_order_mark_is_understood(value: Any, encoding: str) -> None:
    assert decode_json(json.dumps(value, ensure_ascii=False).encode(encoding), "in.json") == value


@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4), st.data())
def test_a_key_that_stands_twice_is_always_refused(members: dict[str, Any], data: st.DataObject) -> None:
    """RFC 7493 section 2.3, at whatever depth and however the key is escaped."""
    key = data.draw(st.sampled_from(sorted(members)))
    pairs = [(json.dumps(name), value) for name, value in members.items()]
    again = "".join(f"\\u{ord(char):04x}" if ord(char) < 0x10000 else char for char in key)
    pairs.insert(data.draw(st.integers(0, len(pairs))), (f'"{again}"', data.draw(VALUES)))
    gap = data.draw(st.sampled_from(["", " ", "\r\n\t"]))
    written = "{" + ",".join(f"{name}{gap}:{json.dumps(value)}" for name, value in pairs) + "}"
    outer = data.draw(st.sampled_from(["%s", "[%s]", '{"a": [1, %s]}', '["a :", ":b", %s]']))
    assert "stands twice" in refusal((outer % written).encode())


@pytest.mark.parametrize(
    "written",
    [
        '[":", "\\":", " :"]',
        '{"a :": "b\\" : c"}',
        '{"a": {"a": 1}}',
        '[{"a": 1}, {"a": 1}]',
        '{"": 1, " ": 2}',
    ],
)
def test_what_only_looks_like_a_second_key_is_read(written: str) -> None:
    assert decode_json(written.encode(), "in.json") == json.loads(written)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(InputError):
        decode_json(data, "in.json")


@given(VALUES, st.data())
def test_a_truncated_document_is_refused(value: Any, data: st.DataObject) -> None:
    written = json.dumps([value]).encode()
    cut = data.draw(st.integers(1, len(written) - 1))
    assert "in.json" in refusal(written[:cut])


def test_a_truncated_document_is_named_so() -> None:
    assert "ends too early" in refusal(b'{"Event": {"info": "x"')
    assert "ends too early" in refusal(b'{"Event": {"info": "x')
    assert "ends too early" in refusal(b"[1,")


def test_a_syntax_fault_names_line_and_column() -> None:
    assert "line 2 column 7" in refusal(b'{"a": 1,\n  "b" 2}')


@pytest.mark.parametrize("written", [b"NaN", b"[Infinity]", b"[-Infinity]", b"1e400", b"-1e400", b"1" * 5000])
def test_numbers_no_double_holds_are_refused(written: bytes) -> None:
    assert "not JSON" in refusal(written)


def test_a_large_whole_number_keeps_every_digit() -> None:
    assert decode_json(b"18446744073709551617", "in.json") == 2**64 + 1


@pytest.mark.parametrize(
    "written", [rb'"\ud800"', rb'"\udc00"', rb'"\ud800x"', rb'{"\ud83d": 1}', rb'"\ud800\ud800"']
)
def test_half_a_surrogate_pair_is_refused(written: bytes) -> None:
    """RFC 7493 section 2.1: such a string could not be written out again."""
    assert "not JSON" in refusal(written)
    assert decode_json(rb'"\ud83d\ude00"', "in.json") == "\U0001f600"


@pytest.mark.parametrize("data", [b'"\xff"', b'{"a": "\xed\xa0\x80"}', b'"\xc0\xaf"'])
def test_bytes_that_are_not_utf8_are_refused_with_their_place(data: bytes) -> None:
    assert "not UTF-8" in refusal(data)
    assert ", byte " in refusal(data)


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"\xfe\xff\xd8\x00\x00a", b"\xef\xbb\xbf\xff"])
def test_a_broken_encoding_after_a_mark_is_refused(data: bytes) -> None:
    assert "not UTF-8" in refusal(data)


def test_an_empty_file_is_refused() -> None:
    assert "empty" in refusal(b"")
    assert "too early" in refusal(b" \n")


def test_the_size_limit_holds_before_anything_is_decoded() -> None:
    assert "larger than" in refusal(b"[" + b" " * NARROW.size + b"]", NARROW)


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'])
@pytest.mark.parametrize("closed", [True, False])
def test_a_bomb_of_nesting_is_refused(opening: bytes, closed: bool) -> None:
    closing = b"".join({b"[": b"]", b"{": b"}"}[bytes([char])] for char in reversed(opening) if char in b"[{")
    bomb = opening * 100_000 + (b"1" + closing * 100_000 if closed else b"")
    assert f"nested deeper than {DEFAULT_LIMITS.depth}" in refusal(bomb)


@given(st.integers(1, 12))
def test_the_depth_limit_is_exact(depth: int) -> None:
    written = b"[" * depth + b'"[{"' + b"]" * depth
    if depth <= NARROW.depth:
        decode_json(written, "in.json", NARROW)
    else:
        assert f"byte {NARROW.depth}: nested deeper than 5" in refusal(written, NARROW)


@pytest.mark.parametrize("unit", [b"0", b"[]", b"[[[]]]", b'{"a":0}', b'""'])
def test_the_count_limit_bounds_what_one_file_may_hold(unit: bytes) -> None:
    """Also when the values are nested, so that few commas stand between many of them."""
    assert "more than 50 values" in refusal(b"[" + b",".join([unit] * 60) + b"]", NARROW)
    deep = Limits(size=10_000, depth=64, values=100)
    assert "more than 100 values" in refusal(b"[" + b",".join([b"[" * 60 + b"]" * 60] * 3) + b"]", deep)


def test_json_lines_keep_their_numbers_and_report_every_fault() -> None:
    assert decode_json_lines(b'{"a":1}\n\n \r\n[2]\n', "in.jsonl") == [(1, {"a": 1}), (4, [2])]
    with pytest.raises(InputError) as caught:
        decode_json_lines(b'{"a":1,"a":2}\n{}\n{"b":\n', "in.jsonl")
    assert [fault.place.split(" column")[0] for fault in caught.value.faults] == [
        "in.jsonl, line 1",
        "in.jsonl, line 3, line 1",
    ]


@given(st.lists(VALUES, min_size=1, max_size=4), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_json_lines_give_every_value_in_order(values: list[Any], encoding: str) -> None:
    written = "\n".join(json.dumps(value) for value in values).encode(encoding)
    assert [value for _, value in decode_json_lines(written, "in.jsonl")] == values


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff")))
def test_text_is_read_in_either_encoding(text: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert decode_text(text.encode(encoding), "in.txt") == text


def test_a_digest_names_exact_bytes() -> None:
    empty = (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # FIPS 180-4, the empty message
    )
    assert digest_of(b"") == f"sha256:{empty}"
    assert digest_of(b"a") != digest_of(b"a ")


def test_no_number_read_is_infinite() -> None:
    assert math.isfinite(decode_json(b"1.7976931348623157e308", "in.json"))


def test_half_of_a_surrogate_pair_is_named_as_such() -> None:
    with pytest.raises(InputError, match="half of a surrogate pair"):
        decode_json(b'{"id": "\\ud800"}', "x")
