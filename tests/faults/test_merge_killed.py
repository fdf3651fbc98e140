"""Kill -9 in the midst of a merge of fingerprints: the index stays as it was, and the next merge goes through."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.sqlite_alone  # forked processes with a database of their own, which is SQLite


def test_a_killed_merge_changes_nothing(tmp_path: Path) -> None:
    """Killed while the file is put, after it, and before its fact: searched as before; nothing half-written counts."""
    elsewhere = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "ACCORD_TEST_DB", "ACCORD_HOME")}
    words = [sys.executable, "-m", "tests.faults.killed_merge", str(tmp_path)]
    ended = subprocess.run(words, env=elsewhere, check=False, capture_output=True, cwd=Path(__file__).parents[2])
    assert ended.returncode == 0, ended.stderr.decode()
