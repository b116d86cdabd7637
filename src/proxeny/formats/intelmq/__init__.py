"""IntelMQ events (the harmonised data format of IntelMQ)."""
