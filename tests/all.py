"""`make test`: the checks (ruff, mypy, the import law), the tests on SQLite, then those with tables again on PostgreSQL.

What needs PostgreSQL, Java or Chromium runs where they are; what is left out is said in one line each. With
`ACCORD_TEST_ALL=1` nothing may be left out: a missing program is then a failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from tests.postgres import find_server, running

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
EVERYTHING = os.environ.get("ACCORD_TEST_ALL") == "1"
#: Compiled once and kept: the tests start hundreds of processes, and each would compile all of it again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
CHECKS = (
    ("style", [str(BIN / "ruff"), "check", "--quiet", "src", "tests", "eval", "bench"]),
    ("format", [str(BIN / "ruff"), "format", "--check", "--quiet", "src", "tests", "eval", "bench"]),
    ("types", [str(BIN / "python"), "-m", "tests.house.pure_core"]),
    ("import law", [str(BIN / "lint-imports"), "--no-cache"]),
)


def main() -> int:
    """Run everything; returns the exit code."""
    failed = [name for name, command in CHECKS if not _step(name, command)]
    if "--checks" not in sys.argv:
        if not _step("tests on SQLite", _pytest()):
            failed.append("tests on SQLite")
        if not _on_postgres():
            failed.append("tests on PostgreSQL")
    print(f"\n{'FAILED: ' + ', '.join(failed) if failed else 'all green'}", flush=True)
    return 1 if failed else 0


def _pytest(*more: str, beside: int = 0) -> list[str]:
    workers = int(os.environ.get("ACCORD_TEST_WORKERS", "2")) + beside
    # in the order of tests/conftest.py
    return [str(BIN / "pytest"), "-q", "-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder", *more]


def _on_postgres() -> bool:
    server = find_server()
    if server is None:
        print("left out: the tests on PostgreSQL (no server is installed)", flush=True)
        return not EVERYTHING
    with running(server) as url:
        environment = {**os.environ, "DATABASE_URL": url}
        tests = ["tests/unit", "tests/properties", "tests/faults", "tests/contract", "tests/stories"]
        there = [name for name in tests if (ROOT / name).is_dir()]
        # they wait for the server, for killed processes and for leases a third of the time: one worker more fills that
        command = _pytest("--with-tables", "-m", "not browser and not spark", *there, beside=1)
        return _step("tests on PostgreSQL", command, environment)


def _step(name: str, command: list[str], environment: dict[str, str] | None = None) -> bool:
    with _timed(name):
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


@contextmanager
def _timed(name: str):  # type: ignore[no-untyped-def]
    print(f"== {name}", flush=True)
    started = time.monotonic()
    yield
    print(f"== {name}: {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
