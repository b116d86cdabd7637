"""The fields of an IntelMQ event: their names, types and lengths, and the values of those that are enumerated.

Source: IntelMQ 3 documentation, "Event fields" and "Data types"; classes: "Classification". Protocols: the keywords
of the IANA registry of protocol numbers that IntelMQ lists.
"""

from __future__ import annotations

_SIDE = {
    "lower": "abuse_contact",
    "text": "account as_name geolocation.city geolocation.country geolocation.region geolocation.state "
    "local_hostname urlpath",
    "moment": "allocated",
    "asn": "asn",
    "fqdn": "domain_suffix fqdn reverse_dns",
    "country": "geolocation.cc",
    "latitude": "geolocation.latitude",
    "longitude": "geolocation.longitude",
    "ip": "ip local_ip",
    "network": "network",
    "port": "port",
    "registry": "registry",
    "boolean": "tor_node",
    "url": "url",
}
_EVENT = {
    "text": "classification.identifier comment constituency event_description.target event_description.text "
    "feed.documentation feed.name feed.provider product.full_name status",
    "text100": "feed.code",
    "plain": "malware.version",
    "plain200": "malware.hash.md5 malware.hash.sha1 malware.hash.sha256",
    "lower": "product.name product.vendor product.version product.vulnerabilities",
    "lower plain": "malware.name",
    "lower plain100": "protocol.application",
    "transport": "protocol.transport",
    "type": "classification.type",
    "taxonomy": "classification.taxonomy",
    "url": "event_description.url feed.url screenshot_url",
    "hash": "event_hash",
    "accuracy": "feed.accuracy",
    "uuid": "misp.attribute_uuid misp.event_uuid",
    "json": "output",
    "base64": "raw",
    "integer": "rtir_id",
    "severity": "severity",
    "moment": "time.observation time.source",
    "tlp": "tlp",
    # Only the source has these two.
    "country": "source.geolocation.cymru_cc source.geolocation.geoip_cc",
}

FIELDS: dict[str, str] = {
    **{name: kind for kind, names in _EVENT.items() for name in names.split()},
    **{
        f"{side}.{name}": kind
        for side in ("source", "destination")
        for kind, names in _SIDE.items()
        for name in names.split()
    },
}
"""The type of each field but `extra`, whose members are free."""

_CLASSES = """
abusive-content: harmful-speech spam violence
availability: ddos dos misconfiguration outage sabotage
fraud: copyright masquerade phishing unauthorized-use-of-resources
information-content-security: data-leak data-loss unauthorised-information-access
  unauthorised-information-modification
information-gathering: scanner sniffing social-engineering
intrusion-attempts: brute-force exploit ids-alert
intrusions: application-compromise burglary privileged-account-compromise system-compromise
  unprivileged-account-compromise
malicious-code: c2-server infected-system malware-configuration malware-distribution
other: blacklist dga-domain malware other proxy tor undetermined
test: test
vulnerable: ddos-amplifier information-disclosure potentially-unwanted-accessible vulnerable-system weak-crypto
"""


def _classes() -> dict[str, str]:
    found: dict[str, str] = {}
    name = ""
    for word in _CLASSES.split():
        if word.endswith(":"):
            name = word[:-1]
        else:
            found[word] = name
    return found


TAXONOMY: dict[str, str] = _classes()
"""The class (`classification.taxonomy`) of each type."""

RENAMED: dict[str, str] = {
    "backdoor": "system-compromise",
    "blocklist": "blacklist",
    "botnet drone": "infected-system",
    "c&c": "c2-server",
    "c2server": "c2-server",
    "cc": "c2-server",
    "compromised": "system-compromise",
    "defacement": "unauthorised-information-modification",
    "dga domain": "dga-domain",
    "dropzone": "other",
    "ids alert": "ids-alert",
    "infected system": "infected-system",
    "leak": "data-leak",
    "malware configuration": "malware-configuration",
    "malware distribution": "malware-distribution",
    "ransomware": "infected-system",
    "unauthorised-login": "system-compromise",
    "unauthorized-command": "system-compromise",
    "unauthorized-login": "system-compromise",
    "unknown": "undetermined",
    "vulnerable client": "vulnerable-system",
    "vulnerable service": "vulnerable-system",
}
"""Types of IntelMQ 1 and 2, by what version 3 says for them."""

REGISTRIES: dict[str, str] = {
    **{name: name for name in ("AFRINIC", "APNIC", "ARIN", "LACNIC", "RIPE")},
    "RIPENCC": "RIPE",
    "RIPE-NCC": "RIPE",
    "RIPE NCC": "RIPE",
}
SEVERITIES: frozenset[str] = frozenset(["critical", "high", "info", "low", "medium", "undefined"])
LABELS: dict[str, str] = {
    "AMBER": "AMBER",
    "GREEN": "GREEN",
    "RED": "RED",
    "WHITE": "WHITE",
    "CLEAR": "WHITE",
}
"""TLP in the words of version 1.0, which IntelMQ has; CLEAR is the name of WHITE in version 2.0."""

_PROTOCOLS = """
3pc a/n ah argus aris ax.25 bbn-rcc bna br-sat-mon cbt cftp chaos compaq-peer cphb cpnx crdup crtp dcn ddp ddx dgp
divert egp eigrp emcon encap esp etherip fc fire ggp gmtp gre hmp i-nlsp iatp icmp idpr idpr-cmtp idrp ifmp igmp igp
il ip ipcomp ipcv ipencap ipip iplt ippc ipv6 ipv6-frag ipv6-icmp ipv6-nonxt ipv6-opts ipv6-route ipx-in-ip irtp isis
iso-ip iso-tp4 kryptolan l2tp larp leaf-1 leaf-2 merit-inp mfe-nsp mhrp micp mobile mtp mux narp netblt nsfnet-igp
nvp nvp-ii ospf pgm pim pipe pnni prm ptp pup pvp qnx rdp rsvp rvd sat-expak sat-mon scc-sp scps sctp sdrp secure-vmtp
sep skip sm smp snp sprite-rpc sps srp sscopmce st st2 sun-nd swipe tcf tcp tlsp tp++ trunk-1 trunk-2 ttp udp uti vines
visa vmtp vrrp wb-expak wb-mon wsn xnet xns-idp xtp
"""
TRANSPORTS: frozenset[str] = frozenset(_PROTOCOLS.split())
