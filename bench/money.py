"""How fast usage is counted and money divided, each beside a physical limit or the leanest SQL in the same run.

`.venv/bin/python bench/money.py [--scale small|full] [--json FILE] [--only ingest|replay|close|billion] [--model MODEL]`

Ingest is durable and through HTTP, beside a bare loop that appends msgpack and calls fdatasync. A close's
division of its pools is measured from the segments to the table of lines, with the claims read, for pools of both models;
the leanest SQL runs twice, with all the memory there is and with what the engine of a close is held to.
`full` makes 100 million events in segments; `--only billion` does it for 10 million and for a billion. Segments lie in
`ACCORD_BENCH_FOLDER` and stay there, where it is set. What is counted is kept in a folder, as a close keeps it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("ACCORD_HOME", tempfile.mkdtemp(prefix="accord-bench-"))
sys.path.append(str(Path(__file__).resolve().parents[1]))

import duckdb
import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import accord
from bench import plays, serving

accord.open(os.environ["ACCORD_HOME"])

from accord.engine.duck import MEMORY
from accord.engine.running import Engine, Input, open_engine
from accord.governance.records import PRO_RATA, USER_CENTRIC
from accord.metering import actions, door, plain, queries
from accord.parties import accounts
from accord.payouts import division
from accord.payouts.asking import answers_of
from accord.payouts.readings import weights
from accord.payouts.records import Epoch
from accord.payouts.tables import Folder

BATCH = 1_000
SENDERS = 8
AT = datetime(2026, 10, 1, tzinfo=UTC)
BATCHES = {"small": 200, "full": 1_000}
REPLAYED = {"small": 1_000_000, "full": 10_000_000}
CLOSED = {
    "small": plays.Sizes(events=2_000_000, creations=20_000, users=40_000, assets=4_000, parties=1_000),
    "full": plays.Sizes(events=100_000_000, creations=1_000_000, users=2_000_000, assets=300_000, parties=50_000),
}
Figure = dict[str, Any]


def figure(name: str, value: float, unit: str, goal: float | None = None, n: int = 1) -> Figure:
    """One line of the table; a goal in GB, MB or × is a most, any other a least."""
    met = None if goal is None else (value <= goal if unit in ("GB", "MB", "×") else value >= goal)
    return {"figure": name, "value": value, "unit": unit, "goal": goal, "met": met, "n": n}


def timed(what: Callable[[], Any]) -> float:
    """Seconds on the clock."""
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


def resident_mb() -> float:
    """What this process holds in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def events_of(number: int) -> list[dict[str, Any]]:
    """A batch of CloudEvents, ids in order of time."""
    return [
        {
            "specversion": "1.0",
            "type": "org.accord.usage.listen",
            "source": "https://platform.example/usage",
            "id": f"{number:010d}-{n:04d}",
            "time": f"2026-08-{1 + n % 28:02d}T12:00:{n % 60:02d}Z",
            "data": {
                "feature": "blend",
                "creation": f"cre_{(n * 7919 + number) % 100_000:06d}",
                "user": f"u{(n * 31 + number * 17) % 200_000:06d}",
                "territory": plays.TERRITORIES[n % 20],
                "seconds": 30 + n % 200,
            },
        }
        for n in range(BATCH)
    ]


def ingest(batches: int) -> Iterator[Figure]:
    """Durable ingest: the bare loop, in process, and through HTTP with several senders."""
    made = [events_of(number) for number in range(batches)]
    began = time.process_time()
    bare = batches * BATCH / timed(lambda: _append(made))
    worked = batches * BATCH / (time.process_time() - began)
    yield figure("bare msgpack-append-and-fdatasync, batches of 1,000", bare, "events/s", None, batches)
    yield figure("the bare loop, by its own CPU time", worked, "events/CPU-s", None, batches)
    bodies = [msgspec.json.encode(one) for one in made]
    home = os.environ["ACCORD_HOME"]
    door.take(msgspec.json.encode(events_of(10**8)), "acc_bench", AT)  # what is loaded on first use
    yield from _read_alone(bodies)
    began = time.process_time()
    alone = batches * BATCH / timed(lambda: [door.take(body, "acc_bench", AT) for body in bodies])
    worked = batches * BATCH / (time.process_time() - began)
    yield figure("ingest in process, one sender, checked and durable", alone, "events/s", None, batches)
    yield figure("ingest in process, by its own CPU time", worked, "events/CPU-s", None, batches)
    key = accounts.issue_key(accounts.open_account("bench@bench.example", "a long bench password", ["machine"]))
    fresh = [msgspec.json.encode(events_of(n)).replace(b"platform.", b"elsewhere.") for n in range(batches + 1)]
    with serving.serving("accord.server.asgi:application", home) as port:
        serving.send_each(port, [serving.post("/v1/usage", key, fresh.pop())])  # what the server loads on first use
        requests = [serving.post("/v1/usage", key, body) for body in fresh]
        before = serving.worked_s(port)
        http = batches * BATCH / timed(lambda: _send(port, requests))
        worked = batches * BATCH / (serving.worked_s(port) - before)
        known = batches * BATCH / timed(lambda: _send(port, requests))
    yield figure(f"ingest through HTTP, {SENDERS} senders, checked and durable", http, "events/s", None, batches)
    yield figure("ingest through HTTP, by the server's CPU time", worked, "events/CPU-s", None, batches)
    yield figure("ingest through HTTP, of the bare loop", http / bare, "ratio", 0.5, batches)
    yield figure(f"the same again, all duplicates, {SENDERS} senders", known, "events/s", None, batches)
    counted = sum(segment.rows for segment in queries.segments())
    if counted != 2 * batches * BATCH + 2 * BATCH:
        raise SystemExit(f"{counted:,} events were counted")


def _read_alone(bodies: list[bytes]) -> Iterator[Figure]:
    """What one processor could do at most that decodes the batches, and, with that, makes and checks their columns."""
    decoded = msgspec.json.Decoder(list[plain.Envelope]).decode
    for what, read in (
        ("decoding the batches and nothing more", decoded),
        ("reading them: decoded, as columns, checked", lambda body: plain.read(body, BATCH, actions.PLACES, AT)),
    ):
        began = time.process_time()
        for body in bodies:
            read(body)
        rate = len(bodies) * BATCH / (time.process_time() - began)
        yield figure(f"{what}, by its own CPU time", rate, "events/CPU-s", None, len(bodies))


def _append(made: list[list[dict[str, Any]]]) -> None:
    encode = msgspec.msgpack.Encoder().encode
    with tempfile.NamedTemporaryFile(dir=os.environ["ACCORD_HOME"]) as file:
        for batch in made:
            os.write(file.fileno(), b"".join([encode(event) for event in batch]))
            os.fdatasync(file.fileno())


def _send(port: int, requests: list[bytes]) -> None:
    parts = [requests[first::SENDERS] for first in range(SENDERS)]
    threads = [threading.Thread(target=serving.send_each, args=(port, part)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def replay(events: int) -> Iterator[Figure]:
    """A tenth of the events is new; then all of them are sent again nine times, in parts that fit nowhere."""
    unique, part = events // 10, 50_000
    held: list[float] = []
    accepted = duplicates = 0
    took = 0.0
    for again in range(10):
        for first in range(-(again * 7_919 % part), unique, part):
            table = _usage(max(first, 0), min(first + part, unique) - max(first, 0))
            began = time.perf_counter()
            report = actions.ingest(table, "urn:bench:replay", AT, "acc_bench")
            took += time.perf_counter() - began
            accepted, duplicates = accepted + report.accepted, duplicates + report.duplicates
        held.append(resident_mb())
    if accepted != unique:
        raise SystemExit(f"{accepted:,} of {unique:,} events were counted")
    sent = accepted + duplicates
    yield figure(
        f"replay of {sent:,} events, {unique:,} of them new: counted once", sent / took, "events/s", None, sent
    )
    yield figure("memory grown from the first tenth of the replay to its end", held[-1] - held[0], "MB", 100, sent)


def _usage(first: int, rows: int) -> pa.Table:
    number = np.arange(first, first + rows)
    of = {"creation": ("cre_", number % 100_000), "user": ("u", number % 200_000)}
    columns = {
        "id": pc.utf8_lpad(pa.array(number).cast(pa.string()), 12, "0"),
        "kind": pa.array(["listen"]).take(pa.array(np.zeros(rows, np.int64))),
        "feature": pa.array(["blend"]).take(pa.array(np.zeros(rows, np.int64))),
        "territory": pa.array(plays.TERRITORIES).take(pa.array(number % 20)),
        "seconds": pa.array(30 + number % 200),
        "at": pa.array(1_785_585_600_000_000 + number).cast(pa.timestamp("us")),
    }
    for name, (prefix, numbers) in of.items():
        columns[name] = pc.binary_join_element_wise(prefix, pa.array(numbers).cast(pa.string()), "")
    return pa.table(columns)


#: The leanest SQL for each model: it only aggregates and joins the same tables, and rounds nothing.
HEARD = {
    "pro rata": """
  SELECT territory, creation, COUNT(*) AS weight FROM read_parquet($files) AS e
  WHERE e.kind = 'listen' AND e.at >= $start AND e.at < $end GROUP BY territory, creation""",
    "user-centric": """
  SELECT e.territory, e.creation, SUM(unit) AS weight FROM read_parquet($files) AS e
  JOIN (
    SELECT o.territory, o.user AS listener, 1000000000000 // COUNT(*) AS unit FROM read_parquet($files) AS o
    WHERE o.kind = 'listen' AND o.at >= $start AND o.at < $end GROUP BY o.territory, listener
  ) AS each ON each.territory = e.territory AND each.listener = e.user
  WHERE e.kind = 'listen' AND e.at >= $start AND e.at < $end GROUP BY e.territory, e.creation""",
}
LEANEST = """
CREATE OR REPLACE TEMP TABLE lean AS
WITH heard AS ({heard}
), earned AS (
  SELECT territory, subject, SUM(CAST(weight AS HUGEINT) * units) AS weight
  FROM heard JOIN attributions USING (creation) GROUP BY territory, subject
)
SELECT territory, recipient, SUM(earned.weight * shares.weight) AS weight
FROM earned JOIN shares USING (subject) GROUP BY territory, recipient
"""
MODELS = {"pro rata": PRO_RATA, "user-centric": USER_CENTRIC}
LEAST_MEMORY = {"pro rata": 3, "user-centric": 4}
#: What of each run is measured: seconds on the clock, seconds of all processors, and the process's memory at its highest.
Measured = dict[str, float]


def close(sizes: plays.Sizes, models: Iterable[str]) -> Iterator[Figure]:
    """Each model's division beside the leanest SQL over the same tables, each in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="accord-bench-plays-") as passing:
        folder = os.environ.get("ACCORD_BENCH_FOLDER") or passing
        made = len(list(plays.segments(sizes, Path(folder))))
        print(f"{sizes.events:,} events in {made} segments", file=sys.stderr)
        for model in models:
            yield from beside(model, folder, sizes)


def beside(model: str, folder: str, sizes: plays.Sizes) -> Iterator[Figure]:
    """One model, in the engine from the segments to the table of lines."""
    lean = _apart("lean", model, folder, sizes)
    held = _apart("held", model, folder, sizes)
    whole = _apart("whole", model, folder, sizes)
    of = f"{model}, {sizes.events:,} events"
    yield from _measured(f"leanest SQL, {of}", lean, sizes.events)
    yield from _measured(f"leanest SQL held to {MEMORY}, {of}", held, sizes.events)
    yield from _measured(f"the division, {of}", whole, sizes.events)
    yield figure(f"the division of the leanest SQL, {of}: CPU", whole["cpu"] / lean["cpu"], "×", 1.5, sizes.events)
    yield figure(f"the division of the leanest SQL, {of}: clock", whole["s"] / lean["s"], "×", 1.5, sizes.events)
    yield figure(f"the division of that held, {of}: CPU", whole["cpu"] / held["cpu"], "×", None, sizes.events)
    yield figure(f"the division, {of}: memory", whole["gb"], "GB", LEAST_MEMORY[model], sizes.events)
    yield figure(f"the claims read in Python, {of}: CPU", whole["read"], "s", None, sizes.assets)
    yield from taken_back(whole["cpu"], model, folder, sizes)


def taken_back(plain_cpu: float, model: str, folder: str, sizes: plays.Sizes) -> Iterator[Figure]:
    """The division with corrections, beside that without; that it does not end is a figure too."""
    what = f"one event in 1,000 taken back, {model}, {sizes.events:,} events"
    try:
        corrected = _apart("corrected", model, folder, sizes)
    except subprocess.CalledProcessError as died:
        yield figure(f"{what}: did not end, exit code", died.returncode, "", 0, sizes.events) | {"met": False}
        return
    yield figure(f"{what}, of the division without: CPU", corrected["cpu"] / plain_cpu, "×", None, sizes.events)
    yield figure(f"{what}: memory", corrected["gb"], "GB", LEAST_MEMORY[model], sizes.events)


def _measured(name: str, one: Measured, events: int) -> Iterator[Figure]:
    yield figure(f"{name}: clock", one["s"], "s", None, events)
    yield figure(f"{name}: CPU", one["cpu"], "s", None, events)
    yield figure(f"{name}: CPU per event", one["cpu"] / events * 1e9, "ns", None, events)
    yield figure(f"{name}: memory of the process", one["gb"], "GB", None, events)


def _apart(what: str, model: str, folder: str, sizes: plays.Sizes) -> Measured:
    """Run one of the two in a process of its own, so that each has its own memory."""
    command = [sys.executable, __file__, "--apart", what, model, folder, json.dumps(msgspec.structs.asdict(sizes))]
    return dict(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout))


def apart(what: str, model: str, folder: str, sizes: plays.Sizes) -> None:
    """The child's part: make the tables that are the same for all, then take the time."""
    files = list(plays.segments(sizes, Path(folder)))
    ways: dict[str, Callable[..., Measured]] = {
        "lean": _lean, "held": partial(_lean, memory=MEMORY), "whole": _whole, "corrected": partial(_whole, taken_back=True)
    }  # fmt: skip
    found = ways[what](model, files, sizes)
    print(json.dumps(found | {"gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}))


def _clocked(what: Callable[[], Any]) -> Measured:
    began, cpu = time.perf_counter(), time.process_time()
    what()
    return {"s": time.perf_counter() - began, "cpu": time.process_time() - cpu}


def _shares(recipients: dict[str, Any]) -> pa.Table:
    """subject, recipient, weight: the claims as a table."""
    rows = [
        (asset, one.key, weight)
        for asset, found in recipients.items()
        for one, weight in zip(found, weights(found), strict=True)
    ]
    return pa.table([pa.array(list(column)) for column in zip(*rows, strict=True)], ["subject", "recipient", "weight"])


def _lean(model: str, files: list[Path], sizes: plays.Sizes, memory: str = "") -> Measured:
    attributions, shares = plays.attributions(sizes), _shares(plays.recipients(sizes))
    with tempfile.TemporaryDirectory() as spill, duckdb.connect(config={"temp_directory": spill}) as connection:
        connection.execute("SET preserve_insertion_order = false")
        if memory:
            connection.execute("SET memory_limit = ?", [memory])
        connection.register("attributions", attributions)
        connection.register("shares", shares)
        given = {
            "files": [str(file) for file in files],
            "start": _naive(plays.SPAN.start),
            "end": _naive(plays.SPAN.end),
        }
        text = LEANEST.format(heard=HEARD[model])
        return _clocked(lambda: connection.execute(text, given).fetchall())


def _naive(at: datetime) -> datetime:
    return at.replace(tzinfo=None)


def _epochs() -> list[Epoch]:
    return [
        Epoch(territory=place, number=n, start=plays.SPAN.start, end=plays.SPAN.end)
        for n, place in enumerate(plays.TERRITORIES)
    ]


def _whole(model: str, files: list[Path], sizes: plays.Sizes, *, taken_back: bool = False) -> Measured:
    """Segments and attributions in, whom an asset's money concerns asked once for each asset; lines out, in the engine."""
    events: Input = plays.taken_back(files, sizes) if taken_back else files
    attributions, recipients = plays.attributions(sizes), plays.recipients(sizes)
    pools = [msgspec.structs.replace(pool, model=MODELS[model]) for pool in plays.pools()]
    epochs = _epochs()
    places = {(pool.number, pool.number): 0 for pool in pools}  # every territory's answer is the same here
    read: list[float] = []

    def whole(engine: Engine, folder: Folder) -> None:
        division.weigh(engine, events, pools, epochs, attributions, places, lambda step: None, folder)
        began = time.process_time()
        asked = engine.parts("asked", "subject, place")
        found = answers_of(asked, places, lambda pool, epoch, kind, subject: recipients[subject])
        read.append(time.process_time() - began)
        division.share(engine, found)

    with open_engine("duckdb") as engine, tempfile.TemporaryDirectory() as folder:
        took = _clocked(lambda: whole(engine, Folder(Path(folder))))
    return took | {"read": read[0]}


def billion(models: Iterable[str]) -> Iterator[Figure]:
    """A tenth and ten times the full scale, so that the time per event can be seen to stay; one at a time on the disk."""
    for factor in (0.1, 10):
        yield from close(msgspec.structs.replace(CLOSED["full"], events=int(CLOSED["full"].events * factor)), models)


PARTS: dict[str, Callable[[str, Sequence[str]], Iterator[Figure]]] = {
    "ingest": lambda scale, models: ingest(BATCHES[scale]),
    "replay": lambda scale, models: replay(REPLAYED[scale]),
    "close": lambda scale, models: close(CLOSED[scale], models),
}
#: Asked for by name alone: a billion events are some 13 GB of segments, made in some five minutes (docs/figures.md).
ALONE = {"billion": lambda scale, models: billion(models)}


def main() -> None:
    """Print the table; write the JSON when asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", choices=sorted(CLOSED), default="small")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", choices=sorted({**PARTS, **ALONE}), action="append")
    parser.add_argument(
        "--model", choices=sorted(MODELS), action="append", help="how pools are divided; both if unsaid"
    )
    parser.add_argument("--apart", nargs=4, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.apart:
        what, model, folder, sizes = asked.apart
        apart(what, model, folder, msgspec.json.decode(sizes, type=plays.Sizes))
        return
    found = []
    for name in asked.only or PARTS:
        for one in (PARTS | ALONE)[name](asked.scale, asked.model or list(MODELS)):
            goal = "" if one["goal"] is None else f"goal {one['goal']:g}: {'met' if one['met'] else 'NOT met'}"
            print(f"{one['figure']:<72}{one['value']:>16,.2f} {one['unit']:<10}{goal}", flush=True)
            found.append(one)
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"load average over 1, 5 and 15 minutes: {load}")
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
