"""Rows that the bulk tests share, and `proxeny bulk` as a process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

TEXTS = (
    "Thieves stole two laptops from the clinic.",
    "Les dossiers ont été envoyés au mauvais destinataire.",
    "勒索软件加密了医院的服务器。",
)


def lines(count: int, start: int = 0) -> list[str]:
    """So many good rows as JSON lines."""
    return [json.dumps({"id": n, "text": TEXTS[n % 3]}) for n in range(start, start + count)]


def command(source: Path | str, output: Path | str, *options: str) -> list[str]:
    """The command line of `proxeny bulk`."""
    return [
        sys.executable,
        "-m",
        "proxeny",
        "bulk",
        str(source),
        "--text",
        "text",
        "-o",
        str(output),
        *options,
    ]


def run(source: Path | str, output: Path | str, *options: str) -> subprocess.CompletedProcess[bytes]:
    """`proxeny bulk` on a file, to its end."""
    return subprocess.run(command(source, output, *options), check=False, capture_output=True)
