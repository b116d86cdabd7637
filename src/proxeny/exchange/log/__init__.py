"""The log: Merkle tree (RFC 9162), signed notes, checkpoints, tiles and witnesses (C2SP), and proofs of misconduct."""
