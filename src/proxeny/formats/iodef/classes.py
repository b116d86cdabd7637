"""The classes of IODEF version 2, as facts: their attributes, and their members in the order of the schema.

From RFC 7970, section 8 (the XML schema), and RFC 8727, section 5 (how each class stands in JSON). The members of a
class bear the names of JSON-IODEF.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

IODEF = "urn:ietf:params:xml:ns:iodef-2.0"
ENUM = "urn:ietf:params:xml:ns:iodef-enum-1.0"  # RFC 7495: ReferenceName
SCI = "urn:ietf:params:xml:ns:iodef-sci-1.0"  # RFC 7203: AttackPattern, Vulnerability, Weakness
DS = "http://www.w3.org/2000/09/xmldsig#"
XML = "http://www.w3.org/XML/1998/namespace"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
NAMESPACES = {IODEF: "", ENUM: "enum", SCI: "sci", DS: "ds"}
"""The namespaces whose elements are known, and the prefix each is written with."""

# A line a class: its name, "=" and the member that holds its characters, "@" its attributes, ":" its members.
# "!" marks what is required, "*" a list, "+" a list that is required, "#" a number, "<" the element around in XML.
_CLASSES = """
IODEF-Document @ version lang format-id private-enum-name private-enum-id : Incident+ AdditionalData*
Incident @ purpose! ext-purpose status ext-status lang restriction ext-restriction observable-id : IncidentID!
  AlternativeID RelatedActivity* DetectTime StartTime EndTime RecoveryTime ReportTime GenerationTime! Description*
  Discovery* Assessment* Method* Contact+ EventData* Indicator*<IndicatorData History AdditionalData*
IncidentID =id @ name! instance restriction ext-restriction
AlternativeID @ restriction ext-restriction : IncidentID+
RelatedActivity @ restriction ext-restriction : IncidentID* URL* ThreatActor* Campaign* IndicatorID* Confidence
  Description* AdditionalData*
ThreatActor @ restriction ext-restriction : ThreatActorID* URL* Description* AdditionalData*
Campaign @ restriction ext-restriction : CampaignID* URL* Description* AdditionalData*
Contact @ role! ext-role type! ext-type restriction ext-restriction : ContactName* ContactTitle* Description*
  RegistryHandle* PostalAddress* Email* Telephone* Timezone Contact* AdditionalData*
RegistryHandle =handle @ registry ext-registry
PostalAddress @ type ext-type : PAddress! Description*
Email @ type ext-type : EmailTo! Description*
Telephone @ type ext-type : TelephoneNumber! Description*
History @ restriction ext-restriction : HistoryItem+
HistoryItem @ action! ext-action restriction ext-restriction observable-id : DateTime! IncidentID Contact Description*
  DefinedCOA* AdditionalData*
Expectation @ action ext-action severity restriction ext-restriction observable-id : Description* DefinedCOA*
  StartTime EndTime Contact
Discovery @ source ext-source restriction ext-restriction : Description* Contact* DetectionPattern*
DetectionPattern @ restriction ext-restriction observable-id : Application! Description* DetectionConfiguration*
Method @ restriction ext-restriction : Reference* Description* AttackPattern* Vulnerability* Weakness*
  AdditionalData*
StructuredInfo @ SpecID! ext-SpecID ContentID : RawData* Reference* Platform* Scoring*
Reference @ observable-id : ReferenceName URL* Description*
ReferenceName @ specIndex!# : ID!
Assessment @ occurrence restriction ext-restriction observable-id : IncidentCategory* Impact+ Counter*
  MitigatingFactor* Cause* Confidence AdditionalData*
SystemImpact @ severity completion type ext-type : Description*
BusinessImpact @ severity ext-severity type ext-type : Description*
TimeImpact =value# @ severity metric! ext-metric duration ext-duration
MonetaryImpact =value# @ severity currency
Confidence =value# @ rating! ext-rating
EventData @ restriction ext-restriction observable-id : Description* DetectTime StartTime EndTime RecoveryTime
  ReportTime Contact* Discovery* Assessment Method* System*<Flow Expectation* RecordData*<Record EventData*
  AdditionalData*
System @ category ext-category interface spoofed virtual ownership ext-ownership restriction ext-restriction
  observable-id : Node! NodeRole* Service* OperatingSystem* Counter* AssetID* Description* AdditionalData*
Node : DomainData* Address* PostalAddress Location* Counter*
Address =value @ category ext-category vlan-name vlan-num# observable-id
NodeRole @ category! ext-category : Description*
Service @ ip-protocol# observable-id : ServiceName Port Portlist ProtoCode ProtoType ProtoField
  ApplicationHeaderField*<ApplicationHeader EmailData Application
ServiceName : IANAService URL* Description*
Counter =value# @ type! ext-type unit! ext-unit meaning duration ext-duration
EmailData @ observable-id : EmailTo* EmailFrom EmailSubject EmailX-Mailer EmailHeaderField* EmailHeaders EmailBody
  EmailMessage HashData* Signature*<SignatureData
DomainData @ system-status ext-system-status domain-status ext-domain-status observable-id : Name!
  DateDomainWasChecked RegistrationDate ExpirationDate RelatedDNS* NameServers* DomainContacts
NameServers : Server! Address+
DomainContacts : SameDomainContact Contact*
RecordData @ restriction ext-restriction observable-id : DateTime Description* Application RecordPattern* RecordItem*
  URL* FileData* WindowsRegistryKeysModified* CertificateData* AdditionalData*
RecordPattern =value @ type! ext-type offset# offsetunit ext-offsetunit instance#
WindowsRegistryKeysModified @ observable-id : Key+
Key @ registryaction ext-registryaction observable-id : KeyName! KeyValue
FileData @ restriction ext-restriction observable-id : File+
File @ observable-id : FileName FileSize FileType URL* HashData Signature*<SignatureData AssociatedSoftware
  FileProperties*
HashData @ scope! ext-scope : HashTargetID Hash* FuzzyHash*
Hash : DigestMethod! DigestValue! CanonicalizationMethod Application
FuzzyHash : FuzzyHashValue+ Application AdditionalData*
CertificateData @ restriction ext-restriction observable-id : Certificate+
Certificate @ observable-id : X509Data! Description*
Indicator @ restriction ext-restriction : IndicatorID! AlternativeIndicatorID* Description* StartTime EndTime
  Confidence Contact* Observable uid-ref IndicatorExpression IndicatorReference NodeRole* AttackPhase* Reference*
  AdditionalData*
IndicatorID =id @ name! version!
AlternativeIndicatorID @ restriction ext-restriction : IndicatorID+
Observable @ restriction ext-restriction : System Address DomainData Service EmailData WindowsRegistryKeysModified
  FileData CertificateData RegistryHandle RecordData EventData Incident Expectation Reference Assessment
  DetectionPattern HistoryItem BulkObservable AdditionalData*
BulkObservable @ type ext-type : BulkObservableFormat BulkObservableList! AdditionalData*
BulkObservableFormat : Hash AdditionalData*
IndicatorExpression @ operator ext-operator : IndicatorExpression* Observable* uid-ref* IndicatorReference*
  Confidence AdditionalData*
IndicatorReference @ uid-ref euid-ref version
AttackPhase : AttackPhaseID* URL* Description* AdditionalData*
SoftwareType : SoftwareReference URL* Description*
SoftwareReference =value @ spec-name! ext-spec-name dtype ext-dtype
ExtensionType =value @ name dtype! ext-dtype meaning formatid restriction ext-restriction observable-id
"""
_OF_CLASS = {
    **dict.fromkeys(("Application", "OperatingSystem", "AssociatedSoftware"), "SoftwareType"),
    **dict.fromkeys(
        (
            *("AdditionalData", "ApplicationHeaderField", "RelatedDNS", "EmailHeaderField"),
            *("RecordItem", "FileProperties", "FuzzyHashValue"),
        ),
        "ExtensionType",
    ),
    **dict.fromkeys(("AttackPattern", "Vulnerability", "Weakness", "Platform", "Scoring"), "StructuredInfo"),
    "IntendedImpact": "BusinessImpact",
}
_WORDS = "Description ContactName ContactTitle PAddress IncidentCategory MitigatingFactor Cause Location"
_NUMBERS = "Port ProtoCode ProtoType ProtoField FileSize"
_WORDED, _NUMBERED = frozenset(_WORDS.split()), frozenset(_NUMBERS.split())
IMPACTS = ("SystemImpact", "BusinessImpact", "TimeImpact", "MonetaryImpact", "IntendedImpact")
"""The members of which each item of `Impact` has one; in XML they stand in the Assessment itself."""

_SYSTEM = """
takeover-account takeover-service takeover-system cps-manipulation cps-damage availability-data availability-account
availability-service availability-system damaged-system damaged-data breach-proprietary breach-privacy
breach-credential breach-configuration integrity-data integrity-configuration integrity-hardware traffic-redirection
monitoring-traffic monitoring-host policy unknown
"""
SYSTEM_IMPACTS = tuple(_SYSTEM.split())
"""The types of SystemImpact (RFC 7970, section 3.12.1)."""

_BUSINESS = """
breach-proprietary breach-privacy breach-credential loss-of-integrity loss-of-service theft-financial theft-service
degraded-reputation asset-damage asset-manipulation legal extortion unknown
"""
BUSINESS_IMPACTS = tuple(_BUSINESS.split())
"""The types of BusinessImpact (RFC 7970, section 3.12.2)."""

# Elements whose names, or whose whole content, stand otherwise in XML than in JSON.
XML_NAMES = {"NameServers": "Nameservers", "uid-ref": "ObservableReference"}
JSON_NAMES = {xml: json for json, xml in XML_NAMES.items()}
BY_ATTRIBUTE = {
    "DigestMethod": "Algorithm",
    "CanonicalizationMethod": "Algorithm",
    "ObservableReference": "uid-ref",
}
"""Elements without content that say everything in one attribute."""

_SPACES = {
    **dict.fromkeys(("ReferenceName", "ID"), ENUM),
    **dict.fromkeys(("AttackPattern", "Vulnerability", "Weakness", "Platform", "Scoring", "RawData"), SCI),
    **dict.fromkeys(("DigestMethod", "DigestValue", "CanonicalizationMethod", "Signature", "X509Data"), DS),
}

Leaf = Literal["words", "number", "text"]


class Member(NamedTuple):
    """A member of a class. `kind`: its class, or what kind of value it is where it is none."""

    name: str
    many: bool
    required: bool
    inside: str | None  # the element around it in XML


class Class(NamedTuple):
    """A class: `text` is the member that holds its characters in XML."""

    name: str
    text: str | None
    numeric: bool  # whether `text` is a number
    attributes: dict[str, tuple[bool, bool]]  # name -> (required, a number)
    members: dict[str, Member]


@cache
def classes() -> dict[str, Class]:
    """All classes by name."""
    found: dict[str, Class] = {}
    for line in _CLASSES.strip().replace("\n  ", " ").splitlines():
        head, _, members = line.partition(" : ")
        head, _, attributes = head.partition(" @ ")
        name, _, text = head.partition(" =")
        found[name.strip()] = Class(
            name.strip(),
            text.strip().rstrip("#") or None,
            text.strip().endswith("#"),
            {word.rstrip("!#"): ("!" in word, "#" in word) for word in attributes.split()},
            {member.name: member for member in map(_member, members.split())},
        )
    return found


def _member(word: str) -> Member:
    word, _, inside = word.partition("<")
    name = word.rstrip("!*+")
    mark = word[len(name) :]
    return Member(name, mark in ("*", "+"), mark in ("!", "+"), inside or None)


def class_of(name: str) -> Class | None:
    """The class of the members of this name; None where they are plain values."""
    return classes().get(_OF_CLASS.get(name, name))


def leaf_of(name: str) -> Leaf:
    """What kind of plain value the members of this name are."""
    return "words" if name in _WORDED else "number" if name in _NUMBERED else "text"


def space_of(name: str) -> str:
    """The XML namespace of the elements of this name."""
    return _SPACES.get(name, IODEF)
