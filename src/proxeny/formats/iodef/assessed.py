"""Assessment and Method of IODEF: what befell whom as codes, and how as references (RFC 7970, sections 3.11, 3.12)."""

from __future__ import annotations

import re
from typing import Any

from proxeny.formats.iodef.classes import BUSINESS_IMPACTS, SYSTEM_IMPACTS
from proxeny.formats.iodef.gathered import Gathered
from proxeny.formats.iodef.shape import Tree
from proxeny.identify.report import Stated

SCHEME = "iodef"
"""The crosswalk of the types of SystemImpact and BusinessImpact: `SystemImpact.takeover-account`."""

PAGES = {
    "attack": "https://attack.mitre.org/techniques/",
    "capec": "https://capec.mitre.org/data/definitions/",
    "cwe": "https://cwe.mitre.org/data/definitions/",
}
"""The pages by which a Reference names a technique, an attack pattern or a weakness. Nothing ever fetches them."""

_NAMES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("cve", re.compile(r"CVE-\d{4}-\d{4,19}", re.ASCII | re.IGNORECASE)),
    ("capec", re.compile(r"CAPEC-\d{1,5}", re.ASCII | re.IGNORECASE)),
    ("cwe", re.compile(r"CWE-\d{1,5}", re.ASCII | re.IGNORECASE)),
    ("attack", re.compile(r"T\d{4}(?:\.\d{3})?", re.ASCII)),
)
_TECHNIQUE_PAGE = re.compile(r"https?://attack\.mitre\.org/techniques/(T\d{4})(?:/(\d{3}))?/?", re.ASCII)
_NUMBER_PAGE = re.compile(r"https?://(capec|cwe)\.mitre\.org/data/definitions/(\d{1,5})(?:\.html)?", re.ASCII)
_KNOWN = {"SystemImpact": frozenset(SYSTEM_IMPACTS), "BusinessImpact": frozenset(BUSINESS_IMPACTS)}
_RATED = {"low", "medium", "high", "unknown"}


def read_assessment(tree: Tree, at: str, draft: Gathered) -> None:
    """The impacts as codes, sums in US dollars as stated, words as narrative. What was intended is a motive and is
    withheld; what is only possible, or failed, classes nothing."""
    told = draft.additional(tree, "Assessment", at)
    for index, item in enumerate(tree.get("IncidentCategory", ())):
        text = item["value"] if isinstance(item, dict) else item
        if text not in told:  # else it is the label of a code that is held
            draft.say([item], f"{at}/IncidentCategory/{index}")
    potential = tree.get("occurrence") == "potential"
    for index, impact in enumerate(tree["Impact"]):
        for name, value in impact.items():
            below = f"{at}/Impact/{index}/{name}"
            if name == "IntendedImpact":
                draft.withhold("motive", str(value.get("ext-type") or value.get("type", "unknown")), below)
            elif potential:
                draft.lose(below, "impacts that are only possible (occurrence: potential)")
            elif name in _KNOWN:
                _coded(name, value, below, draft)
            elif name == "MonetaryImpact":
                _monetary(value, below, draft)
            else:
                draft.lose(below, "impacts in time: of what service they do not say")
    draft.say(tree.get("Cause", []), f"{at}/Cause")
    if "Confidence" in tree:
        draft.confidence = draft.confidence or confidence_of(tree["Confidence"])
    held = ("AdditionalData", "IncidentCategory", "Impact", "Cause", "Confidence", "occurrence")
    draft.rest(tree, "Assessment", held, at)


def _coded(name: str, impact: Tree, at: str, draft: Gathered) -> None:
    kind = impact.get("type", "unknown")
    if impact.get("completion") == "failed":
        draft.lose(at, "impacts that were attempted and failed (completion: failed)")
        return
    if kind in _KNOWN[name] and kind != "unknown":
        draft.code(SCHEME, f"{name}.{kind}", at)
    elif kind != "unknown":
        draft.lose(
            f"{at}/type", f"types of {name} outside the standard: {str(impact.get('ext-type', kind))[:60]}"
        )
    draft.say(impact.get("Description", []), f"{at}/Description")
    draft.rest(impact, name, ("type", "ext-type", "Description", "completion"), at)


def _monetary(impact: Tree, at: str, draft: Gathered) -> None:
    value, currency = impact.get("value"), impact.get("currency", "")
    if value is not None and value >= 0 and currency.upper() == "USD":
        words = f"MonetaryImpact: {value:.15g} {currency}"
        draft.stated.append(Stated(path="loss_usd", value=float(value), words=words, at=at))
    else:
        draft.lose(at, "sums that are not in US dollars")
    draft.rest(impact, "MonetaryImpact", ("value", "currency"), at)


def confidence_of(tree: Tree) -> str:
    """The source's own confidence in words: its rating, or its number where the rating is `numeric`."""
    rating = tree["rating"]
    if rating == "numeric" and "value" in tree:
        return f"{tree['value']:g}"
    return rating if rating in _RATED else str(tree.get("ext-rating", rating))


def read_method(tree: Tree, at: str, draft: Gathered) -> None:
    """CVE names as indicators; ATT&CK, CAPEC and CWE as codes; words as narrative."""
    draft.say(tree.get("Description", []), f"{at}/Description")
    for index, reference in enumerate(tree.get("Reference", ())):
        read_reference(reference, f"{at}/Reference/{index}", draft)
    for name in ("AttackPattern", "Vulnerability", "Weakness"):
        for index, item in enumerate(tree.get(name, ())):
            _structured(name, item, f"{at}/{name}/{index}", draft)
    draft.additional(tree, "Method", at)
    held = ("Description", "Reference", "AttackPattern", "Vulnerability", "Weakness", "AdditionalData")
    draft.rest(tree, "Method", held, at)


def _structured(name: str, tree: Tree, at: str, draft: Gathered) -> None:
    """A pattern, vulnerability or weakness (RFC 7203) by its identifier; its raw content is never opened."""
    if not _named(tree.get("ContentID", ""), f"{at}/ContentID", draft) and "ContentID" in tree:
        draft.lose(f"{at}/ContentID", f"identifiers of {name} in a vocabulary that is not known")
    for index, reference in enumerate(tree.get("Reference", ())):
        read_reference(reference, f"{at}/Reference/{index}", draft)
    draft.rest(tree, name, ("ContentID", "Reference", "SpecID", "ext-SpecID"), at)


def read_reference(tree: Tree, at: str, draft: Gathered) -> None:
    """What a Reference names by its identifier (RFC 7495), by its address, or by its description alone."""
    name = tree.get("ReferenceName", {}).get("ID", "")
    known = _named(name, f"{at}/ReferenceName", draft)
    if name and not known:
        draft.lose(f"{at}/ReferenceName", "references in a vocabulary that is not known")
    for index, url in enumerate(tree.get("URL", ())):
        if not _page(url, f"{at}/URL/{index}", draft):
            draft.lose(f"{at}/URL/{index}", "addresses of references: never followed")
    for index, item in enumerate(tree.get("Description", ())):
        text: Any = item["value"] if isinstance(item, dict) else item
        if not _named(text, f"{at}/Description/{index}", draft):
            draft.lose(f"{at}/Description/{index}", "descriptions of references")


def _named(text: str, at: str, draft: Gathered) -> bool:
    """Hold what an identifier names; False where it is in no vocabulary that is known by its form."""
    for scheme, pattern in _NAMES:
        if pattern.fullmatch(text):
            if scheme == "cve":
                return draft.observe("cve", text, at)
            draft.code(scheme, text.upper(), at)
            return True
    return False


def _page(url: str, at: str, draft: Gathered) -> bool:
    technique, numbered = _TECHNIQUE_PAGE.fullmatch(url), _NUMBER_PAGE.fullmatch(url)
    if technique:
        draft.code("attack", f"{technique[1]}.{technique[2]}" if technique[2] else technique[1], at)
    elif numbered:
        draft.code(numbered[1], f"{numbered[1].upper()}-{numbered[2]}", at)
    return bool(technique or numbered)
