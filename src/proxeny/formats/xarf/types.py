"""The types of X-ARF v4, what each demands beyond the core, and the older names.

Source: the JSON schemas of X-ARF v4 (xarf.org, schemas/v4), whose member for the class is `category`.
"""

from __future__ import annotations

VERSION = "4.2.0"

CORE = (
    "xarf_version",
    "report_id",
    "timestamp",
    "reporter",
    "sender",
    "source_identifier",
    "category",
    "type",
)
"""Members that every report must have."""

_CONNECTION = ("first_seen", "protocol")
# The schemas demand the port only beside an IP address; those that do not check formats demand it always.
_PORTED = (*_CONNECTION, "source_port")

REQUIRED: dict[str, tuple[str, ...]] = {
    "connection/ddos": _PORTED,
    "connection/infected_host": (*_CONNECTION, "bot_type"),
    "connection/login_attack": _PORTED,
    "connection/port_scan": _PORTED,
    "connection/reconnaissance": (*_CONNECTION, "probed_resources"),
    "connection/scraping": (*_CONNECTION, "total_requests"),
    "connection/sql_injection": _CONNECTION,
    "connection/vulnerability_scan": (*_CONNECTION, "scan_type"),
    "content/brand_infringement": ("url", "infringement_type", "legitimate_site"),
    "content/csam": ("url", "classification", "detection_method"),
    "content/csem": ("url", "exploitation_type", "detection_method"),
    "content/exposed_data": ("url", "data_types", "exposure_method"),
    "content/fraud": ("url", "fraud_type"),
    "content/malware": ("url",),
    "content/phishing": ("url",),
    "content/remote_compromise": ("url", "compromise_type"),
    "content/suspicious_registration": ("url", "registration_date", "suspicious_indicators"),
    "copyright/copyright": ("infringing_url",),
    "copyright/cyberlocker": ("infringing_url", "hosting_service"),
    "copyright/link_site": ("infringing_url", "site_name"),
    "copyright/p2p": ("p2p_protocol", "swarm_info"),
    "copyright/ugc_platform": ("infringing_url", "platform_name"),
    "copyright/usenet": ("newsgroup", "message_info"),
    "infrastructure/botnet": ("compromise_evidence",),
    "infrastructure/compromised_server": ("compromise_method",),
    "messaging/bulk_messaging": ("protocol", "recipient_count"),
    "messaging/spam": ("protocol", "smtp_from", "source_port"),
    "reputation/blocklist": ("threat_type",),
    "reputation/threat_intelligence": ("threat_type",),
    "vulnerability/cve": ("service", "service_port", "cve_id"),
    "vulnerability/misconfiguration": ("service",),
    "vulnerability/open_service": ("service",),
}
"""Members that a report of the type must have beside those of the core."""

FALLBACK = "reputation/threat_intelligence"
"""The type that says of an address only that it took part in something, named in a word of the sender's."""

UNSPECIFIED: dict[str, dict[str, object]] = {
    "connection/infected_host": {"bot_type": "unknown"},
    "connection/vulnerability_scan": {"scan_type": "vulnerability_scan"},
    "content/brand_infringement": {"infringement_type": "other"},
    "content/exposed_data": {"data_types": ["other"], "exposure_method": "other"},
    "content/fraud": {"fraud_type": "other"},
    "content/remote_compromise": {"compromise_type": "other"},
}
"""The value with which a list of the schema says that nothing closer is known."""

PROTOCOLS: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        ("connection/ddos", "connection/login_attack", "connection/port_scan"),
        frozenset(["icmp", "sctp", "tcp", "udp"]),
    ),
    "connection/vulnerability_scan": frozenset(["icmp", "tcp", "udp"]),
    "messaging/spam": frozenset(["smtp"]),
}
"""The protocols that a type takes, where they are not only TCP and UDP."""

_CARRIED = {
    "tcp": "ftp ftps http https imap imaps ldap mssql mysql pop3 pop3s postgresql rdp smb smtp smtps ssh telnet vnc",
    "udp": "coap mdns ntp snmp ssdp tftp",
}
TRANSPORT: dict[str, str] = {name: below for below, names in _CARRIED.items() for name in names.split()}
"""The transport below an application protocol, where it is always the same (IANA service names)."""
