"""What one message, receipt or proof may measure. Sizes in bytes, counts in values; each with its source."""

from __future__ import annotations

from proxeny.base.encoding import HASH as HASH
from proxeny.base.members import SEQUENCE as SEQUENCE
from proxeny.base.wire import Limits

SIGNATURE = 5 * 1024
"""The longest signature admitted (docs/decisions/0010-envelope.md). Ed25519 has 64 bytes (RFC 8032, section 5.1.6),
the largest ML-DSA 4,627 (FIPS 204, table 2), so that a later suite fits."""

SIGNATURES = 8
"""Signatures of one inner layer: four eyes need two; a government that signs jointly needs a few more."""

HEADER = 512
"""A protected header as JSON. With three members it has about 90 bytes, that of a JWE 200."""

OUTER_PAYLOAD = 8 * 1024
"""The statement of the outer layer as JSON: about 400 bytes, and 74 more for each attachment."""

OUTER = 4 * (OUTER_PAYLOAD + SIGNATURE + HEADER) // 3 + 256
"""An outer layer or a receipt as sent: base64url adds a third (RFC 4648, section 5)."""

PAYLOAD = 2**20
"""The content an authority signs. Forms have tens of fields; what is larger travels as an attachment."""

INNER = 4 * (PAYLOAD + SIGNATURES * (SIGNATURE + HEADER)) // 3 + 1024
"""An inner layer as sealed."""

SEALED = 4 * INNER // 3 + 1024
"""A sealed inner layer: base64url once more, header, wrapped key, nonce and tag."""

ENVELOPE = OUTER + 1 + SEALED
"""All that comes in at the door as one message."""

ATTACHMENT = 16 * 2**20
"""The content of one attachment: a screen shot, a sample or a list of indicators; larger things travel apart."""

ATTACHMENTS = 64
"""Attachments of one message; their digests stand in the outer layer."""

ADDRESSEES = 250
"""More than the 193 members and the observers of the United Nations."""

REFERENCES = 64
"""Messages one message may follow or revoke."""

NOTE = 256 * 1024
"""A signed note. 16 signatures of nearly 5 kB must be admitted (C2SP signed-note, Format): about 110 kB."""

NOTE_SIGNATURES = 100
"""Signature lines of a note; the reference implementation (golang.org/x/mod/sumdb/note) stops at the same number."""

NAME = 255
"""Characters of a log's origin or a key's name: C2SP tlog-cosignature gives a cosigner's name 1 to 255 bytes."""

PROOF = 63
"""Hashes of a proof (C2SP tlog-witness, add-checkpoint). A tree of 2^63 leaves needs no more."""

TREE = 2**63 - 1
"""Leaves of a tree: the largest signed 64-bit integer, which databases keep exactly."""

OUTER_JSON = Limits(size=OUTER, depth=6, values=1_000)
INNER_JSON = Limits(size=INNER, depth=24, values=200_000)
