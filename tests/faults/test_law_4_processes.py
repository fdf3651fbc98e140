"""Law 4 between processes: several answer, one writes without pause, some are killed and some are paused.

The writer says in a shared counter when a revocation has been answered and, before it says yes again, that the time is
over. A decision that began and ended inside such a time and says yes is stale; there must be none.

On PostgreSQL two of those that answer stand for other hosts: in a home of their own, where no pulse reaches them, with a
short lease each, through pauses that outlast it.
"""

from __future__ import annotations

import mmap
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

REVOCATIONS, DECISIONS = 200, 10_000
ANSWERING = 3
LEASE_S = 0.4
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
#: Word 0: odd while a revocation stands that was answered. Words 2n and 2n+1: decisions and stale yeses of reader n ≥ 1;
#: 40+n: how often it had no lease and gave no answer; 50+n: its yeses. Word 60: the writer is asked to let a no stand for a while.
ANSWER = (
    SCENE
    + """
import json
from datetime import datetime
from accord.clearance import keeping, lean
from accord.parties.viewer import SYSTEM
from accord.terms.refusal import NotNow
me, assets, at = int(sys.argv[2]), sys.argv[3].split(","), datetime.fromisoformat(sys.argv[4])
body = json.dumps({"assets": assets, "use": "train", "feature": "compose", "because": False}).encode()

def in_process():
    return [bool(answer.cleared) for answer in queries.decide_many(assets, "train", "compose", at).values()]

def as_a_server_does():
    answers = json.loads(lean.at_hand(SYSTEM, body) or lean.answer(SYSTEM, body))["answers"]
    return [answer["answer"] == "yes" for answer in answers]

ask = in_process if me == 1 else as_a_server_does
keeping.follow(float(sys.argv[5]))
while True:
    before = shared[0]
    try:
        answers = ask()
    except NotNow:
        shared[40 + me] += 1
        time.sleep(0.005)
        continue
    shared[50 + me] += sum(answers)
    if before & 1 and shared[0] == before:
        shared[2 * me] += len(answers)
        shared[2 * me + 1] += sum(answers)
"""
)
WRITE = (
    SCENE
    + """
from datetime import timedelta
world = agreed()
later = world.at + timedelta(days=1)  # each sentence takes a second of the story's time: a yes of then counts
print(",".join(world.id(name) for name in "RQT"), later.isoformat(), flush=True)
decided = lambda: sum(shared[2 * reader] for reader in range(1, 4))
for number in range(int(sys.argv[2])):
    tell("N takes back the yes to train in compose", world=world)
    before, until = decided(), time.monotonic() + 2
    shared[0] += 1
    while (decided() < before + 60 or shared[60]) and time.monotonic() < until:
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


def hosts(home: Path) -> Iterator[Path]:
    """The homes of those that answer: the writer's, and beside a database that several hosts may share, another's twice."""
    yield home
    if (home / "url").exists():
        elsewhere = home / "elsewhere"
        elsewhere.mkdir()
        shutil.copy(home / "url", elsewhere)
        yield from (elsewhere, elsewhere)


def pause(process: subprocess.Popen[str], reader: int, shared: memoryview, time_s: float) -> None:
    """Stop a process while everybody says yes, and let it go on when a no has just been answered: what it decides next
    shows what it still believes."""
    until(lambda: shared[0] % 2 == 0)
    os.kill(process.pid, signal.SIGSTOP)
    time.sleep(time_s)
    shared[60] = 1
    until(lambda: shared[0] % 2 == 1)
    before = shared[2 * reader] + shared[40 + reader]
    os.kill(process.pid, signal.SIGCONT)
    until(lambda: shared[2 * reader] + shared[40 + reader] > before + 3)
    shared[60] = 0


def until(holds: Callable[[], bool], most_s: float = 1.0) -> None:
    """Wait for it, but not for ever."""
    over = time.monotonic() + most_s
    while not holds() and time.monotonic() < over:
        time.sleep(0.0005)


def test_law_4_no_process_says_yes_after_a_no_was_answered(tmp_path: Path) -> None:
    """Law 4: decisions of several processes that began after an answered revocation, through kills and pauses: no yes."""
    words = tmp_path / "words"
    words.write_bytes(bytes(64 * 8))
    with open(words, "r+b") as file:
        shared = memoryview(mmap.mmap(file.fileno(), 64 * 8)).cast("Q")
    rng, processes = random.Random(4), []
    with database(tmp_path):
        homes = list(hosts(tmp_path))
        writer = run(tmp_path, WRITE, str(words), str(REVOCATIONS))
        assert writer.stdout is not None
        assets, at = writer.stdout.readline().split()

        def answer(n: int) -> subprocess.Popen[str]:
            return run(homes[n % len(homes)], ANSWER, str(words), str(n), assets, at, str(LEASE_S))

        answering = [answer(n) for n in range(1, ANSWERING + 1)]
        meddler = run(tmp_path, MEDDLE, str(words), at)
        processes += [writer, *answering, meddler]
        kills = pauses = 0
        try:
            while writer.poll() is None:
                time.sleep(rng.uniform(0.0, 0.5))
                victim = rng.randrange(ANSWERING)
                pause(answering[victim], victim + 1, shared, rng.choice((0.01, 0.03, 0.1, LEASE_S * 1.2)))
                if (pauses := pauses + 1) % 24 == 4:  # early, so that it comes on a fast machine too
                    meddler.kill()  # a writer dies at any instant, between its commit and its word that it is over too
                    meddler = run(tmp_path, MEDDLE, str(words), at)
                    answering[victim].kill()
                    answering[victim] = answer(victim + 1)
                    processes += [meddler, answering[victim]]
                    kills += 1
            assert writer.stdout.read().strip() == "done"
        finally:
            for process in processes:
                process.kill()
                process.wait()
    decided = [shared[2 * n] for n in range(1, ANSWERING + 1)]
    stale = [shared[2 * n + 1] for n in range(1, ANSWERING + 1)]
    without = [shared[40 + n] for n in range(1, ANSWERING + 1)]
    print(
        f"{REVOCATIONS} revocations, {kills} kills, decisions {decided}, stale yeses {stale}, without a lease {without}"
    )
    assert shared[0] == 2 * REVOCATIONS and kills > 0
    assert sum(stale) == 0
    assert all(shared[50 + n] for n in range(1, ANSWERING + 1)), "each of them said yes while yes was right"
    assert sum(decided) >= DECISIONS
