"""What desks that do not trust each other hand over, and the record nobody can rewrite: pure functions over bytes.

Nothing here reads a clock, a file or a source of randomness; times, keys and random bytes are handed in. A signature
is asked of a function, so that the key may live in a module (PKCS#11). docs/reference/wire.md is the specification.
"""
