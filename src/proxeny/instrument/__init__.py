"""Instruments, norms and duties: who owes what to whom, by when, and why."""
