"""What a long run has done so far, on disk beside its output, so that a killed run goes on where it was.

Each finished chunk is one file that appears whole (written aside, synced, renamed). A later run of the very same job
finds them and works on the rest only; another job's remains are refused, never mixed in.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from proxeny.base.errors import InputError, refuse
from proxeny.base.wire import digest_of
from proxeny.bulk.chunks import Done

try:
    import fcntl
except ImportError:  # not a system of POSIX
    fcntl = None  # type: ignore[assignment]

_JOB = "job"
_LOCK = "lock"
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Done)


def signature(*parts: object) -> str:
    """What makes two runs the same job: version, sources with size and time of change, and options."""
    return digest_of("\x1f".join(map(str, parts)).encode())


def source_mark(name: str) -> str:
    """A file as far as it can be told unchanged without reading it."""
    status = Path(name).stat()
    return f"{Path(name).resolve()} {status.st_size} {status.st_mtime_ns}"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep other runs out of the folder of a job, which is made where there is none, until it is over.

    A lock of POSIX, which the system takes back from a run that is killed. Raises InputError where another run holds
    it, or where the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / _LOCK).open("wb")
    except OSError as error:
        raise unwritable(folder, error) from error
    with file:
        try:
            if fcntl is not None:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise refuse(
                str(folder), "another run is at work there", "let it end, or give another output"
            ) from error
        except OSError:
            pass  # a file system without locks: as before there were any
        yield


def unwritable(place: Path, error: OSError) -> InputError:
    """The refusal of a place that cannot be written to."""
    return refuse(
        str(place), f"cannot be written: {error.strerror}", "check the name, the rights and the room"
    )


def open_job(folder: Path, job: str) -> dict[int, Path]:
    """The finished chunks of this job, the folder made where there is none.

    Raises InputError where the folder holds the remains of another job.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        mark = folder / _JOB
        if not mark.exists():
            _write(mark, job.encode())
        elif mark.read_text() != job:
            remedy = "remove that folder to begin anew, or give the same input and options to go on"
            raise refuse(str(folder), "holds an unfinished run with other input or options", remedy)
    except OSError as error:
        raise unwritable(folder, error) from error
    return {int(path.stem): path for path in folder.glob("*.done")}


def keep(folder: Path, done: Done) -> None:
    """Put a finished chunk on disk, whole or not at all."""
    _write(folder / f"{done.number}.done", _ENCODER.encode(done))


def finished(folder: Path, chunks: int) -> Iterator[Done]:
    """The finished chunks, in order, one in memory at a time."""
    for number in range(chunks):
        yield _DECODER.decode((folder / f"{number}.done").read_bytes())


def counts(path: Path) -> tuple[int, int]:
    """Rows and refused rows of a finished chunk."""
    done = _DECODER.decode(path.read_bytes())
    return done.rows, done.refused


def clear(folder: Path) -> None:
    """Remove the remains of a job that is over."""
    shutil.rmtree(folder, ignore_errors=True)


def _write(path: Path, data: bytes) -> None:
    part = path.with_suffix(f".{os.getpid()}.part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
