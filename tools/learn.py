"""Learn the weights that ship in data/model. Run by hand; needs requirements/bench.txt.

    python tools/learn.py                # from all the data, into data/model
    python tools/learn.py FOLDER YEAR    # without incidents of that year and later, into another folder

Learnt from data/training (written for this project) and, where ../shared/data has it, from the VERIS
Community Database before 2016 (CC BY-SA 4.0). Names are taken out before learning (tools/names.py). What the
weights reach is measured by tools/measure_vcdb.py and tools/measure_reports.py, and stands in docs/figures.md.
"""

from __future__ import annotations

import datetime as dt
import lzma
import os
import sys
from pathlib import Path

import msgspec

from learning_data import Example, NearDuplicates, load_phrases, load_vcdb, load_written, read_yaml
from learning_fit import fit_weights
from learning_matrix import ROOT, Matrix
from names import find_names, lower_case_words, without_names
from proxeny.identify.model import OwnWeights

SHARED = Path(os.environ.get("PROXENY_SHARED", ROOT.parent / "shared"))
VCDB = SHARED / "data" / "vcdb-before-2016.jsonl"
TRAINING = ROOT / "data" / "training"


def prepare(first_test_year: int) -> list[Example]:
    """The written examples, then the coded incidents before that year, each text once, without names."""
    mapping = read_yaml(TRAINING / "veris-classes.yaml")
    written = load_written(TRAINING, mapping["techniques_of_types"])
    phrases = load_phrases(TRAINING)
    if not VCDB.exists():
        print(f"no {VCDB.name}: learning from the written reports alone", file=sys.stderr)
        return [*written, *phrases]
    wanted = {"technique:" + slug for slug in mapping["varieties"].values()}
    seen = NearDuplicates()
    coded = [e for e in load_vcdb(VCDB, mapping, wanted) if e.year < first_test_year and seen.add(e.text)]
    own_words = {w for e in written for w in e.text.lower().split()}
    listed = set((TRAINING / "names.txt").read_text(encoding="utf-8").split())
    names = find_names((e.text for e in coded), own_words, listed)
    known = lower_case_words(e.text for e in coded) | own_words
    for example in coded:
        example.text = without_names(example.text, names, known)
    print(f"{len(written)} written reports, {len(phrases)} phrases, {len(coded)} coded incidents")
    return [*written, *phrases, *coded]


def save(folder: Path, name: str, record: msgspec.Struct) -> int:
    """Write one part of the weights, compressed as it ships; its size in bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    data = lzma.compress(msgspec.msgpack.encode(record), preset=9)
    (folder / f"{name}.bin").write_bytes(data)
    return len(data)


def main(folder: Path, first_test_year: int) -> None:
    """Learn and write."""
    examples = prepare(first_test_year)
    matrix = Matrix(examples)
    print(f"{matrix.x.shape[1]} features", flush=True)
    heads = set(read_yaml(TRAINING / "veris-classes.yaml")["actions"].values())
    version = f"weights-{dt.datetime.now(dt.UTC).date().isoformat()}"
    weights, own = fit_weights(examples, matrix, heads, version)
    size = save(folder, "common", weights)
    size += sum(save(folder, code, OwnWeights(language=code, own=rows)) for code, rows in own.items())
    print(f"{len(weights.classes)} classes, {size} bytes")


if __name__ == "__main__":
    main(
        Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "data" / "model",
        int(sys.argv[2]) if len(sys.argv) > 2 else 9999,
    )
