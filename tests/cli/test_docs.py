"""What the documents say is so: the generated reference is current, links lead somewhere, the tutorial runs."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])


def test_the_reference_of_commands_is_what_the_code_says() -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        from write_reference import TARGET, reference
    finally:
        sys.path.pop(0)
    assert TARGET.read_text(encoding="utf-8") == reference(), "run: make docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not missing


def test_the_facts_of_the_tutorial_are_accepted(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "facts.yaml").write_text(block, encoding="utf-8")
    command = [sys.executable, "-m", "proxeny", "decide", str(tmp_path / "facts.yaml")]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0


def commands_of(page: str) -> list[str]:
    """The command lines of a page, without the path of the program."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return re.findall(r"^    \.venv/bin/proxeny (.+)$", text, re.MULTILINE)


@pytest.mark.parametrize("command", commands_of("tutorial.md"))
def test_every_command_of_the_tutorial_runs(command: str, tmp_path: Path) -> None:
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "facts.yaml").write_text(block, encoding="utf-8")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    words = [sys.executable, "-m", "proxeny", *shlex.split(command)]
    done = subprocess.run(words, check=False, capture_output=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout
