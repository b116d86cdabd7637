"""The objects of MISP (misp-objects): where STIX holds the values of each of their relations.

An object that is not here is read by the types of its attributes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from proxeny.formats.between.attribute_types import TYPES, read_places
from proxeny.formats.between.places import Place
from proxeny.formats.between.values import FORMS

# object (several with the same relations by a slash), then a line for each relation: form and place
_OBJECTS = """
file/lnk
  filename text file:name
  md5 md5 file:hashes/MD5
  sha1 sha1 file:hashes/SHA-1
  sha256 sha256 file:hashes/SHA-256
  sha512 sha512 file:hashes/SHA-512
  ssdeep ssdeep file:hashes/SSDEEP
  tlsh tlsh file:hashes/TLSH
  size-in-bytes int file:size
  path text file:parent_directory_ref>directory.path
  creation-time time file:ctime
  modification-time time file:mtime
  access-time time file:atime
  lnk-creation-time time file:ctime
  lnk-modification-time time file:mtime
  lnk-access-time time file:atime
  malware-sample text file:name, md5 file:hashes/MD5
hashlookup
  FileName text file:name
  FileSize int file:size
  MD5 md5 file:hashes/MD5
  SHA-1 sha1 file:hashes/SHA-1
  SHA-256 sha256 file:hashes/SHA-256
  SSDEEP ssdeep file:hashes/SSDEEP
  TLSH tlsh file:hashes/TLSH
image
  filename text file:name
  url url url:value
  link url url:value
artifact
  md5 md5 file:hashes/MD5
  sha1 sha1 file:hashes/SHA-1
  sha256 sha256 file:hashes/SHA-256
  sha512 sha512 file:hashes/SHA-512
  url url url:value
directory
  path text directory:path
  creation-time time directory:ctime
  modification-time time directory:mtime
  access-time time directory:atime
domain-ip
  domain domain domain-name:value
  hostname domain domain-name:value
  ip ip domain-name:resolves_to_refs>>ip.value
ip-port
  ip host network-traffic:dst_ref>host.value
  ip-dst host network-traffic:dst_ref>host.value
  ip-src host network-traffic:src_ref>host.value
  dst-port port network-traffic:dst_port
  src-port port network-traffic:src_port
  domain domain domain-name:value
  hostname domain domain-name:value
  protocol lower network-traffic:protocols[]
  first-seen time network-traffic:start
  last-seen time network-traffic:end
network-connection/network-socket
  ip-src ip network-traffic:src_ref>ip.value
  ip-dst ip network-traffic:dst_ref>ip.value
  hostname-src domain domain-name:value
  hostname-dst domain domain-name:value
  src-port port network-traffic:src_port
  dst-port port network-traffic:dst_port
  layer3-protocol lower network-traffic:protocols[]
  layer4-protocol lower network-traffic:protocols[]
  layer7-protocol lower network-traffic:protocols[]
  protocol lower network-traffic:protocols[]
  address-family family network-traffic:extensions/socket-ext/address_family
  socket-type socket network-traffic:extensions/socket-ext/socket_type
  first-packet-seen time network-traffic:start
netflow
  ip-src ip network-traffic:src_ref>ip.value
  ip-dst ip network-traffic:dst_ref>ip.value
  src-port port network-traffic:src_port
  dst-port port network-traffic:dst_port
  protocol lower network-traffic:protocols[]
  byte-count int network-traffic:src_byte_count
  packet-count int network-traffic:src_packets
  first-packet-seen time network-traffic:start
  last-packet-seen time network-traffic:end
http-request
  ip-src ip network-traffic:src_ref>ip.value
  ip-dst ip network-traffic:dst_ref>ip.value
  host domain domain-name:value
  url url url:value
  method text network-traffic:extensions/http-request-ext/request_method
  uri text network-traffic:extensions/http-request-ext/request_value
  user-agent text network-traffic:extensions/http-request-ext/request_header/User-Agent
url
  url url url:value
  domain domain domain-name:value
  host domain domain-name:value
  ip ip ip:value
email
  from email email-message:from_ref>email-addr.value
  from-display-name text email-message:from_ref>email-addr.display_name
  to email email-message:to_refs>>email-addr.value
  cc email email-message:cc_refs>>email-addr.value
  bcc email email-message:bcc_refs>>email-addr.value
  subject text email-message:subject
  message-id text email-message:message_id
  email-body text email-message:body
  send-date time email-message:date
  x-mailer text email-message:additional_header_fields/X-Mailer
  reply-to text email-message:additional_header_fields/Reply-To
  user-agent text email-message:additional_header_fields/User-Agent
  attachment text file:name
asn
  asn asn autonomous-system:number
  description text autonomous-system:name
  subnet-announced ip ip:value
x509
  x509-fingerprint-md5 md5 x509-certificate:hashes/MD5
  x509-fingerprint-sha1 sha1 x509-certificate:hashes/SHA-1
  x509-fingerprint-sha256 sha256 x509-certificate:hashes/SHA-256
  serial-number text x509-certificate:serial_number
  issuer text x509-certificate:issuer
  subject text x509-certificate:subject
  version text x509-certificate:version
  validity-not-before time x509-certificate:validity_not_before
  validity-not-after time x509-certificate:validity_not_after
  signature_algorithm text x509-certificate:signature_algorithm
  pubkey-info-algorithm text x509-certificate:subject_public_key_algorithm
  pubkey-info-modulus text x509-certificate:subject_public_key_modulus
  pubkey-info-exponent int x509-certificate:subject_public_key_exponent
  self_signed bool x509-certificate:is_self_signed
registry-key/registry-key-value
  key regkey windows-registry-key:key
  name text windows-registry-key:values/name
  data text windows-registry-key:values/data
  data-type text windows-registry-key:values/data_type
  last-modified time windows-registry-key:modified_time
process
  pid int process:pid
  command-line text process:command_line
  current-directory text process:cwd
  hidden bool process:is_hidden
  creation-time time process:created_time
  image text process:image_ref>file.name
  parent-pid int process:parent_ref>process.pid
  parent-command-line text process:parent_ref>process.command_line
  child-pid int process:child_refs>>process.pid
mutex
  name text mutex:name
user-account
  username text user-account:account_login
  user-id text user-account:user_id
  display-name text user-account:display_name
  account-type accounttype user-account:account_type
  password text user-account:credential
  disabled bool user-account:is_disabled
  privileged bool user-account:is_privileged
  is_service_account bool user-account:is_service_account
  can_escalate_privs bool user-account:can_escalate_privs
  created time user-account:account_created
  expires time user-account:account_expires
  first_login time user-account:account_first_login
  last_login time user-account:account_last_login
  password_last_changed time user-account:credential_last_changed
credential
  username text user-account:account_login
  password text user-account:credential
facebook-account/parler-account/reddit-account
  account-id text user-account:user_id
  account-name text user-account:account_login
github-user/gitlab-user/telegram-account
  id text user-account:user_id
  username text user-account:account_login
  name text user-account:display_name
  user-fullname text user-account:display_name
twitter-account
  id text user-account:user_id
  name text user-account:account_login
  displayed-name text user-account:display_name
cpe-asset
  cpe cpe software:cpe
  product text software:name
  vendor text software:vendor
  version text software:version
pe-section
"""

# Objects that are a domain object of STIX: its type, then property and the relations that give it, in order.
_DOMAIN_OBJECTS = """
vulnerability vulnerability name=id description=summary,description,text
attack-pattern attack-pattern name=name,id description=summary,description
course-of-action course-of-action name=name description=description
organization identity:organization name=name description=description contact_information=e-mail,phone-number
legal-entity identity:organization name=name description=text contact_information=phone-number,website
news-agency identity:organization name=name contact_information=e-mail,phone-number,address
identity identity name=name description=description contact_information=contact_information
employee identity:individual name=full-name,last-name,first-name description=text contact_information=email-address
person identity:individual name=full-name,last-name,first-name,alias description=text contact_information=phone-number
geolocation location country=countrycode region=region city=city latitude=latitude longitude=longitude
"""


class DomainObject(NamedTuple):
    """The type of STIX, the identity class where it is one, and the relations each property is taken from."""

    type: str
    identity_class: str
    properties: tuple[tuple[str, tuple[str, ...]], ...]


class Relation(NamedTuple):
    """The places that the value of a relation goes to, by the parts it is made of."""

    places: tuple[Place, ...]


_ACCOUNT_TYPES = {
    "facebook-account": "facebook",
    "parler-account": "parler",
    "reddit-account": "reddit",
    "github-user": "github",
    "gitlab-user": "gitlab",
    "telegram-account": "telegram",
    "twitter-account": "twitter",
}


def _objects() -> dict[str, dict[str, Relation]]:
    found: dict[str, dict[str, Relation]] = {}
    rows: dict[str, Relation] = {}
    for line in _OBJECTS.strip().splitlines():
        if not line.startswith(" "):
            rows = {}
            for name in line.split("/"):
                found[name] = rows
            continue
        relation, _, row = line.strip().partition(" ")
        rows[relation] = Relation(read_places(row)[0])
    return found


def _domain_objects() -> dict[str, DomainObject]:
    found = {}
    for line in _DOMAIN_OBJECTS.strip().splitlines():
        name, kind, *properties = line.split()
        kind, _, identity_class = kind.partition(":")
        pairs = [entry.partition("=") for entry in properties]
        found[name] = DomainObject(
            kind, identity_class, tuple((prop, tuple(relations.split(","))) for prop, _, relations in pairs)
        )
    return found


OBJECTS: dict[str, dict[str, Relation]] = _objects()
"""Relations by the name of the object."""
CONSTANTS: dict[str, tuple[tuple[Place, str], ...]] = {
    name: read_places(f"= user-account:account_type={kind}")[1] for name, kind in _ACCOUNT_TYPES.items()
}
"""What is always held of an object, by its name."""
DOMAIN_OBJECTS: dict[str, DomainObject] = _domain_objects()
"""By the name of the object of MISP."""

# The type of the attribute at a relation, where the name of the relation is not itself the type.
_RELATION_TYPES = {
    "ip": "ip-dst",
    "subnet-announced": "ip-src",
    "hostname": "hostname",
    "hostname-src": "hostname",
    "hostname-dst": "hostname",
    "host": "hostname",
    "src-port": "port",
    "dst-port": "port",
    "from": "email-src",
    "to": "email-dst",
    "cc": "email-dst",
    "bcc": "email-dst",
    "from-display-name": "email-src-display-name",
    "subject": "email-subject",
    "message-id": "email-message-id",
    "x-mailer": "email-x-mailer",
    "reply-to": "email-reply-to",
    "attachment": "email-attachment",
    "asn": "AS",
    "key": "regkey",
    "image": "filename",
    "method": "http-method",
    "references": "link",
    "FileName": "filename",
    "FileSize": "size-in-bytes",
}
_FORM_TYPES = (
    ("time", "datetime"),
    ("bool", "boolean"),
    ("md5", "md5"),
    ("sha1", "sha1"),
    ("sha256", "sha256"),
)
_OWN_TYPES = {("process", "image"): "filename", ("x509", "subject"): "text"}


@lru_cache(maxsize=1024)
def type_of_relation(name: str, relation: str) -> str:
    """The type of the attribute that stands at a relation of an object."""
    own = _OWN_TYPES.get((name, relation)) or _RELATION_TYPES.get(relation)
    if own is not None:
        return own
    if relation in TYPES:
        return relation
    row = OBJECTS.get(name, {}).get(relation)
    form = row.places[0].form if row is not None else None
    return next((kind for word, kind in _FORM_TYPES if form is FORMS[word]), "text")


META_CATEGORIES: dict[str, str] = {
    **dict.fromkeys(("file", "artifact", "directory", "registry-key"), "file"),
    **dict.fromkeys(("domain-ip", "network-connection", "url", "asn", "x509", "email"), "network"),
    **dict.fromkeys(("vulnerability", "attack-pattern"), "vulnerability"),
}
"""The meta-category of an object where it is not "misc"."""
