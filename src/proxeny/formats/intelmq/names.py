"""Names of the IntelMQ data harmonisation: types of events, new and old, and the fields that are held.

Sources: IntelMQ 3 documentation, "Classification" and "Event fields"; the old names are those of
IntelMQ 1 and 2, replaced in versions 2.0 to 3.0.
"""

from __future__ import annotations

_NEW = """
application-compromise blacklist brute-force burglary c2-server copyright data-leak data-loss ddos
ddos-amplifier dga-domain dos exploit harmful-speech ids-alert infected-system information-disclosure
malware malware-configuration malware-distribution masquerade misconfiguration other outage phishing
potentially-unwanted-accessible privileged-account-compromise proxy sabotage scanner sniffing
social-engineering spam system-compromise test tor unauthorised-information-access
unauthorised-information-modification unauthorized-use-of-resources undetermined
unprivileged-account-compromise violence vulnerable-system weak-crypto
"""

TYPES: frozenset[str] = frozenset(_NEW.split())

_OLD = """
backdoor|blocklist|botnet drone|c&c|c2server|cc|compromised|defacement|dga domain|dropzone|ids alert
|infected system|leak|malware configuration|malware distribution|ransomware|unauthorised-login
|unauthorized-command|unauthorized-login|Unauthorised-information-access
|Unauthorised-information-modification|unknown|vulnerable client|vulnerable service
"""

OLD_TYPES: dict[str, str] = {name.strip().lower(): name.strip() for name in _OLD.split("|")}
"""Old names by their lower-case form; both spellings of `unauthorised-information-…` are told by case."""

NO_INCIDENT: frozenset[str] = frozenset(["blacklist", "blocklist", "malware-configuration", "tor"])
"""Types that say something is on a list, not that something happened (spec/types.md, noMatch)."""

HELD: dict[str, str] = {
    "ip": "ip",
    "network": "cidr",
    "fqdn": "domain",
    "reverse_dns": "domain",
    "local_hostname": "other",
    "local_ip": "ip",
    "url": "url",
    "asn": "asn",
}
"""Fields below `source.` and `destination.` that name an observable, with its type."""

HASHES: dict[str, str] = {
    "malware.hash": "hash",
    "malware.hash.md5": "md5",
    "malware.hash.sha1": "sha1",
    "malware.hash.sha256": "sha256",
}

GROUPS: frozenset[str] = frozenset(
    ["classification", "destination", "event_description", "feed", "malware", "protocol", "source", "time"]
)
"""The first words of dotted fields; in the hierarchical form they are objects."""
