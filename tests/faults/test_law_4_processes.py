"""Law 4 between processes: several answer, one writes without pause, some are killed and some are paused.

The writer says in a shared counter when a revocation has been answered and, before it says yes again, that the time is
over. A decision that began and ended inside such a time and says yes is stale; there must be none.
"""

from __future__ import annotations

import mmap
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

REVOCATIONS, DECISIONS = 200, 10_000
ANSWERING = 3
SCENE = """
import os, sys, time
sys.path.insert(0, os.getcwd())
import accord
accord.open(os.environ["ACCORD_HOME"])
from tests.stories.runner import tell
from tests.unit.clearance.scene import agreed
from accord.clearance import queries
import mmap
shared = memoryview(mmap.mmap(os.open(sys.argv[1], os.O_RDWR), 64 * 8)).cast("Q")
"""
#: Word 0: odd while a revocation stands that was answered. Words 2n and 2n+1: decisions and stale yeses of reader n ≥ 1.
ANSWER = (
    SCENE
    + """
from datetime import datetime
me, assets, at = int(sys.argv[2]), sys.argv[3].split(","), datetime.fromisoformat(sys.argv[4])
while True:
    before = shared[0]
    answers = queries.decide_many(assets, "train", "compose", at).values()
    if before & 1 and shared[0] == before:
        shared[2 * me] += len(answers)
        shared[2 * me + 1] += sum(bool(answer.cleared) for answer in answers)
"""
)
WRITE = (
    SCENE
    + """
world = agreed()
print(",".join(world.id(name) for name in "RQT"), world.at.isoformat(), flush=True)
decided = lambda: sum(shared[2 * reader] for reader in range(1, 4))
for number in range(int(sys.argv[2])):
    tell("N takes back the yes to train in compose", world=world)
    before, until = decided(), time.monotonic() + 2
    shared[0] += 1
    while decided() < before + 60 and time.monotonic() < until:
        time.sleep(0.005)
    shared[0] += 1
    tell("N says yes to train in compose", world=world)
print("done", flush=True)
"""
)
MEDDLE = (
    SCENE
    + """
from datetime import datetime
from accord.parties import actions as parties
number = 0
while True:
    time.sleep(0.03)
    number += 1
    parties.register_party("person", f"Somebody {os.getpid()} {number}", at=datetime.fromisoformat(sys.argv[2]), actor="t")
"""
)


def run(home: Path, program: str, *arguments: str) -> subprocess.Popen[str]:
    """A process of its own on the instance in `home`."""
    theirs = {k: v for k, v in os.environ.items() if k not in ("ACCORD_TEST_DB", "DATABASE_URL")}
    url = {"DATABASE_URL": (home / "url").read_text()} if (home / "url").exists() else {}
    settings = {"ACCORD_HOME": str(home), "DJANGO_SETTINGS_MODULE": "accord.server.settings"}
    command = [sys.executable, "-c", program, *arguments]
    root = Path(__file__).resolve().parents[2]
    return subprocess.Popen(command, env=theirs | settings | url, cwd=root, stdout=subprocess.PIPE, text=True)


@contextmanager
def database(home: Path) -> Iterator[None]:
    """An empty database for the instance: SQLite in its folder, or one of its own where the tests run on PostgreSQL."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        yield
        return
    name = f"processes_{os.getpid()}"
    maintenance = urlsplit(url)._replace(path="/postgres").geturl()
    with psycopg.connect(maintenance, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}".encode())
    (home / "url").write_text(urlsplit(url)._replace(path=f"/{name}").geturl())
    try:
        yield
    finally:
        with psycopg.connect(maintenance, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def test_law_4_no_process_says_yes_after_a_no_was_answered(tmp_path: Path) -> None:
    """Law 4: decisions of several processes that began after an answered revocation, through kills and pauses: no yes."""
    words = tmp_path / "words"
    words.write_bytes(bytes(64 * 8))
    with open(words, "r+b") as file:
        shared = memoryview(mmap.mmap(file.fileno(), 64 * 8)).cast("Q")
    rng, processes = random.Random(4), []
    with database(tmp_path):
        writer = run(tmp_path, WRITE, str(words), str(REVOCATIONS))
        assert writer.stdout is not None
        assets, at = writer.stdout.readline().split()
        answering = [run(tmp_path, ANSWER, str(words), str(n), assets, at) for n in range(1, ANSWERING + 1)]
        meddler = run(tmp_path, MEDDLE, str(words), at)
        processes += [writer, *answering, meddler]
        kills = 0
        try:
            while writer.poll() is None:
                time.sleep(rng.uniform(0.2, 1.0))
                victim = rng.randrange(ANSWERING)
                os.kill(answering[victim].pid, signal.SIGSTOP)
                time.sleep(rng.uniform(0.01, 0.1))
                os.kill(answering[victim].pid, signal.SIGCONT)
                if rng.random() < 0.15:
                    meddler.kill()  # a writer dies at any instant, between its commit and its word that it is over too
                    meddler = run(tmp_path, MEDDLE, str(words), at)
                    answering[victim].kill()
                    answering[victim] = run(tmp_path, ANSWER, str(words), str(victim + 1), assets, at)
                    processes += [meddler, answering[victim]]
                    kills += 1
            assert writer.stdout.read().strip() == "done"
        finally:
            for process in processes:
                process.kill()
                process.wait()
    decided = [shared[2 * n] for n in range(1, ANSWERING + 1)]
    stale = [shared[2 * n + 1] for n in range(1, ANSWERING + 1)]
    print(f"{REVOCATIONS} revocations, {kills} kills, decisions {decided}, stale yeses {stale}")
    assert shared[0] == 2 * REVOCATIONS and kills > 0
    assert sum(stale) == 0
    assert sum(decided) >= DECISIONS
