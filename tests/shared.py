"""Where the real material to check against stands. It is never part of the project; tests skip without it."""

from __future__ import annotations

import os
from pathlib import Path

SHARED: Path = Path(os.environ.get("PROXENY_SHARED") or Path(__file__).resolve().parents[2] / "shared")
CORPUS: Path = SHARED / "data" / "corpus"
