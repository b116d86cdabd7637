"""The impact facts that a form may state: paths of the facts file below a State, and what each holds."""

from __future__ import annotations

PATHS: dict[str, str] = {
    "deaths": "number",
    "injuries": "number",
    "loss_usd": "number",
    "loss_gdp_share": "share",
    "physical": "word",
    "trust_anchor": "word",
    "services.persons": "number",
    "services.share": "share",
    "services.hours": "number",
    "services.degraded": "flag",
    "records.persons": "number",
    "records.share": "share",
    "records.sensitive": "flag",
    "integrity.state": "word",
    "integrity.persons": "number",
}
"""As docs/reference/facts-file.md has them. A share is a fraction of one; a flag is yes, no or unknown."""
