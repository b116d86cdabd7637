"""States, their keys and points of contact, and who vouches for them: pure functions over signed metadata.

Nothing here fetches, reads a clock or keeps anything; what was known before is handed in. docs/reference/wire.md,
section 7, is the specification.
"""
