"""What every test may use: one home folder per worker, the shared data when it is there."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """With ACCORD_TEST_ALL=1 nothing may be left out: a skip is a failure, but for sample data that is not ours to ship."""
    report = yield
    if report.skipped and os.environ.get("ACCORD_TEST_ALL") == "1" and "sample messages" not in str(report.longrepr):
        report.outcome = "failed"
        report.longrepr = f"left out although ACCORD_TEST_ALL is set: {report.longrepr}"
    return report


@pytest.fixture
def home() -> Path:
    """The instance's folder in this test process."""
    return Path(os.environ["ACCORD_HOME"])


@pytest.fixture
def shared_dir() -> Path:
    """The folder with sample data that is not ours to ship."""
    if not SHARED.is_dir():
        pytest.skip("the sample messages beside the checkout are not there")
    return SHARED


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, for this test process, of a home in which the demonstration has walked; its transcript is `transcript.txt`.

    It is walked once for all processes, whoever comes first; `ACCORD_TEST_DEMO_HOME` names one that has walked already.
    """
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    original = Path(os.environ.get("ACCORD_TEST_DEMO_HOME") or shared / "walked")
    with open(shared / "walked.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the others wait here until it is there
        if not (original / "transcript.txt").exists() and "ACCORD_TEST_DEMO_HOME" not in os.environ:
            _walk(original)
    home = tmp_path_factory.mktemp("demo-home")
    shutil.copytree(original, home, dirs_exist_ok=True)
    return home


def _walk(home: Path) -> None:
    """`accord demo` as a stranger runs it, in settings of its own."""
    home.mkdir()
    ours = {"DATABASE_URL", "ACCORD_TEST_DB", "DJANGO_SETTINGS_MODULE"}
    environment = {key: value for key, value in os.environ.items() if key not in ours} | {"ACCORD_HOME": str(home)}
    command = [str(Path(sys.executable).parent / "accord"), "demo", "--no-serve"]
    walked = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=home, check=False)
    assert walked.returncode == 0, walked.stdout[-3000:] + walked.stderr[-3000:]
    (home / "transcript.txt").write_text(walked.stdout)
