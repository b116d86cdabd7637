"""Both verifiers judge alike what was changed and then signed by the right keys, so that only its meaning is wrong."""

from __future__ import annotations

import json
import random
from typing import Any

import msgspec
from bend import header_of, plain, row, signed_object
from desks import ANNA, BORIS, DESK, XA_RECEIPTS, XB_RECEIPTS
from hypothesis import given, settings
from hypothesis import strategies as st
from make_evidence_vectors import DIRECTORY, MESSAGE, answer, having, twin
from test_evidence_vectors import compare

from federation import ROOT
from proxeny.exchange.evidence_file import Evidence, write_evidence
from proxeny.exchange.keys import Signer

ANSWER, TWIN = answer("A", "CA-D", 1), twin("answered")
ODD: tuple[Any, ...] = (
    *(None, True, 0, 1, 2, -1, 1.5, 2**63, 10**30, "", "XA", "XB", "A", "é", "\n", "none", "real", "test"),
    *("TLP:CLEAR", "2026-01-05T00:00:00Z", "2026-13-05T00:00:00Z", "sha256:" + "0" * 64, ["XB"], [1], [], {}),
)
PARTS = {
    "outer": ("proxeny-outer", (DESK,)),
    "inner": ("proxeny-inner", (ANNA, BORIS)),
    "receipt": ("proxeny-receipt", (XB_RECEIPTS,)),
    "twin": ("proxeny-twin", (XA_RECEIPTS,)),
}


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container in the value with each of its members."""
    found: list[tuple[Any, Any]] = []
    if isinstance(value, dict | list):
        for name in value if isinstance(value, dict) else range(len(value)):
            found += [(value, name), *places(value[name])]
    return found


def change(value: Any, choose: random.Random) -> Any:
    container, name = choose.choice(places(value))
    kind = choose.random()
    if kind < 0.15:
        del container[name]
    elif kind < 0.25 and isinstance(container, dict):
        container["more"] = 1
    elif kind < 0.3 and isinstance(container, list):
        container.append(container[0])
    else:
        container[name] = choose.choice(ODD)
    return value


def remade(data: bytes, typ: str, signers: tuple[Signer, ...], choose: random.Random) -> bytes:
    value = change(json.loads(plain(json.loads(data)["payload"])), choose)
    payload = json.dumps(value, separators=(",", ":")).encode()
    return signed_object(payload, *(row(payload, header_of(each, typ), each) for each in signers))


def evidence(**parts: bytes) -> Evidence:
    claim = parts.pop("twin", TWIN)
    changes: dict[str, Any] = dict(parts)
    message = msgspec.structs.replace(MESSAGE, **changes)
    return msgspec.structs.replace(having(DIRECTORY, message, ANSWER), twins=(claim,))


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(sorted(PARTS)), st.integers(0, 2**32))
def test_a_statement_changed_and_signed_anew_is_judged_alike_by_both(part: str, seed: int) -> None:
    typ, signers = PARTS[part]
    good: bytes = TWIN if part == "twin" else getattr(MESSAGE, part)
    bent = remade(good, typ, signers, random.Random(seed))
    compare(write_evidence(evidence(**{part: bent})), ROOT)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_a_file_of_another_shape_is_judged_alike_by_both(seed: int) -> None:
    value = change(json.loads(write_evidence(evidence())), random.Random(seed))
    compare(json.dumps(value).encode(), ROOT)
