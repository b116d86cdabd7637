"""Makes the helpers beside it (`shared`) importable from every test, and the property tests repeatable.

A run draws the same examples each time, so that `make test` is always true or always false of a commit. To look
for new ones: HYPOTHESIS_PROFILE=explore make test.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))
