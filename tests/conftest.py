"""What every test may use: one home folder per worker, the shared data when it is there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

_home = tempfile.mkdtemp(prefix="accord-test-")
os.environ["ACCORD_HOME"] = _home
os.environ.setdefault("ACCORD_TEST_DB", str(Path(_home) / "test.sqlite3"))
os.environ.setdefault("NUMBA_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture
def home() -> Path:
    """The instance's folder in this test process."""
    return Path(_home)


@pytest.fixture
def shared_dir() -> Path:
    """The folder with sample data that is not ours to ship."""
    if not SHARED.is_dir():
        pytest.skip("the sample messages beside the checkout are not there")
    return SHARED
