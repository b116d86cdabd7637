"""The only place that chooses adapters: where compiled data, files and clocks come from."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from proxeny.actions.ports import Say
from proxeny.base.errors import refuse
from proxeny.base.wire import DEFAULT_LIMITS
from proxeny.bulk.chunks import Work
from proxeny.bulk.converted import Naming
from proxeny.formats.outgoing import Author
from proxeny.identify.lexicon import Lexicon, Reader
from proxeny.identify.model import OwnWeights, Scorer, Weights
from proxeny.identify.quantities import Patterns, compile_patterns
from proxeny.identify.reading import Language
from proxeny.instrument.labels import Labels as WordLabels
from proxeny.instrument.library import Library
from proxeny.terms.crosswalk import Crosswalks
from proxeny.terms.terminology import Gloss, Terminology

if TYPE_CHECKING:  # most commands tell no duties
    from proxeny.instrument.generate import Engine

COMPILED = Path(__file__).parent / "compiled"
VOCABULARIES = "PROXENY_VOCABULARIES"
"""The variable of the environment that names folders of imported vocabularies, parted as in PATH. A variable, so that
the processes which share the work of a command know them too."""


def _compiled(name: str, kind: Any) -> Any:
    try:
        data = (COMPILED / name).read_bytes()
    except FileNotFoundError as error:
        raise refuse(name, "the package holds no compiled data", "run: make compile") from error
    return msgspec.msgpack.decode(data, type=kind)


class ShippedKnowledge:
    """What ships with the package, each part decoded when first asked for and then kept.

    `vocabularies`: folders of imported vocabularies that are known beside; None for those of the environment.
    """

    _vocabularies: Sequence[str] = ()

    def __init__(self, vocabularies: Sequence[str] | None = None) -> None:
        named = os.environ.get(VOCABULARIES, "").split(os.pathsep) if vocabularies is None else vocabularies
        self._vocabularies = [folder for folder in named if folder]

    @cached_property
    def terminology(self) -> Terminology:
        """The Common Terminology."""
        found: Terminology = _compiled("terminology.msgpack", Terminology)
        return found

    def labels(self, language: str) -> Callable[[str], str]:
        """From the slug of a concept to its label in a language."""
        return lambda slug: self.terminology.concept(slug).label[language]

    @cached_property
    def glosses(self) -> Mapping[str, Gloss]:
        """Definitions and cues by concept id."""
        found: dict[str, Gloss] = _compiled("glosses.msgpack", dict[str, Gloss])
        return found

    @cached_property
    def crosswalks(self) -> Crosswalks:
        """All outside schemes, and the imported ones. Raises InputError for a folder that cannot be used."""
        found: Crosswalks = _compiled("crosswalks.msgpack", Crosswalks)
        for folder in self._vocabularies:
            from proxeny.terms.imported.join import join

            found = join(found, read_folder(folder), folder, self.terminology)
        return found

    @cached_property
    def instruments(self) -> Library:
        """Instruments and norms."""
        found: Library = _compiled("instruments.msgpack", Library)
        return found

    @cache  # noqa: B019
    def word_labels(self, language: str) -> WordLabels:
        """What a person is shown for the words of norms and facts files."""
        found: WordLabels = _compiled(f"labels-{language}.msgpack", WordLabels)
        return found

    @cached_property
    def _rules(self) -> dict[str, Any]:
        found: dict[str, Any] = _compiled("rules.msgpack", dict[str, Any])
        return found

    def rules(self, name: str) -> Any:
        """A reviewed table of data/rules, by its file's name."""
        return self._rules[name]

    @cached_property
    def _weights(self) -> Weights:
        found: Weights = _compiled("model-common.msgpack", Weights)
        return found

    @cache  # noqa: B019 - one instance lives as long as the process
    def language(self, code: str) -> Language:
        """One of the six languages ready to be read."""
        lexicon = _compiled(f"lexicon-{code}.msgpack", Lexicon)
        own = _compiled(f"model-{code}.msgpack", OwnWeights)
        reader = Reader(lexicon)
        return Language(reader, Scorer(self._weights, own, reader))

    @cache  # noqa: B019
    def figures(self, code: str) -> Patterns:
        """The words by which reports of a language state figures."""
        return compile_patterns(self.rules("quantities")[code], code == "zh")

    @cached_property
    def _territories(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = _compiled("territories.msgpack", dict[str, dict[str, str]])
        return found

    def territories(self, language: str) -> Mapping[str, str]:
        """Names of States and territories in a language, leading to ISO 3166-1 alpha-2 codes."""
        return self._territories[language]

    @cache  # noqa: B019
    def say(self, language: str) -> Say:
        """The messages of a language; English needs no catalogue."""
        if language == "en":
            return str
        from gettext import GNUTranslations

        with (COMPILED / f"messages-{language}.mo").open("rb") as file:
            return GNUTranslations(file).gettext


def make_identifier(schemes: tuple[str, ...]) -> Callable[[str], Mapping[str, Any]]:
    """What identifies the text of a row by all that ships, with codes of these schemes; for a process of its own."""
    from proxeny.actions.bulk import row_identifier

    return row_identifier(ShippedKnowledge(), schemes)


def make_identify_work(field: str, place: str, schemes: tuple[str, ...]) -> Work:
    """What identifies the texts of a chunk, for a process of its own."""
    from functools import partial

    from proxeny.bulk.identified import identify_chunk

    return partial(identify_chunk, field=field, identify=make_identifier(schemes), place=place)


def identify_frame(text: str, key: str, schemes: tuple[str, ...]) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """What identifies a column of texts: a function for Spark's `mapInArrow`, giving `bulk.batches.IDENTIFIED_SCHEMA`."""

    def over(batches: Iterator[Any]) -> Iterator[Any]:
        from proxeny.bulk.batches import identify_batches

        return identify_batches(batches, make_identifier(schemes), text, key)

    return over


def read_folder(name: str) -> dict[str, str]:
    """The texts of the tables of a vocabulary folder (.tsv, .yaml), by file name. Raises InputError."""
    from proxeny.base.wire import decode_text
    from proxeny.terms.imported.join import SUFFIXES

    try:
        paths = sorted(path for path in Path(name).iterdir() if path.suffix in SUFFIXES and path.is_file())
    except OSError as error:
        raise refuse(name, f"cannot be read: {error.strerror}", "name a folder of vocabularies") from error
    return {path.name: decode_text(read_input(str(path)), str(path)) for path in paths}


def make_convert_work(
    target: str,
    at: dt.datetime,
    source: str,
    schemes: tuple[str, ...],
    author: Author,
    language: str,
    form: tuple[str, bytes] | None,
    naming: Naming,
) -> Work:
    """What converts the rows of a chunk, for a process of its own. `form`: a mapping file's name and bytes.

    Raises InputError for an unknown format, and with every fault of the mapping.
    """
    from functools import partial

    from proxeny.actions.convert import Asked, converter, form_reader
    from proxeny.bulk.converted import convert_chunk

    asked = Asked(target=target, at=at, source=source, schemes=schemes, author=author, language=language)
    knowledge = ShippedKnowledge()
    convert = (
        converter(asked, knowledge, form_reader(form[1], form[0])) if form else converter(asked, knowledge)
    )
    return partial(convert_chunk, convert=convert, naming=naming)


def author_of(name: str | None, contact: str | None) -> Author:
    """Who writes, as a person gave it; a placeholder of a reserved domain where nobody did.

    Raises InputError for what is no e-mail address.
    """
    if name is None and contact is None:
        return Author()
    contact = contact or Author().contact
    local, _, domain = contact.partition("@")
    if not local or not domain or any(char.isspace() or char in "<>,;" for char in contact):
        raise refuse("--contact", f"{contact[:60]!r} is no e-mail address", "write NAME@DOMAIN")
    return Author(name=name or domain, contact=contact, domain=domain, given=True)


def time_zone(name: str) -> dt.tzinfo | None:
    """The rules of a time zone of the IANA database, from this system or the package tzdata; None where there is none."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def library_with(folder: Path | None) -> Library:
    """What ships, with the instruments of a person's own folder added. Raises InputError with every fault of theirs."""
    shipped = ShippedKnowledge().instruments
    if folder is None:
        return shipped
    from proxeny.actions.instruments import join_library

    return join_library(shipped, *read_instruments(folder), str(folder))


def read_instruments(folder: Path) -> tuple[bytes | None, dict[str, dict[str, bytes]]]:
    """words.yaml (None where the folder brings none) and the YAML files of each instrument of a folder. Raises InputError
    where they cannot be read."""
    owned = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    files = {
        own.name: {
            path.relative_to(own).as_posix(): read_input(str(path)) for path in sorted(own.rglob("*.yaml"))
        }
        for own in owned
    }
    words = folder / "words.yaml"
    return read_input(str(words)) if words.exists() else None, files


def engine_of(library: Library) -> Engine:
    """What tells the duties by a library many times over: Python generated from its norms, when the package was
    built for what ships, now for any other."""
    from importlib import import_module

    from proxeny.instrument.generate import bind, compile_engine, digest_of

    try:
        made = vars(import_module("proxeny.compiled.duties"))
    except ModuleNotFoundError:
        return compile_engine(library)
    return bind(made, library) if made["DIGEST"] == digest_of(library) else compile_engine(library)


def read_facts_files(folder: Path) -> Iterator[tuple[bytes, str]]:
    """Bytes and name of each .yaml, .yml and .json file of a folder and of those in it, in the order of their names.

    Raises InputError where one cannot be read.
    """
    for path in sorted(path for path in folder.rglob("*") if path.suffix in (".yaml", ".yml", ".json")):
        if path.is_file():
            yield read_input(str(path)), str(path)


def now() -> dt.datetime:
    """The time of this machine's clock, UTC."""
    return dt.datetime.now(dt.UTC)


def read_input(name: str) -> bytes:
    """The bytes of a file, or of standard input for `-`, never more than the limit and one byte.

    Raises InputError when the file cannot be read or is too large.
    """
    limit = DEFAULT_LIMITS.size
    try:
        if name == "-":
            data = sys.stdin.buffer.read(limit + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(limit + 1)
    except OSError as error:
        raise refuse(name, f"cannot be read: {error.strerror}", "check the name and the rights") from error
    if len(data) > limit:
        raise refuse(name, f"larger than {limit // 2**20} MiB", "split it, or leave attachments out")
    return data
