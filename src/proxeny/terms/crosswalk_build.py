"""The crosswalks put together from the texts of `data/crosswalks`, once, when the package is built."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Any

from proxeny.base.errors import Fault, InputError
from proxeny.terms.crosswalk import Code, Crosswalks, Mapped, Predicate, Scheme, fold
from proxeny.terms.curie import made_address
from proxeny.terms.own_scheme import NAME as OWN
from proxeny.terms.own_scheme import own_scheme
from proxeny.terms.sssom import (
    ALIAS_COLUMNS,
    CODE_COLUMNS,
    NO_TERM,
    PREDICATES,
    MappingRow,
    Row,
    parse_mappings,
    parse_table,
)
from proxeny.terms.terminology import Concept


def build(files: Mapping[str, str], concepts: Iterable[Concept]) -> Crosswalks:
    """The crosswalks from the texts of `data/crosswalks`, by file name, and the concepts they lead to.

    Raises InputError with every fault of every file: a code without a row, an object that is no concept, a
    label that is not its slug, a broader code or an alias that leads nowhere, two codes of one spelling.
    """
    known = {concept.id: concept for concept in concepts}
    faults: list[Fault] = []
    described = _described(files, faults)
    notions = _notions(files, faults)
    schemes: dict[str, Scheme] = {}
    for name, about in described.items():
        codes = _codes(name, files, known, notions, faults)
        taken = {scheme.address for scheme in schemes.values()}
        schemes[name] = _scheme(name, {**about, "address": _address(name, files, taken)}, codes, faults)
    _check_broader(schemes, faults)
    _check_notions(schemes, notions, faults)
    _add_aliases(schemes, files, faults)
    if faults:
        raise InputError(faults)
    return _indexed({**schemes, OWN: own_scheme(known.values())}, {**described, OWN: {}}, known)


def _described(files: Mapping[str, str], faults: list[Fault]) -> dict[str, dict[str, Any]]:
    import yaml

    described = yaml.safe_load(files.get("schemes.yaml", "")) or {}
    tables = {name.removesuffix(".codes.tsv") for name in files if name.endswith(".codes.tsv")}
    for name in sorted(tables - set(described)):
        faults.append(Fault("schemes.yaml", f"no entry for {name}", "describe the scheme"))
    for name in sorted(set(described) - tables):
        faults.append(Fault(f"{name}.codes.tsv", "missing", "list the codes of the scheme"))
    return {name: about for name, about in described.items() if name in tables}


def _rows(files: Mapping[str, str], name: str, faults: list[Fault]) -> list[tuple[int, MappingRow]]:
    try:
        mappings = parse_mappings(files.get(name, ""), name)
    except InputError as error:
        faults.extend(error.faults)
        return []
    return list(zip(mappings.lines, mappings.rows, strict=True))


def _table(files: Mapping[str, str], name: str, columns: tuple[str, ...], faults: list[Fault]) -> list[Row]:
    try:
        return parse_table(files[name], name, columns)
    except InputError as error:
        faults.extend(error.faults)
        return []


def _address(name: str, files: Mapping[str, str], taken: Set[str]) -> str:
    """What the prefix of the scheme's codes stands for, by the curie_map of its mapping set; one of our own where it
    states none, or that of another scheme, since codes of two schemes would then be one."""
    try:
        stated = parse_mappings(files.get(f"{name}.tsv", ""), name).header["curie_map"].get(name, "")
    except InputError:
        stated = ""  # its faults are told where its rows are read
    return str(stated) if stated and stated not in taken else made_address(name)


def _predicate(row: MappingRow) -> Predicate:
    return PREDICATES[row.predicate_id]  # type: ignore[return-value]


def _notions(files: Mapping[str, str], faults: list[Fault]) -> dict[str, dict[str, Predicate]]:
    """For each "scheme:code" the notions outside the terminology that it stands for."""
    found: dict[str, dict[str, Predicate]] = {}
    if "outside.tsv" in files:
        for _, row in _rows(files, "outside.tsv", faults):
            found.setdefault(row.subject_id, {})[row.object_id] = _predicate(row)
    return found


def _codes(
    name: str,
    files: Mapping[str, str],
    known: Mapping[str, Concept],
    notions: Mapping[str, dict[str, Predicate]],
    faults: list[Fault],
) -> dict[str, Code]:
    mapped, reasons = _mapped(name, files, known, faults)
    codes: dict[str, Code] = {}
    for row in _table(files, f"{name}.codes.tsv", CODE_COLUMNS, faults):
        code, label, broader = row.values
        at = f"{name}.codes.tsv, line {row.line}"
        above = f"{name}:{broader}" if broader and not _full(broader, files) else broader
        if code in codes:
            faults.append(Fault(at, f"{code!r} stands twice", "keep one"))
        if code not in mapped and code not in reasons:
            faults.append(Fault(at, f"{code!r} has no mapping", "map it, or say why there is none"))
        if code in mapped and code in reasons:
            faults.append(Fault(at, f"{code!r} has both a mapping and none", "keep one"))
        found = tuple(mapped.get(code, ()))
        codes[code] = Code(
            code, label, above, found, reasons.get(code, ""), notions.get(f"{name}:{code}", {})
        )
    for code in (mapped.keys() | reasons.keys()) - codes.keys():
        faults.append(Fault(f"{name}.tsv", f"{code!r} is no code", f"see {name}.codes.tsv"))
    return codes


def _mapped(
    name: str, files: Mapping[str, str], known: Mapping[str, Concept], faults: list[Fault]
) -> tuple[dict[str, list[Mapped]], dict[str, str]]:
    """The concepts of each code, and the reasons of those that have none."""
    mapped: dict[str, list[Mapped]] = {}
    reasons: dict[str, str] = {}
    for line, row in _rows(files, f"{name}.tsv", faults):
        scheme, _, code = row.subject_id.partition(":")
        at = f"{name}.tsv, line {line}"
        concept = known.get(row.object_id)
        if scheme != name:
            faults.append(Fault(at, f"a subject of {scheme}", f"only codes of {name} belong here"))
        elif row.object_id == NO_TERM:
            reasons[code] = row.comment
        elif concept is None:
            faults.append(Fault(at, f"{row.object_id} is no concept", "use an id of data/terms"))
        elif row.object_label != concept.slug:
            faults.append(Fault(at, f"{concept.id} is {concept.slug}, not {row.object_label}", "correct one"))
        else:
            mapped.setdefault(code, []).append(
                Mapped(concept.id, concept.slug, concept.axis, _predicate(row), row.confidence, row.comment)
            )
    return mapped, reasons


def _full(code: str, files: Mapping[str, str]) -> bool:
    """Whether a broader code names its scheme, as those do whose classes form a scheme of their own."""
    scheme, colon, _ = code.partition(":")
    return bool(colon) and f"{scheme}.codes.tsv" in files


def _scheme(name: str, about: dict[str, Any], codes: dict[str, Code], faults: list[Fault]) -> Scheme:
    spellings: dict[str, str] = {}
    leaves: dict[str, list[str]] = {}
    for code in codes:
        folded = fold(code)
        if folded in spellings:
            other = spellings[folded]
            faults.append(Fault(f"{name}.codes.tsv", f"{code!r} and {other!r} are spelt alike", "keep one"))
        spellings[folded] = code
        leaves.setdefault(folded.rpartition(".")[2], []).append(code)
    # The last part alone will do where it is the last part of one code only: `rsit:ddos`.
    for leaf, owners in leaves.items():
        if len(owners) == 1:
            spellings.setdefault(leaf, owners[0])
    text = {
        key: str(about.get(key, "")) for key in ("title", "version", "source", "spelling", "licence", "note")
    }
    for key in ("title", "version", "source", "spelling"):
        if not text[key]:
            faults.append(Fault("schemes.yaml", f"{name} lacks {key}", "add it"))
    return Scheme(
        name,
        text["title"],
        text["version"],
        text["source"],
        text["spelling"],
        text["licence"],
        text["note"],
        codes,
        spellings,
        bool(about.get("open")),
        str(about["address"]),
    )


def _check_broader(schemes: Mapping[str, Scheme], faults: list[Fault]) -> None:
    for name, scheme in schemes.items():
        for code in scheme.codes.values():
            above, seen = code.broader, {f"{name}:{code.code}"}
            while above:
                other, _, rest = above.partition(":")
                entry = schemes[other].codes.get(rest) if other in schemes else None
                if entry is None or above in seen:
                    what = "leads in a circle" if entry else f"{above!r} is no code"
                    faults.append(
                        Fault(f"{name}.codes.tsv", f"broader of {code.code!r}: {what}", "correct it")
                    )
                    break
                seen.add(above)
                above = entry.broader


def _check_notions(
    schemes: Mapping[str, Scheme], notions: Mapping[str, dict[str, Predicate]], faults: list[Fault]
) -> None:
    for subject in notions:
        name, _, code = subject.partition(":")
        if name not in schemes or code not in schemes[name].codes:
            faults.append(Fault("outside.tsv", f"{subject!r} is no code", "correct it"))


def _add_aliases(schemes: Mapping[str, Scheme], files: Mapping[str, str], faults: list[Fault]) -> None:
    for file in sorted(name for name in files if name.startswith("aliases") and name.endswith(".tsv")):
        for row in _table(files, file, ALIAS_COLUMNS, faults):
            name, alias, code = row.values
            at = f"{file}, line {row.line}"
            if name not in schemes or code not in schemes[name].codes:
                faults.append(Fault(at, f"{name}:{code} is no code", "correct it"))
                continue
            spellings, folded = schemes[name].spellings, fold(alias)
            if spellings.get(folded, code) != code and fold(spellings[folded]) == folded:
                faults.append(Fault(at, f"{alias!r} is itself a code", "drop the alias"))
                continue
            spellings[folded] = code


def _indexed(
    schemes: dict[str, Scheme], described: Mapping[str, dict[str, Any]], known: Mapping[str, Concept]
) -> Crosswalks:
    names: dict[str, str] = {}
    for name, about in described.items():
        for spelling in (name, *(about.get("aliases") or ())):
            names[fold(str(spelling))] = name
    by_concept: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, scheme in schemes.items():
        for code in scheme.codes.values():
            for concept in dict.fromkeys(item.concept for item in code.mapped):
                there = by_concept.setdefault(concept, {})
                there[name] = (*there.get(name, ()), code.code)
    return Crosswalks(
        schemes,
        names,
        {concept.slug: concept.id for concept in known.values()},
        {identifier: _above(identifier, known) for identifier in known},
        by_concept,
    )


def _above(identifier: str, known: Mapping[str, Concept]) -> tuple[str, ...]:
    found: list[str] = []
    broader = known[identifier].broader
    while broader is not None and broader not in found:
        found.append(broader)
        broader = known[broader].broader
    return tuple(found)
