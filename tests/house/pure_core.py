"""mypy, strict, over the pure core: every module of a room that is not shell. `python -m tests.house.pure_core`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from accord.server.rooms import ROOMS

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "accord"
FURNITURE = {"facts", "records", "rules"}
SHELL_IMPORTS = ("django", "ninja", "duckdb", "sqlite3", "soundfile", "torch", "c2pa", "typer", "fsspec", "pyspark")


def pure_modules() -> list[Path]:
    """facts, records, rules, every algorithm module that imports no shell library, and all of `terms`."""
    found = sorted((SOURCE / "terms").rglob("*.py"))
    for room in ROOMS:
        for file in sorted((SOURCE / room).rglob("*.py")):
            if file.stem in FURNITURE or not _touches_shell(file):
                found.append(file)
    return [file for file in found if "migrations" not in file.parts]


def _touches_shell(file: Path) -> bool:
    shell_rooms = ("actions", "queries", "models", "keys", "private")
    for line in file.read_text().splitlines():
        words = line.split()
        if len(words) > 1 and words[0] in {"from", "import"}:
            module = words[1].split(".")
            if module[0] in SHELL_IMPORTS or (
                module[0] == "accord" and (set(module) | {w.strip(",()") for w in words[3:]}) & set(shell_rooms)
            ):
                return True
    return False


def main() -> int:
    """Run mypy; returns its exit code."""
    files = [str(file.relative_to(ROOT)) for file in pure_modules()]
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--ignore-missing-imports"]
    return subprocess.run([*command, *files], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
