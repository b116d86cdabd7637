"""CSAF 2.0 security advisories (OASIS, Common Security Advisory Framework)."""
