"""IDEA0, the Intrusion Detection Extensible Alert of CESNET, as Warden carries it."""
