"""A bounded run of the fuzzer on every reader: no crash, no hang, nothing raised but a refusal.

make fuzz                       # 60 seconds a reader
python tools/fuzz.py SECONDS
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from proxeny.formats.detect import FORMATS  # noqa: E402 - from the tree, which is not installed beside the fuzzer

READERS = (*FORMATS, "auto")
SEEDS = ROOT / "examples" / "reports"
LARGEST = 65_536  # bytes of one input
SLOWEST = 5  # seconds for one input, from which it counts as a hang
MEMORY = 1024  # MiB of the process


def fuzz_one(name: str) -> None:
    """Run forever, or until libFuzzer's limits end it."""
    import atheris

    with atheris.instrument_imports(include=["proxeny"]):
        from proxeny.base.errors import InputError
        from proxeny.formats.detect import read

    def one(data: bytes) -> None:
        try:
            read(data, "input", name)
        except InputError:
            return

    atheris.Setup([sys.argv[0], *sys.argv[3:]], one)
    atheris.Fuzz()


def main(seconds: str) -> int:
    """One process a reader; the exit code of the first that fails."""
    for name in READERS:
        print(f"{name}: {seconds} s", flush=True)
        limits = [
            f"-max_total_time={seconds}",
            f"-max_len={LARGEST}",
            f"-timeout={SLOWEST}",
            f"-rss_limit_mb={MEMORY}",
        ]
        flags = [*limits, "-verbosity=0", "-print_final_stats=1", "-runs=-1"]
        with tempfile.TemporaryDirectory() as found:  # new inputs are written there; the seeds are only read
            command = [sys.executable, __file__, "--reader", name, *flags, found, str(SEEDS)]
            done = subprocess.run(command, check=False, cwd=found)
        if done.returncode:
            print(f"{name}: failed with {done.returncode}", file=sys.stderr)
            return done.returncode
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--reader"]:
        fuzz_one(sys.argv[2])
    else:
        sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "60"))
