"""What every test may use: one home folder per worker, the shared data when it is there; what runs where, and in which order."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest import TestCase

import hypothesis
import pytest

from accord.server import opening

SHARED = Path(__file__).resolve().parents[2] / "shared"
#: Fixtures of pytest-django that open the database; without one, or its mark, it lets no test connect.
WITH_TABLES = frozenset({"db", "transactional_db", "django_db_setup", "live_server"})
#: What a module that starts processes says: it does not know which database they open unless it is marked `sqlite_alone`.
STARTS_PROCESSES = ("import subprocess", "import multiprocessing", "os.fork(")
#: What is begun first. The walk of the demonstration takes minutes in one process, and whoever asks for it meanwhile waits:
#: so one file starts it at once, and its other readers come when it is done. Files of many short tests fill the end.
ORDER = ("tests/browser/test_pages", "tests/house/", "tests/faults/", "tests/contract/", "tests/properties/",
         "tests/stories/", "tests/demo/", "tests/browser/", "tests/unit/")  # fmt: skip

#: How fast a machine draws and runs examples says nothing of what they show, and a busy one would fail now and then.
hypothesis.settings.register_profile(
    "at any speed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("at any speed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--with-tables`: only tests that may touch the database, for a second run on another one."""
    parser.addoption("--with-tables", action="store_true", help="leave out tests that cannot touch the database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes long first; with `--with-tables`, without the tests that no database can make a difference to."""
    items.sort(key=lambda item: next((n for n, folder in enumerate(ORDER) if item.location[0].startswith(folder)), -1))
    if config.getoption("--with-tables"):
        kept = [item for item in items if _may_touch_tables(item)]
        _left_out[config] = len(items) - len(kept)
        items[:] = kept


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker tells how many it left out."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = _left_out.get(session.config, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object | None) -> None:
    """Every worker collects the same tests, so that each one's count is all of them."""
    _left_out[node.config] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """The count left out."""
    if config.getoption("--with-tables"):
        count = _left_out.get(config, 0)
        terminalreporter.write_line(f"left out: {count:,} tests that cannot touch the database (they ran without it)")


_left_out: dict[pytest.Config, int] = {}


def _may_touch_tables(item: pytest.Item) -> bool:
    """By its mark or fixtures; or since it starts processes; unless it says that all it opens is SQLite, whatever is tested."""
    if item.get_closest_marker("sqlite_alone") is not None:
        return False
    if item.get_closest_marker("django_db") or WITH_TABLES & set(getattr(item, "fixturenames", ())):
        return True
    if issubclass(getattr(item, "cls", None) or object, TestCase):
        return True
    return _starts_processes(item.path)


@cache
def _starts_processes(file: Path) -> bool:
    source = file.read_text()
    return any(words in source for words in STARTS_PROCESSES)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """With ACCORD_TEST_ALL=1 nothing may be left out: a skip is a failure, but for data and weights that are not ours to ship."""
    report = yield
    not_ours = "sample messages" in str(report.longrepr) or item.get_closest_marker("real_weights") is not None
    if report.skipped and os.environ.get("ACCORD_TEST_ALL") == "1" and not not_ours:
        report.outcome = "failed"
        report.longrepr = f"left out although ACCORD_TEST_ALL is set: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def _opened() -> None:
    """The instance of this process is open: its tables are the test database's, which no code but this has made."""
    opening._opened.append(Path(os.environ["ACCORD_HOME"]).resolve())


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


@contextmanager
def once(tmp_path_factory: pytest.TempPathFactory, name: str) -> Iterator[Path]:
    """A path that all test processes share: whoever comes first makes what is to lie there, the others wait until it does."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    with open(shared / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield shared / name


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, for this test process, of a home in which the demonstration has walked; its transcript is `transcript.txt`.

    It is walked once for all processes, whoever comes first; `ACCORD_TEST_DEMO_HOME` names one that has walked already.
    """
    with once(tmp_path_factory, "walked") as kept:
        original = Path(os.environ.get("ACCORD_TEST_DEMO_HOME") or kept)
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
