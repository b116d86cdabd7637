"""Check what `make check` promises of the data: terminology, reviews of its translations, messages.

    python tools/check_terms.py

A message without a translation, or with one that nothing needs any more, is a fault, and so is anything wrong in the
terminology: the exit code is 1. A label without a review under the hash of its present wording shows as unreviewed.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

from build_hook import ROOT, _terms
from proxeny.terms.review import label_hash, read_reviews
from proxeny.terms.source import build_terminology
from proxeny.terms.terminology import LANGUAGES, Terminology

LEAST_CONCEPTS = 220  # the issue "Identify" asks for at least so many


def unreviewed(terminology: Terminology, root: Path) -> list[str]:
    """`slug (language)` of every label whose present wording no review covers."""
    reviews = read_reviews(
        (root / "data" / "terms" / "reviews.tsv").read_text(encoding="utf-8"), "reviews.tsv"
    )
    known = {(review.concept, review.language, review.hash) for review in reviews}
    return [
        f"{concept.slug} ({language})"
        for concept in terminology.concepts.values()
        for language, label in concept.label.items()
        if language != "en" and (concept.id, language, label_hash(label)) not in known
    ]


def messages_used(root: Path) -> set[str]:
    """Every message that the code passes to a translating function: `say("…")`, `_("…")`, and the tables of questions."""
    found: set[str] = set()
    for path in sorted((root / "src").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("say", "_")
            ):
                found.update(
                    a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
                )
    from proxeny.actions.questions import CRITERIA, FACTS

    return found | set(FACTS.values()) | set(CRITERIA.values())


def message_faults(root: Path) -> Iterator[str]:
    """Missing, stale and fuzzy messages of each catalogue."""
    used = messages_used(root)
    for language in LANGUAGES:
        if language == "en":
            continue
        with (root / "data" / "locale" / f"{language}.po").open("rb") as file:
            catalogue = read_po(file, locale=language)
        have = {str(m.id): m for m in catalogue if m.id}
        yield from (f"{language}.po: missing: {m}" for m in sorted(used - have.keys()))
        yield from (f"{language}.po: stale: {m}" for m in sorted(have.keys() - used))
        yield from (f"{language}.po: untranslated: {m}" for m, e in have.items() if not e.string or e.fuzzy)


def main() -> int:
    """Print every fault; 1 when there is one."""
    axes, rules = _terms(ROOT)
    terminology, _glosses = build_terminology("check", axes, rules)
    faults = list(message_faults(ROOT))
    if len(terminology.concepts) < LEAST_CONCEPTS:
        faults.append(f"only {len(terminology.concepts)} concepts")
    for fault in faults:
        print(fault, file=sys.stderr)
    waiting = unreviewed(terminology, ROOT)
    print(f"{len(terminology.concepts)} concepts in {len(LANGUAGES)} languages, {len(faults)} faults")
    print(f"labels without a review of their present wording: {len(waiting)}  {', '.join(waiting[:10])}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
