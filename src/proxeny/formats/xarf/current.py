"""Reports of X-ARF version 4. Each type may have members of its own, and senders add further ones."""

from __future__ import annotations

import re
from typing import Any

from proxeny.formats.accused import statements
from proxeny.formats.actor_words import actor_kind
from proxeny.formats.draft import Draft
from proxeny.formats.entries import Entry, pointer, shortened
from proxeny.formats.machinetag import marking_of, meaning_of
from proxeny.formats.own import SCHEME, own_tags
from proxeny.formats.xarf.members import Role, moment, observables, once, port, words
from proxeny.identify.report import Indicator, Kind, Report, Tag

_VERSION = re.compile(r"4(?:\.\d+){0,2}")
_OWN_TAG = re.compile(rf"{SCHEME}-([a-z]+):([a-z0-9_+-]+)")
_HASH = re.compile(r"(?:(md5|sha-?1|sha-?256|sha-?512)[:=])?([0-9A-Fa-f]+)", re.IGNORECASE)

_HELD: dict[str, tuple[str, Role]] = {
    "domain": ("domain", "source"),
    "url": ("url", "source"),
    "infringing_url": ("url", "source"),
    "asn": ("asn", "source"),
    "smtp_from": ("email", "source"),
    "smtp_to": ("email", "target"),
    "target_url": ("url", "target"),
    "legitimate_site": ("url", "target"),
    "cloned_site": ("url", "target"),
    "c2_server": ("host", None),
    "cve_id": ("cve", None),
    "cve_ids": ("cve", None),
    "cve_references": ("cve", None),
    "exploit_cve": ("cve", None),
}
"""Members that name an observable: its type and its end. A command server is an end of neither kind."""

_USED = frozenset(
    [
        *(
            "xarf_version",
            "report_id",
            "timestamp",
            "first_seen",
            "reporter",
            "source_identifier",
            "source_port",
        ),
        *("category", "class", "type", "destination_ip", "destination_port", "protocol", "description"),
        *("confidence", "evidence", "tags", "file_hash", "file_hashes", "hash_values", *_HELD),
    ]
)


def report_of(entry: Entry, digest: str, draft: Draft) -> Report:
    """The Report of a decoded version 4 report. Faults go into the draft."""
    node: dict[str, Any] = entry.value
    version = words(node, "xarf_version", "", draft, needed=True)
    if version and not _VERSION.fullmatch(version):
        draft.fault("/xarf_version", f"version {version[:20]!r} is not read", "give the report as X-ARF 4")
    # Drafts of version 4 called the category class.
    category = words(node, "category" if "category" in node else "class", "", draft, needed=True).lower()
    kind = words(node, "type", "", draft, needed=True).lower()
    source = words(node, "source_identifier", "", draft, needed=True)
    timestamp, first = moment(node, "timestamp", "", draft), moment(node, "first_seen", "", draft)
    if timestamp and first and timestamp != first:
        draft.lose("/timestamp", "not held: timestamp, beside first_seen")
    text = words(node, "description", "", draft)
    own = _tags(node, draft)
    indicators = _indicators(node, source, draft)
    confidence = _confidence(node, draft)
    reporter = _reporter(node, draft)
    identifier = words(node, "report_id", "", draft)
    _lose_rest(node, draft)
    code = f"{category}/{kind}"
    return Report(
        digest=digest,
        format="xarf",
        kind=_kind(category, own),
        part=entry.part,
        source_id=identifier or None,
        title=shortened(text) or f"{code}: {source}"[:200],
        text=text,
        occurred=first or timestamp,
        tags=(Tag(scheme="xarf", code=code, raw=code, at="/type"), *own, *draft.tags.values()),
        indicators=once(indicators),
        confidence=confidence,
        reporter=reporter,
        marking=marking_of(draft.event_meanings, []),
        losses=draft.all_losses(),
        withheld=tuple(draft.withheld.values()),
    )


def _kind(category: str, own: list[Tag]) -> Kind:
    """A bare entry of a list of reputations says not that something happened, unless a concept does."""
    return "indicators" if category == "reputation" and not own else "incident"


def _tags(node: dict[str, Any], draft: Draft) -> list[Tag]:
    """The concepts that this system wrote; other tags, whose names are free, support and never classify."""
    tags = node.get("tags")
    own: list[Tag] = []
    if tags is None:
        return own
    if not isinstance(tags, list):
        draft.fault("/tags", "not a list", "give a list of texts")
        return own
    for index, raw in enumerate(tags):
        at = f"/tags/{index}"
        if not isinstance(raw, str):
            draft.fault(at, "not a text", "put it in quotes")
        elif match := _OWN_TAG.fullmatch(raw):
            own += own_tags(f'{SCHEME}:{match[1]}="{match[2]}"', at)
        else:
            meaning = meaning_of(raw)
            draft.mean(meaning, raw, at, "event" if meaning.tlp or meaning.pap else "part")
    return own


def _indicators(node: dict[str, Any], source: str, draft: Draft) -> list[Indicator]:
    protocol = words(node, "protocol", "", draft).lower()[:30]
    at_source, at_target = port(node, "source_port", "", draft), port(node, "destination_port", "", draft)
    found = observables("host", source, "/source_identifier", draft, "source", at_source, protocol)
    target = observables(
        "host", node.get("destination_ip"), "/destination_ip", draft, "target", at_target, protocol
    )
    if not target and at_target is not None:
        draft.lose("/destination_port", f"not held: the port {at_target} of a target without an address")
    found += target
    for name, (kind, role) in _HELD.items():
        found += observables(kind, node.get(name), pointer(name), draft, role)
    for name in ("file_hash", "file_hashes", "hash_values"):
        found += _hashes(node.get(name), pointer(name), draft)
    return found


def _hashes(value: Any, at: str, draft: Draft) -> list[Indicator]:
    """Hashes as `sha256:…`, as a list of such, or by their algorithm."""
    if isinstance(value, dict):
        return [item for key, inner in value.items() for item in _hashes(inner, at + pointer(key), draft)]
    found = []
    for item in value if isinstance(value, list) else [value] if value is not None else []:
        match = _HASH.fullmatch(str(item).strip())
        if match is None:
            draft.lose(at, f"not held: {str(item)[:60]!r} is no hash")
            continue
        found += observables((match[1] or "hash").lower().replace("-", ""), match[2], at, draft)
    return found


def _confidence(node: dict[str, Any], draft: Draft) -> str | None:
    value = node.get("confidence")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        draft.fault("/confidence", "not a number from 0 to 1", "correct it")
        return None
    return f"{value:g}"


def _reporter(node: dict[str, Any], draft: Draft) -> str | None:
    reporter = node.get("reporter")
    if reporter is None:
        return None
    if not isinstance(reporter, dict):
        draft.fault("/reporter", "not an object", "give org, contact and domain")
        return None
    rest = [key for key in reporter if key != "org"]
    if rest:
        draft.lose("/reporter", f"not held of the reporter: {', '.join(rest)[:80]}")
    return words(reporter, "org", "/reporter", draft) or None


def _lose_rest(node: dict[str, Any], draft: Draft) -> None:
    if node.get("evidence"):
        draft.lose("/evidence", "evidence is kept out, unopened")
    for name, value in node.items():
        at = pointer(name)
        if name in _USED:
            continue
        if name == "_internal":
            draft.lose(at, "not read: _internal is the sender's own")
        elif actor_kind(name) is None:
            draft.lose(at, f"not held: {name[:60]}{f' {value}' if isinstance(value, (int, float)) else ''}")
    shown = {name: value for name, value in node.items() if name not in ("_internal", "evidence")}
    for statement in statements(shown):
        draft.withhold(statement.kind, statement.value, statement.at)
