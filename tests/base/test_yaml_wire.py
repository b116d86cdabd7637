"""YAML from outside: plain values, bounded, and every fault with its line and column."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from proxeny.base.errors import InputError
from proxeny.base.wire import Limits
from proxeny.base.yaml_wire import YAML_LIMITS, decode_yaml, scan_yaml

NARROW = Limits(size=2000, depth=4, values=60)

# What both JSON and YAML can write: no control characters, and no numbers longer than a quantity.
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"], max_codepoint=0xFFFD), max_size=12)
OF_TWO_VERSIONS = re.compile(r"[-+]?[\d.]+[eE][-+]?\d+|0o[0-7]+")
"""Texts that YAML 1.2 (section 10.3.2) reads as numbers and YAML 1.1, by which PyYAML writes, does not quote."""


def values(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Whatever JSON can hold, with these texts."""
    return st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(10**30), 10**30)
        | st.floats(allow_nan=False, allow_infinity=False)
        | texts,
        lambda below: st.lists(below, max_size=4) | st.dictionaries(texts, below, max_size=4),
        max_leaves=15,
    )


VALUES = values(TEXTS)
PLAIN_TEXTS = TEXTS.filter(lambda text: not OF_TWO_VERSIONS.fullmatch(text))


def read(text: str) -> Any:
    return decode_yaml(text.encode(), "f.yaml").value


def refusal(text: str, limits: Limits = YAML_LIMITS) -> list[str]:
    with pytest.raises(InputError) as caught:
        decode_yaml(text.encode(), "f.yaml", limits)
    assert all(fault.place.startswith("f.yaml") and fault.remedy for fault in caught.value.faults)
    return [f"{fault.place}: {fault.message}" for fault in caught.value.faults]


@given(VALUES, st.sampled_from([None, 2, "\t"]), st.sampled_from([(",", ":"), (", ", ": ")]))
def test_json_is_read_as_it_is_meant(value: Any, indent: Any, marks: Any) -> None:
    """RFC 8259: any white space, tabs too; YAML 1.2 section 1.3 takes JSON as a subset of itself."""
    written = json.dumps(value, ensure_ascii=False, indent=indent, separators=marks)
    assert decode_yaml(written.encode(), "f.json").value == value


@given(st.dictionaries(PLAIN_TEXTS, values(PLAIN_TEXTS), max_size=4))
def test_what_a_yaml_writer_writes_is_read_back(value: dict[str, Any]) -> None:
    """A writer quotes whatever its own rules would change, and may join equal parts by aliases."""
    written = yaml.safe_dump({"first": value, "second": value}, allow_unicode=True, sort_keys=False)
    assert read(written) == {"first": value, "second": value}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *((word, word) for word in ("yes", "no", "on", "off", "NO", "Yes", "y", "n", "unknown", "none")),
        *(("true", True), ("True", True), ("false", False), ("FALSE", False)),
        *(("null", None), ("~", None), ("", None)),
        *(("7", 7), ("-7", -7), ("+7", 7), ("010", 10), ("10_000", 10_000), ("0.001", 0.001)),
        *((".5", 0.5), ("1e5", 100_000.0), ("1.0e-05", 0.00001), ("2.", 2.0)),
        *(
            (word, word)
            for word in ("08:30", "1:20:30", "0x10", "0o10", ".inf", "-.inf", ".nan", "1__0", "1_")
        ),
        *((word, word) for word in ("2026-03-02", "2026-03-02T08:00:00Z", "1e", "1a", "=", "1" * 41)),
        *(('"yes"', "yes"), ("'12'", "12"), ('"true"', "true"), ('""', "")),
    ],
)
def test_a_word_is_what_yaml_1_2_says_and_never_what_yaml_1_1_says(written: str, meant: object) -> None:
    """YAML 1.2.2 section 10.3.2, without hexadecimal, octal, infinity and not-a-number."""
    value = read(f"key: {written}")["key"]
    assert value == meant
    assert type(value) is type(meant)


@pytest.mark.parametrize(
    "key", ["NO", "no", "yes", "on", "1a", "1e", "1e5", "010", "12", "true", "null", "~", "<<"]
)
def test_a_key_is_the_text_as_written(key: str) -> None:
    assert read(f"{key}: 1") == {key: 1}


def test_every_part_has_its_place() -> None:
    document = decode_yaml("états:\n  XA: {deaths: 3, services: [\n    {tier: 1}]}\n".encode(), "f.yaml")
    assert document.at_key(("états", "XA", "deaths")) == "f.yaml, line 2 column 8"
    assert document.at(("états", "XA", "deaths")) == "f.yaml, line 2 column 16"
    assert document.at(("états", "XA", "services", 0)) == "f.yaml, line 3 column 5"
    assert document.at(("états", "XA", "absent")) == "f.yaml, line 2 column 7"
    assert document.at_key(("absent",)) == "f.yaml, line 1 column 1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "f.yaml: the file is empty"),
        ("  \n\t\n", "f.yaml: the file is empty"),
        ("# a comment\n", "f.yaml: the file holds nothing but comments"),
        ("a: [1, 2", "f.yaml, line 1 column 9: not YAML"),
        ("a: b: c", "f.yaml, line 1 column 5: not YAML"),
        ("a: 1\n\tb: 2", "f.yaml, line 2 column 1: not YAML"),
        ('{"a": 1,', "f.yaml, line 1 column 9: not YAML"),
        ("a: 1\n---\nb: 2\n", "f.yaml, line 3 column 1: a second document"),
        ("a: !!str 1", "f.yaml, line 1 column 4: the tag 'tag:yaml.org,2002:str'"),
        ("a: !!python/object/apply:os.system [id]", "f.yaml, line 1 column 4: the tag"),
        ("a: !secret 1", "f.yaml, line 1 column 4: the tag '!secret'"),
        ("a: ! 1", "f.yaml, line 1 column 4: the tag '!'"),
        ("a: *b", "f.yaml, line 1 column 4: the alias *b leads nowhere"),
        ("a: &b [*b]", "f.yaml, line 1 column 8: the alias *b leads nowhere"),
        ("[1]: 2", "f.yaml, line 1 column 1: a key that is not a word"),
        ("? {a: 1}\n: 2", "f.yaml, line 1 column 3: a key that is not a word"),
        ("a: 1\nb: \x07", "f.yaml, line 2 column 4: the control character U+0007"),
        ("a: " + "x" * 2000, "f.yaml: larger than 2000 bytes"),
        ("[[[[[1]]]]]", "f.yaml, line 1 column 5: nested deeper than 4"),
        ("a: &x [[1]]\nb: [[*x]]", "f.yaml, line 2 column 6: nested deeper than 4"),
        ("- 1\n" * 100, "f.yaml, line 60 column 3: more than 60 values"),
        ("a: &x [1, 2, 3, 4]\nb: [" + "*x, " * 20 + "*x]", "f.yaml, line 2 column 37: more than 60 values"),
    ],
)
def test_what_is_refused_says_where(text: str, expected: str) -> None:
    (found,) = refusal(text, NARROW)
    # The two parsers of PyYAML may place the end of a truncated file on the next line.
    assert found.startswith((expected, expected.replace("line 1 column 9", "line 2 column 1")))


def test_all_doubled_keys_are_told_at_once_and_the_first_stands() -> None:
    text = "a: 1\na: 2\nb: {c: 1, c: 2}\n"
    assert refusal(text) == [
        "f.yaml, line 2 column 1: the key 'a' stands twice",
        "f.yaml, line 3 column 11: the key 'c' stands twice",
    ]
    assert scan_yaml(text.encode(), "f.yaml").value == {"a": 1, "b": {"c": 1}}


def test_a_small_file_cannot_unfold_into_a_large_one() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    (found,) = refusal("\n".join(rows))
    assert "more than 100000 values" in found


@pytest.mark.parametrize(
    "unit", ["[", "{a: ", "- ", "? ", "&a ", "a: |\n", "'", "[a,", "!a ", "*a ", "\n  ", "# "]
)
def test_whatever_is_repeated_is_read_or_refused(unit: str) -> None:
    with suppress(InputError):
        read(unit * 20_000)


@given(st.binary(max_size=60) | st.text("ab01:-[]{},&*!|>'\"#%@`? \n\t~", max_size=40).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(InputError):
        decode_yaml(data, "f.yaml", NARROW)
