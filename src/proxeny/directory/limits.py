"""What directory metadata may measure. Sizes in bytes, counts in values; each with its source."""

from __future__ import annotations

from proxeny.base.wire import Limits

ROLE = 512 * 1024
"""One metadata file: python-tuf's updater takes a root of 512,000 bytes and targets of 5,000,000; 250 States with two
files each need about 100 kB."""

STATE_FILE = 2**20
"""All statements of one State: about 400 bytes for each key and statement; a State changes keys a few times a year."""

ROOTS = 256
"""Versions of the root that are walked; python-tuf's updater stops at the same number of rotations."""

STATEMENTS = 1000
"""Statements of one State: several a year for a century."""

KEYS = 500
"""Keys of a State, past ones included, and of one metadata role."""

PUBLIC = 4096
"""A public key. Ed25519 has 32 bytes (RFC 8032), the largest of ML-DSA 2,592 (FIPS 204, table 2)."""

SIGNATURE = 5 * 1024
"""The longest signature (docs/decisions/0010-envelope.md)."""

STATES = 250
"""More than the 193 members and the observers of the United Nations."""

PERSONS = 8
"""Persons whose signatures one form may need: as many as an inner layer holds signatures."""

BUNDLE = 48 * 2**20
"""A whole directory in one file: 250 States' keys and contacts with the roles, as a rule far below one MiB."""

ROLE_JSON = Limits(size=ROLE, depth=12, values=20_000)
STATE_JSON = Limits(size=STATE_FILE, depth=12, values=100_000)
BUNDLE_JSON = Limits(size=BUNDLE, depth=6, values=10_000)
