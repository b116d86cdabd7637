"""The attribute types of MISP: category and to_ids where an attribute gives none, and where STIX holds the value.

Types, categories and defaults are those of the describeTypes list of MISP (MISP core format, section 2.4.2).
"""

from __future__ import annotations

from typing import NamedTuple

from proxeny.formats.between.places import Place, place_of

# category | to_ids | types that share both
_DEFAULTS = """
Payload delivery|1|md5 sha1 sha256 filename filename|md5 filename|sha1 filename|sha256 email-src email-attachment
Payload delivery|1|malware-sample authentihash vhash ssdeep imphash telfhash pehash impfuzzy sha224 sha384 sha512
Payload delivery|1|sha512/224 sha512/256 sha3-224 sha3-256 sha3-384 sha3-512 tlsh cdhash filename|authentihash
Payload delivery|1|filename|vhash filename|ssdeep filename|imphash filename|impfuzzy filename|pehash filename|sha224
Payload delivery|1|filename|sha384 filename|sha512 filename|sha512/224 filename|sha512/256 filename|sha3-224
Payload delivery|1|filename|sha3-256 filename|sha3-384 filename|sha3-512 filename|tlsh mobile-application-id
Payload delivery|1|azure-application-id chrome-extension-id edge-extension-id
Artifacts dropped|0|pdb gene kusto-query mime-type named_pipe process-state windows-scheduled-task
Artifacts dropped|0|windows-service-name windows-service-displayname
Artifacts dropped|1|mutex
Network activity|1|ip-src ip-dst hostname domain domain|ip eppn email-dst url ja3-fingerprint-md5 jarm-fingerprint
Network activity|1|favicon-mmh3 hassh-md5 hasshserver-md5 snort suricata bro zeek community-id dom-hash
Network activity|1|pattern-in-traffic uri x509-fingerprint-sha1 x509-fingerprint-md5 x509-fingerprint-sha256
Network activity|1|ip-dst|port ip-src|port hostname|port onion-address
Network activity|0|http-method user-agent AS ssh-fingerprint cookie port mac-address mac-eui-64 dkim dkim-signature
Social network|1|email
Social network|0|github-username github-repository github-organisation jabber-id twitter-id
Payload delivery|0|email-subject email-body malware-type email-dst-display-name email-src-display-name email-header
Payload delivery|0|email-reply-to email-x-mailer email-mime-boundary email-thread-index email-message-id
Other|0|float comment text hex other size-in-bytes counter integer datetime boolean uuid anonymised
Internal reference|0|git-commit-id
Persistence mechanism|1|regkey regkey|value
Payload installation|1|pattern-in-file pattern-in-memory filename-pattern yara stix2-pattern sigma
Person|0|pgp-public-key pgp-private-key identity-card-number phone-number first-name middle-name last-name full-name
Person|0|date-of-birth place-of-birth gender passport-number passport-country passport-expiration redress-number
Person|0|nationality visa-number issue-date-of-the-visa primary-residence country-of-residence travel-details
Person|0|special-service-request frequent-flyer-number payment-details place-port-of-original-embarkation
Person|0|place-port-of-clearance place-port-of-onward-foreign-destination passenger-name-record-locator-number
External analysis|0|vulnerability cpe weakness attachment link cortex
Targeting data|0|target-user target-email target-machine target-org target-location target-external
Financial fraud|1|btc dash xmr iban bic bank-account-nr aba-rtn bin cc-number prtn
Attribution|0|threat-actor campaign-name campaign-id whois-registrant-email whois-registrant-phone
Attribution|0|whois-registrant-name whois-registrant-org whois-registrar whois-creation-date dns-soa-email
"""

# type | form and place of each part of the value, parts in the order of the value
_PLACES = """
ip-src                  ip ip:value
ip-dst                  ip ip:value
ip-src|port             ip network-traffic:src_ref>ip.value, port network-traffic:src_port
ip-dst|port             ip network-traffic:dst_ref>ip.value, port network-traffic:dst_port
hostname                domain domain-name:value
domain                  domain domain-name:value
hostname|port           domain network-traffic:dst_ref>domain-name.value, port network-traffic:dst_port
domain|ip               domain domain-name:value, ip domain-name:resolves_to_refs>>ip.value
onion-address           domain domain-name:value
url                     url url:value
uri                     url url:value
link                    url url:value
email                   email email-addr:value
email-src               email email-addr:value
email-dst               email email-addr:value
email-reply-to          email email-addr:value
whois-registrant-email  email email-addr:value
dns-soa-email           email email-addr:value
target-email            email email-addr:value
email-subject           text email-message:subject
email-body              text email-message:body
email-message-id        text email-message:message_id
email-x-mailer          text email-message:additional_header_fields/X-Mailer
email-header            text email-message:received_lines[]
email-attachment        text file:name
md5                     md5 file:hashes/MD5
sha1                    sha1 file:hashes/SHA-1
sha256                  sha256 file:hashes/SHA-256
sha512                  sha512 file:hashes/SHA-512
ssdeep                  ssdeep file:hashes/SSDEEP
tlsh                    tlsh file:hashes/TLSH
sha3-256                sha256 file:hashes/SHA3-256
sha3-512                sha512 file:hashes/SHA3-512
filename                text file:name
filename|md5            text file:name, md5 file:hashes/MD5
filename|sha1           text file:name, sha1 file:hashes/SHA-1
filename|sha256         text file:name, sha256 file:hashes/SHA-256
filename|sha512         text file:name, sha512 file:hashes/SHA-512
filename|ssdeep         text file:name, ssdeep file:hashes/SSDEEP
filename|tlsh           text file:name, tlsh file:hashes/TLSH
filename|sha3-256       text file:name, sha256 file:hashes/SHA3-256
filename|sha3-512       text file:name, sha512 file:hashes/SHA3-512
malware-sample          text file:name, md5 file:hashes/MD5
attachment              text file:name
size-in-bytes           int file:size
x509-fingerprint-md5    md5 x509-certificate:hashes/MD5
x509-fingerprint-sha1   sha1 x509-certificate:hashes/SHA-1
x509-fingerprint-sha256 sha256 x509-certificate:hashes/SHA-256
AS                      asn autonomous-system:number
mac-address             mac mac-addr:value
mutex                   text mutex:name
regkey                  regkey windows-registry-key:key
regkey|value            regkey windows-registry-key:key, text windows-registry-key:values/data
port                    port network-traffic:dst_port
user-agent              text network-traffic:extensions/http-request-ext/request_header/User-Agent
http-method             text network-traffic:extensions/http-request-ext/request_method
windows-service-name        text process:extensions/windows-service-ext/service_name
windows-service-displayname text process:extensions/windows-service-ext/display_name
cpe                     cpe software:cpe
github-username         text user-account:account_login, = user-account:account_type=github
twitter-id              text user-account:account_login, = user-account:account_type=twitter
jabber-id               text user-account:account_login, = user-account:account_type=jabber
"""

RULES: dict[str, str] = {
    "yara": "yara",
    "sigma": "sigma",
    "snort": "snort",
    "suricata": "suricata",
    "stix2-pattern": "stix",
}
"""Attribute types whose value is a pattern itself, and the pattern type of STIX (section 10.19)."""
TARGETS: dict[str, str] = {
    "target-user": "individual",
    "target-machine": "system",
    "target-org": "organization",
    "target-external": "unknown",
}
"""Attribute types that name who was hit, and the identity class of STIX (section 10.7)."""


class AttributeType(NamedTuple):
    """One type: what an attribute of it has by default, and the places of the parts of its value."""

    category: str
    to_ids: bool
    places: tuple[Place, ...] = ()
    constants: tuple[tuple[Place, str], ...] = ()


def read_places(text: str) -> tuple[tuple[Place, ...], tuple[tuple[Place, str], ...]]:
    """The places of a row, and those that always hold the same value."""
    places, constants = [], []
    for part in text.split(","):
        form, _, where = part.strip().partition(" ")
        if form == "=":
            where, _, value = where.partition("=")
            constants.append((place_of(where, "text"), value))
        else:
            places.append(place_of(where, form))
    return tuple(places), tuple(constants)


def _types() -> dict[str, AttributeType]:
    places = {}
    for line in _PLACES.strip().splitlines():
        name, _, row = line.partition(" ")
        places[name] = read_places(row)
    found: dict[str, AttributeType] = {}
    for line in _DEFAULTS.strip().splitlines():
        category, to_ids, names = line.split("|", 2)
        for name in names.split():
            own, constants = places.get(name, ((), ()))
            found[name.replace("_", " ")] = AttributeType(category, to_ids == "1", own, constants)
    return found


TYPES: dict[str, AttributeType] = _types()
"""The types by their names."""
UNKNOWN = AttributeType("Other", False)
"""What a type that is not in the list has by default."""
