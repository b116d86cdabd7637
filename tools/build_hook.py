"""Compile data/ into the package when it is built, so that nothing is parsed when a command starts.

Used by hatchling as a build hook, and by `make compile` as a script. Everything written is msgpack, except
the message catalogues (gettext .mo), and Python where that is what runs or reads soonest.
"""

from __future__ import annotations

import io
import lzma
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT / "src") not in sys.path:
    sys.path.insert(0, str(ROOT / "src"))


class CustomBuildHook(BuildHookInterface):  # type: ignore[misc]
    """hatchling calls this before it collects the files of a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Write src/proxeny/compiled."""
        compile_all(ROOT)


def compile_all(root: Path) -> None:
    """Read data/ and write src/proxeny/compiled, anew and whole."""
    import msgspec

    target = root / "src" / "proxeny" / "compiled"
    target.mkdir(parents=True, exist_ok=True)
    made: dict[str, bytes] = {}
    axes, rules = _terms(root)
    terminology, glosses = _terminology(axes, rules)
    made["terminology.msgpack"] = msgspec.msgpack.encode(terminology)
    made["glosses.msgpack"] = msgspec.msgpack.encode(glosses)
    made["crosswalks.msgpack"] = msgspec.msgpack.encode(_crosswalks(root, terminology))
    made |= _lexicons(root, axes, rules)
    made["rules.msgpack"] = msgspec.msgpack.encode(_rules(root))
    made["territories.msgpack"] = msgspec.msgpack.encode(_territories())
    made |= _catalogues(root)
    library = _instruments(root)
    made["instruments.msgpack"] = msgspec.msgpack.encode(library)
    made["duties.py"] = _duties(library)
    made |= _labels(root, library.words)
    made["shadowserver.py"] = _shadowserver(root)
    for path in sorted((root / "data" / "model").glob("*.bin")):
        made[f"model-{path.stem}.msgpack"] = lzma.decompress(path.read_bytes())
    for old in target.iterdir():
        if old.is_file() and old.name not in made:
            old.unlink()
    for name, data in made.items():
        path = target / name
        if not path.exists() or path.read_bytes() != data:
            path.write_bytes(data)


def _yaml(path: Path) -> Any:
    import yaml

    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _terms(root: Path) -> tuple[list[Any], list[Any]]:
    import msgspec

    from proxeny.terms.source import CueRule, read_axis
    from proxeny.terms.terminology import AXES

    folder = root / "data" / "terms"
    axes = [read_axis(_yaml(folder / f"{axis}.yaml"), f"data/terms/{axis}.yaml") for axis in AXES]
    rules = msgspec.convert(_yaml(folder / "cue-rules.yaml"), list[CueRule])
    return axes, rules


def _terminology(axes: list[Any], rules: list[Any]) -> tuple[Any, Any]:
    from proxeny import __version__
    from proxeny.terms.source import build_terminology

    return build_terminology(f"terms-{__version__}", axes, rules)


def _crosswalks(root: Path, terminology: Any) -> Any:
    from proxeny.terms.crosswalk_build import build

    folder = root / "data" / "crosswalks"
    files = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}
    return build(files, terminology.concepts.values())


def _lexicons(root: Path, axes: list[Any], rules: list[Any]) -> dict[str, bytes]:
    import msgspec

    from proxeny.identify.lexicon import build_lexicon, lexicon_rows
    from proxeny.identify.words import LANGUAGES
    from proxeny.terms.source import cue_entries

    folder = root / "data" / "lexicon"
    rows = [
        row
        for path in sorted(folder.glob("*.tsv"))
        for row in lexicon_rows(path.read_text("utf-8"), path.name)
    ]
    made = {}
    for language in LANGUAGES:
        entries = [(form, row.lemma, row.word_class) for row in rows for form in row.forms[language]]
        entries += cue_entries(axes, rules, language)
        made[f"lexicon-{language}.msgpack"] = msgspec.msgpack.encode(build_lexicon(language, entries))
    return made


def _rules(root: Path) -> dict[str, Any]:
    return {path.stem: _yaml(path) for path in sorted((root / "data" / "rules").glob("*.yaml"))}


def _instruments(root: Path) -> Any:
    from proxeny.actions.instruments import read_library

    base = root / "data" / "instruments"
    folders = {
        own.name: {
            path.relative_to(own).as_posix(): path.read_bytes() for path in sorted(own.rglob("*.yaml"))
        }
        for own in sorted(path for path in base.iterdir() if path.is_dir())
    }
    return read_library((base / "words.yaml").read_bytes(), folders)


def _duties(library: Any) -> bytes:
    """The norms as Python, for those who ask many times."""
    from proxeny.instrument.generate import source_of

    return source_of(library).encode()


def _labels(root: Path, words: Any) -> dict[str, bytes]:
    """The labels of the words of duties, a file a language; one that is missing or superfluous fails the build."""
    import msgspec

    from proxeny.instrument.labels import read_labels

    path = root / "data" / "instruments" / "labels.yaml"
    found = read_labels(path.read_bytes(), path.relative_to(root).as_posix(), words)
    return {f"labels-{language}.msgpack": msgspec.msgpack.encode(own) for language, own in found.items()}


def _territories() -> dict[str, dict[str, str]]:
    """Names of States and territories in the six languages, by CLDR, leading to ISO 3166-1 codes."""
    from babel import Locale

    from proxeny.identify.words import LANGUAGES

    made: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        names = Locale(language).territories
        made[language] = {
            name: code
            for code, name in names.items()
            if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "QO", "ZZ", "XA", "XB")
        }
    return made


def _catalogues(root: Path) -> dict[str, bytes]:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    made = {}
    for path in sorted((root / "data" / "locale").glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=path.stem)
        out = io.BytesIO()
        write_mo(out, catalogue)
        made[f"messages-{path.stem}.mo"] = out.getvalue()
    return made


def _shadowserver(root: Path) -> bytes:
    """The report types of Shadowserver as a module, so that a format reads no file; checked before it is written."""
    from proxeny.formats.shadowserver.table import parse_types

    folder = root / "data" / "formats"
    texts = [
        (folder / f"shadowserver-{name}.tsv").read_text("utf-8") for name in ("types", "columns", "groups")
    ]
    parse_types(*texts)
    lines = [f"{name} = {text!r}" for name, text in zip(("TYPES", "COLUMNS", "GROUPS"), texts, strict=True)]
    return "\n".join(['"""Made from data/formats when the package is built."""', *lines, ""]).encode()


if __name__ == "__main__":
    compile_all(ROOT)
