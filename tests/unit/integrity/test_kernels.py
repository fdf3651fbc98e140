"""Compiled loops are kept on disk, and made anew once a constant of a module beside theirs is another."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LOOP = """
from accord.integrity.kernels import compiled
from constants import MANY

@compiled
def many() -> int:
    return MANY

print(many(), sum(many.stats.cache_hits.values()))
"""


def said(folder: Path) -> list[str]:
    """What a process of its own says that runs the loop: its answer, and how often it was found on disk."""
    done = subprocess.run([sys.executable, "loop.py"], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_a_constant_of_another_module_is_not_kept_beyond_its_change(tmp_path: Path) -> None:
    """numba alone answers 180 for ever: it asks whether the loop's own file is the same."""
    (tmp_path / "loop.py").write_text(LOOP)
    (tmp_path / "constants.py").write_text("MANY = 180\n")
    assert [said(tmp_path), said(tmp_path)] == [["180", "0"], ["180", "1"]]
    (tmp_path / "constants.py").write_text("MANY = 2520\n")
    assert said(tmp_path) == ["2520", "0"]
