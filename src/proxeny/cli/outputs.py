"""Where results go: standard output, a device or pipe, or a file that appears when all is done."""

from __future__ import annotations

import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from proxeny.base.errors import InputError, refuse


def streams(name: str) -> bool:
    """Whether what is written there goes out at once: standard output, a pipe, a device."""
    before = None if name == "-" else _status(name, Path(name))
    return name == "-" or (before is not None and not stat.S_ISREG(before.st_mode))


@contextmanager
def streamed(name: str) -> Iterator[BinaryIO]:
    """Standard output, a pipe or a device, open for writing."""
    if name == "-":
        yield sys.stdout.buffer
        return
    with _open(name) as file:
        yield file


@contextmanager
def replacing(name: str) -> Iterator[Path]:
    """A path beside the target (through a link, which stays one) whose file takes its place, and its rights, at the
    end; it goes when the writing fails."""
    target = Path(name).resolve()
    before = _status(name, target)
    part = target.with_name(f".proxeny-{secrets.token_hex(8)}.part")
    try:
        with part.open("xb"):
            pass
    except OSError as error:
        raise unwritable(name, error) from error
    try:
        yield part
        if before is not None:
            part.chmod(stat.S_IMODE(before.st_mode))
        part.replace(target)
    except BaseException:  # an interruption too
        part.unlink(missing_ok=True)
        raise


@contextmanager
def written_to(name: str) -> Iterator[None]:
    """Tell of what cannot be written on the way (no room, no rights) as a refusal of that place."""
    try:
        yield
    except ConnectionError:  # of a pipe or a cluster, not of a place
        raise
    except OSError as error:
        raise unwritable(name, error) from error


def refuse_same(output: str, source: str) -> None:
    """Refuse to write over the file that is read: its rows would be lost."""
    read = os.fstat(sys.stdin.fileno()) if source == "-" else _status(source, Path(source))
    written = os.fstat(sys.stdout.fileno()) if output == "-" else _status(output, Path(output))
    if read is None or written is None or not stat.S_ISREG(read.st_mode):
        return
    if os.path.samestat(written, read):
        raise refuse(output, "the output is the file that is read", "give another name with -o")


def unwritable(name: str, error: OSError) -> InputError:
    """The refusal of a place that cannot be written to."""
    return refuse(name, f"cannot be written: {error.strerror}", "check the name, the rights and the room")


def _open(name: str) -> BinaryIO:
    try:
        return Path(name).open("wb")
    except OSError as error:
        raise unwritable(name, error) from error


def _status(name: str, path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unwritable(name, error) from error
