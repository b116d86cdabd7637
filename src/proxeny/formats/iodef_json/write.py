"""A Report as a JSON-IODEF document (RFC 8727), valid by the JSON schema of its appendix B."""

from __future__ import annotations

from proxeny.base.records import encode_json
from proxeny.formats.iodef.compose import compose
from proxeny.formats.outgoing import Outgoing, Written


def write(out: Outgoing) -> Written:
    """The document of a report."""
    composed = compose(out, "2.0")
    return Written(encode_json(composed.tree), composed.losses)
