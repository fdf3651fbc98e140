"""Django's settings under test: a home of their own for each test process, set before the real settings are read."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_home, _mine = tempfile.mkdtemp(prefix="accord-test-"), os.getpid()


@atexit.register
def _gone() -> None:
    """Whoever made the home takes it away; a fork of it does not."""
    if os.getpid() == _mine:
        shutil.rmtree(_home, ignore_errors=True)


os.environ["ACCORD_HOME"] = _home
os.environ["ACCORD_TEST_DB"] = str(Path(_home) / "test.sqlite3")
os.environ.setdefault("NUMBA_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from accord.server.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # accounts by the dozen, none of them real
