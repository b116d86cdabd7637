"""X-ARF, the extended abuse reporting format: version 4, and versions 1 to 3 when read."""
