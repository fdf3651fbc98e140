"""How fast clearance decides: one asset, a whole catalogue, and after a revocation, each against a peer or a limit.

`.venv/bin/python bench/clearance.py [--scale small|full] [--json FILE]`

One decision is measured beside Cedar's (cedarpy, extra `[bench]`: a parsed policy set, the contracts as entities), after
10,000 equal answers; whole catalogues beside a bare numba gather-and-AND over the same memory in the same run. `full`
goes to 100 million recordings (about 7 GB).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

os.environ.setdefault("ACCORD_HOME", tempfile.mkdtemp(prefix="accord-bench-"))
sys.path.append(str(Path(__file__).resolve().parents[1]))  # the small clean catalogue is the tests' own

import msgspec
import numpy as np

import accord
from bench import catalogues, serving

accord.open(os.environ["ACCORD_HOME"])

from tests.properties.catalogues import AT, PLACES, choice, clean
from tests.stories.runner import World, tell
from tests.unit.clearance.scene import agreed

from accord.catalog import actions as catalog
from accord.catalog import claim_actions as claims
from accord.catalog.records import AssetKind
from accord.clearance import keeping, queries, rules
from accord.clearance.brief import Briefs
from accord.clearance.index import Index
from accord.clearance.kernel import BLOCK, Layout
from accord.clearance.records import Question
from accord.clearance.spread import spread, table_of
from accord.clearance.unlock import Lacking
from accord.journal.actions import writing
from accord.journal.pulse import pulse
from accord.parties import accounts
from accord.parties.viewer import Role
from accord.terms.right import Right
from accord.terms.territory import INDEX, TERRITORIES, WORDS
from accord.terms.use import Use

SIZES = {"small": (1_000_000,), "full": (1_000_000, 10_000_000, 100_000_000)}
RECORDINGS = {"small": 1_000, "full": 10_000}
THREADS = os.cpu_count() or 1
Figure = dict[str, Any]


def figure(name: str, value: float, unit: str, goal: float | None = None, n: int = 1) -> Figure:
    """One line of the table; a goal in µs, ms or GB is a most, any other a least."""
    met = None if goal is None else (value <= goal if unit in ("µs", "ms", "GB", "×") else value >= goal)
    return {"figure": name, "value": value, "unit": unit, "goal": goal, "met": met, "n": n}


def p50_us(what: Callable[[], Any], times: int) -> float:
    """The median time of a call in microseconds."""
    found = []
    for _ in range(times):
        began = time.perf_counter_ns()
        what()
        found.append(time.perf_counter_ns() - began)
    return statistics.median(found) / 1000


def one_decision() -> Iterator[Figure]:
    """A decision on a kept catalogue of nine assets: by the index, with its because, and by Cedar."""
    state, question = clean(Use.TRAIN), Question(Use.TRAIN, "f", AT)
    refused = msgspec.structs.replace(
        state, choices={**state.choices, "N": (choice("no", "N", Use.TRAIN, "no", territories=PLACES),)}
    )
    index, no = Index(state, question), Index(refused, question)
    place = INDEX["FR"]
    ours = p50_us(lambda: index.covers("R1", place), 20_000)
    yield figure("one decision, one territory, p50", ours, "µs", 3, 20_000)
    yield figure("one decision, all territories, p50", p50_us(lambda: index.cleared("R1"), 20_000), "µs", 3, 20_000)
    for word, kept, its in (("yes, with its grounds", index, state), ("no, with its because", no, refused)):
        took = p50_us(lambda k=kept, s=its: rules.decide_many(s, question, ["R1"], k.requirements), 3000)
        yield figure(f"one decision, p50: {word}", took, "µs", 50, 3000)
    yield from _beside_cedar(ours)


def _beside_cedar(ours: float) -> Iterator[Figure]:
    try:
        import cedarpy
    except ImportError:
        print("left out: cedarpy is not installed (pip install -c requirements.lock '.[bench]')", file=sys.stderr)
        return
    layout = catalogues.made_up(2_000, parties=500)
    policies = cedarpy.PolicySet.from_str(
        'permit(principal, action == Action::"train", resource) when { principal.met.containsAll(resource.needs) };'
    )
    entities = cedarpy.Entities.from_json_str(json.dumps(_as_entities(layout)))
    rng = random.Random(1)
    cases = [(rng.randrange(layout.assets), rng.choice(TERRITORIES)) for _ in range(10_000)]

    def cedar(asset: int, territory: str) -> bool:
        request = {
            "principal": f'Territory::"{territory}"',
            "action": 'Action::"train"',
            "resource": f'Asset::"{asset}"',
        }
        return bool(cedarpy.is_authorized(request, policies, entities).allowed)

    unequal = sum(cedar(asset, where) != layout.covers(asset, INDEX[where]) for asset, where in cases)
    if unequal:
        raise SystemExit(f"Cedar and Accord differ in {unequal} of {len(cases):,} cases")
    theirs = p50_us(lambda: cedar(*cases[0]), 2000)
    yield figure("one decision by cedarpy, parsed, p50", theirs, "µs", None, 2000)
    yield figure("faster than cedarpy, answers equal on 10,000", theirs / ours, "times", 50, 10_000)


def _as_entities(layout: Layout) -> list[dict[str, Any]]:
    """The layout for Cedar: an asset needs words, a territory has those that are met in it."""
    words = [{"__entity": {"type": "Word", "id": str(atom)}} for atom in range(layout.atoms)]
    used = sorted({atom for number in range(layout.assets) for atom in layout.rows_of(number)})
    found: list[dict[str, Any]] = [{"uid": words[atom]["__entity"], "attrs": {}, "parents": []} for atom in used]
    bits = {atom: sum(int(word) << 64 * at for at, word in enumerate(layout.met[atom])) for atom in used}
    for territory, at in INDEX.items():
        met = [words[atom] for atom in used if bits[atom] >> at & 1]
        found.append({"uid": {"type": "Territory", "id": territory}, "attrs": {"met": met}, "parents": []})
    for number in range(layout.assets):
        needs = [words[atom] for atom in layout.rows_of(number)]
        found.append({"uid": {"type": "Asset", "id": str(number)}, "attrs": {"needs": needs}, "parents": []})
    return found


def whole_catalogue(assets: int, small: float) -> Iterator[Figure]:
    """Every asset in every territory in one pass, and one decision with all of that in memory."""
    layout = catalogues.made_up(assets)
    ids = [f"rec_{number:09d}" for number in np.random.default_rng(2).integers(0, assets, 20_000)]
    asked, beat, place = iter(ids), pulse(), INDEX["FR"]

    def one() -> bool:
        if beat.settled() is None:
            raise AssertionError("nobody writes here")
        return layout.covers(int(next(asked)[4:]), place)

    took = p50_us(one, len(ids))
    yield figure(f"one decision among {assets:,}, of the small case", took / small, "×", 3, len(ids))
    out = np.empty((assets, 4), dtype=np.uint64)
    width = layout.used // assets
    limit = min(_bare(layout, out, width) for _ in range(3)) * (layout.used / (width * assets))
    ours = min(_timed(lambda: layout.masks(THREADS, out)) for _ in range(3))
    yield figure(f"whole catalogue of {assets:,}, a second", assets / ours, "assets/s", None, assets)
    yield figure(f"whole catalogue of {assets:,}, of a bare gather-and-AND", limit / ours, "ratio", 0.5, assets)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    yield figure(f"memory at its highest, {assets:,}", peak, "GB", 8, assets)


def _bare(layout: Layout, out: Any, width: int) -> float:
    spans = [slice(first, min(first + BLOCK, len(out))) for first in range(0, len(out), BLOCK)]
    blocks = catalogues.bare(layout, out, spans, width)
    with ThreadPoolExecutor(THREADS) as pool:
        return _timed(lambda: list(pool.map(lambda block: catalogues.bare_pass(*block), blocks)))


def _timed(what: Callable[[], Any]) -> float:
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


def an_artist_of(recordings: int) -> World:
    """The tests' scene, through the real doors, with so many more recordings by the performer N on label L."""
    world = agreed()
    with writing("bench", world.at):
        for number in range(recordings):
            named = {"credits": [(world.id("N"), "featured")], "label": world.id("L")}
            made = {"works": [world.id("W")], "at": world.at, "actor": "bench"}
            asset = catalog.register_recording(f"Recording {number}", **named, **made)
            claim = claims.assert_claim(asset, Right.MASTER, world.id("L"), Fraction(1), at=world.at, actor="bench")
            claims.evidence_claim(claim, "the contract", at=world.at, actor="bench")
    return world


def what_unlocks_most(assets: int) -> Iterator[Figure]:
    """What every recording lacks in every territory, counted by step in one pass; then twenty steps in greedy order."""
    layout = catalogues.made_up(assets)
    numbers = np.arange(assets)
    none = (np.zeros(assets + 1, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    lacking = Lacking(layout, numbers, layout.atoms, layout.bits, none)
    warm = Lacking(layout, numbers[:1], layout.atoms, layout.bits, tuple(part[:2] for part in none))
    rank = np.arange(layout.atoms)
    warm.greedily(warm.tally(), rank, 2)  # compiled before it is timed
    found: list[Any] = []
    took = _timed(lambda: found.append(lacking.tally()))
    yield figure(f"what would unlock most, {assets:,} in all territories", took, "s", None, assets)
    order: list[Any] = []
    took = _timed(lambda: order.extend(lacking.greedily(found[0], rank, 20)))
    yield figure(f"twenty steps in greedy order, {assets:,}", took, "s", None, len(order))


def many_machines(assets: int) -> Iterator[Figure]:
    """The same catalogue cleared inside PySpark on two workers: every mask bit for bit, and the time it took."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        print("left out: PySpark is not installed (the extra is [spark])", file=sys.stderr)
        return
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    session = builder.config("spark.driver.memory", "4g").getOrCreate()
    layout = catalogues.made_up(assets)
    table = table_of([f"{number:09d}" for number in range(assets)], layout)
    found = []
    took = _timed(lambda: found.append(spread(session, table, layout)))
    session.stop()
    masks = np.frombuffer(b"".join(found[0].sort_by("asset")["mask"].to_pylist()), dtype="<u8").reshape(-1, WORDS)
    if not np.array_equal(masks, layout.masks(THREADS)):
        raise SystemExit("Spark's masks are not the kernel's")
    yield figure(f"PySpark local[2], {assets:,}, equal bit for bit", took, "s", None, assets)


def after_a_revocation(world: World, recordings: int) -> Iterator[Figure]:
    """An artist of so many recordings takes a yes back, through the real doors: until every decision says no."""
    before = queries.decide_all("train", "compose", world.at, AssetKind.RECORDING)
    if not before.masks.any(axis=1).all() or len(before.assets) < recordings:
        raise SystemExit("not every recording was cleared to begin with")
    tell("N takes back the yes to train in compose", world=world)
    took = _timed(lambda: queries.decide(before.assets[-1], "train", "compose", world.at)) * 1000
    for first in range(0, len(before.assets), queries.LARGEST_BATCH):
        some = before.assets[first : first + queries.LARGEST_BATCH]
        if any(answer.cleared for answer in queries.decide_many(some, "train", "compose", world.at).values()):
            raise SystemExit("a decision after the revocation said yes")
    yield figure(f"{recordings:,} recordings revoked: until every decision says no", took, "ms", 50)


def over_http(world: World) -> Iterator[Figure]:
    """Decisions asked by HTTP of one worker, on the scene of `after_a_revocation`: one a call, and 1,000 a call."""
    tell("N says yes to train in compose", world=world)
    assets = queries.decide_all("train", "compose", world.at, AssetKind.RECORDING).assets
    account = accounts.open_account("machine@bench.example", "a long pass phrase 7", [Role.MACHINE])
    key, home = accounts.issue_key(account), os.environ["ACCORD_HOME"]
    asked = {"use": "train", "feature": "compose", "because": False}
    some = [assets[:1], *(assets[first : first + 1000] for first in range(0, len(assets) - 999, 1000))]
    single, *batches = (
        serving.post("/v1/clearances", key, msgspec.json.encode({"assets": each, **asked})) for each in some
    )
    with serving.serving("bench.serving:echo", home) as port:
        bare = serving.load(port, [single], 20_000)
    with serving.serving("accord.server.asgi:application", home) as port:
        for batch in batches:
            told = msgspec.json.decode(serving.ask(port, batch))["answers"]
            if [one["answer"] for one in told] != ["yes"] * 1000:
                raise SystemExit("not every recording was cleared over HTTP")
        ours, many = serving.load(port, [single], 20_000), serving.load(port, batches, 400, 2)
    each = bare.requests / bare.processor_s, ours.requests / ours.processor_s
    yield figure("bare ASGI and msgspec echo, requests per CPU second", each[0], "requests/s", None, bare.requests)
    yield figure("single HTTP decisions per CPU second", each[1], "requests/s", None, ours.requests)
    yield figure("single HTTP, of the bare echo", each[1] / each[0], "ratio", 0.5, ours.requests)
    decided = many.requests * 1000
    yield figure("batch HTTP, decisions per CPU second of a worker", decided / many.processor_s, "decisions/s", 100_000)
    yield figure(
        "batch, the first after a word that changed any of it, decisions a second", _anew(assets, world), "decisions/s"
    )
    yield figure("batch HTTP, decisions a second on the clock", decided / many.clock_s, "decisions/s", None, decided)


def _anew(assets: Sequence[str], world: World) -> float:
    """Brief answers a second when no grounds are kept: what the next question costs after any word."""
    question = Question(Use.TRAIN, "compose", world.at)
    with keeping.kept(question.at, whole=True) as kept:
        index = kept and kept.index(question)
        if index is None:
            raise SystemExit("nothing is kept")
        took = _timed(lambda: Briefs(index).of(assets, question))
    return len(assets) / took


def figures(scale: str) -> Iterator[Figure]:
    """Every figure, as it is measured."""
    found = list(one_decision())
    yield from found
    for assets in SIZES[scale]:
        yield from whole_catalogue(assets, found[0]["value"])
    yield from what_unlocks_most(1_000_000)
    world = an_artist_of(RECORDINGS[scale])
    yield from after_a_revocation(world, RECORDINGS[scale])
    yield from over_http(world)
    yield from many_machines(1_000_000)


def main() -> None:
    """Print the table; write the JSON when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", choices=sorted(SIZES), default="small")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    found = []
    for one in figures(asked.scale):
        goal = "" if one["goal"] is None else f"goal {one['goal']:g}: {'met' if one['met'] else 'NOT met'}"
        print(f"{one['figure']:<72}{one['value']:>16,.2f} {one['unit']:<10}{goal}", flush=True)
        found.append(one)
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
