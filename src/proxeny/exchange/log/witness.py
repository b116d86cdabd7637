"""What a witness asks before it cosigns (C2SP tlog-witness v1.0.0, add-checkpoint): pure decisions over bytes.

A witness sees origins, sizes and roots, never an entry or a message. The caller makes the decision and the keeping of
its head one transaction, and answers only after that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from proxeny.base.encoding import from_base64, to_base64
from proxeny.base.errors import InputError, refuse
from proxeny.exchange.limits import HASH, NOTE, PROOF, TREE
from proxeny.exchange.log.checkpoint import Checkpoint, SignedHead, read_checkpoint, read_head
from proxeny.exchange.log.note import NoteKey, Sign, cosign_note, read_note
from proxeny.exchange.log.tree import EMPTY, verify_consistency

_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
REQUEST = NOTE + 64 * (PROOF + 1)
"""Bytes of a request: the note, and lines of 44 characters for the proof."""


class Request(msgspec.Struct, frozen=True):
    """A request to cosign: the size the log believes the witness to hold, the proof from it, and the signed note."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes


class Head(msgspec.Struct, frozen=True):
    """What a witness keeps of a log: the size and root it last cosigned."""

    size: int = 0
    root: bytes = EMPTY


class Answer(msgspec.Struct, frozen=True):
    """The answer to a request: status and body as over HTTP. `keep` is to be persisted before the answer leaves.

    `suspect` is set where the log's own signature stands under a head that does not go on from the one kept: the note
    is then evidence, to be kept and compared (`log.audit`).
    """

    status: int
    body: bytes = b""
    keep: Head | None = None
    suspect: bytes | None = None


def write_request(request: Request) -> bytes:
    """The body of a request."""
    lines = [f"old {request.old}", *(to_base64(step) for step in request.proof), ""]
    return "".join(f"{line}\n" for line in lines).encode() + request.note


def read_request(data: bytes, place: str) -> Request:
    """A request from its body. Raises InputError when it is malformed."""
    if len(data) > REQUEST:
        raise refuse(place, f"larger than {REQUEST} bytes", "send fewer signatures")
    head, blank, note = data.partition(b"\n\n")
    first, *rest = head.decode("ascii", "replace").split("\n")
    old = _OLD.fullmatch(first)
    proof = [from_base64(line) for line in rest]
    if not blank or old is None or int(old[1]) > TREE or len(proof) > PROOF:
        raise _malformed(place, "not an old size, a proof of at most 63 lines and an empty line")
    if any(step is None or len(step) != HASH for step in proof):
        raise _malformed(place, "a line of the proof that is no hash")
    return Request(int(old[1]), tuple(step for step in proof if step is not None), note)


def origin_of(request: Request, place: str) -> str:
    """The log a request is about, by which the witness finds key and head. Nothing is verified yet."""
    return read_checkpoint(read_note(request.note, place).text, place).origin


def consider(
    data: bytes, logs: Mapping[str, tuple[NoteKey, Head]], witness: NoteKey, sign: Sign, time: int
) -> Answer:
    """The answer of a witness at `time` (seconds since 1970 UTC) to the body of a request.

    `logs` has the key of each log it watches by origin, and the head it last cosigned. Statuses are those of the
    specification: 400 malformed, 403 not signed by the log, 404 unknown log, 409 another size is kept (the body says
    which), 422 not proven.
    """
    try:
        request = read_request(data, "request")
        origin = origin_of(request, "request")
    except InputError:
        return Answer(400)
    if origin not in logs:
        return Answer(404)
    key, kept = logs[origin]
    try:
        signed = read_head(request.note, key, (), "request")
    except InputError:
        return Answer(403)
    return _decide(request, signed, kept, witness, sign, time)


def _decide(
    request: Request, signed: SignedHead, kept: Head, witness: NoteKey, sign: Sign, time: int
) -> Answer:
    new = signed.checkpoint
    if request.old > new.size:
        return Answer(400)
    if request.old != kept.size:
        return Answer(409, f"{kept.size}\n".encode())
    if not verify_consistency(kept.size, new.size, request.proof, kept.root, new.root):
        # A proof may also be missing by mistake, so that this is a suspicion; audit makes it a proof or clears it.
        return Answer(422, suspect=request.note)
    line = cosign_note(signed.note.text, witness, sign, time).line.encode()
    return Answer(200, line, keep=_head(new))


def _head(checkpoint: Checkpoint) -> Head:
    return Head(checkpoint.size, checkpoint.root)


def _malformed(place: str, what: str) -> InputError:
    return refuse(place, f"a malformed request: {what}", "send it as C2SP tlog-witness says")
