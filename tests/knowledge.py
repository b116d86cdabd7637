"""The shipped knowledge, loaded once for all tests."""

from __future__ import annotations

from proxeny.wiring import ShippedKnowledge

KNOWLEDGE = ShippedKnowledge()
