"""One suite for every engine: the same rules give the same micros on DuckDB, Sail and PySpark."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet
import pytest
from tests.oracle import integrity as integrity_oracle
from tests.oracle import signals as oracle
from tests.oracle import spam as spam_oracle
from tests.unit.integrity.uploads import SMALL, tables
from tests.unit.payouts.made import Q3, X, Y, listens, reader, story

from accord.demo.usage import make_events
from accord.engine.dialect import Rule
from accord.engine.running import Engine, open_engine, rule
from accord.engine.view import View
from accord.governance.records import PRO_RATA, USER_CENTRIC, PoolModel
from accord.integrity import bulk
from accord.integrity.spam_signals import signs_in, strongest
from accord.integrity.spam_tables import search_words
from accord.integrity.spam_weights import SIGNALS
from accord.metering.periods import parse
from accord.metering.signals import RULES, Limits, found
from accord.payouts import counting, purses
from accord.payouts.closing import DIVISIONS, close
from accord.payouts.first.division import ruled
from accord.payouts.fourth import division as fourth
from accord.payouts.order import CURRENT
from accord.payouts.records import Attributed, Epoch, Pool
from accord.payouts.tables import Folder
from accord.terms.money import allocate as split_plainly

MODELS = (
    PRO_RATA,
    USER_CENTRIC,
    PoolModel(name="artist-centric", cap=3, monthly=True, boost=2, boost_plays=40, boost_listeners=20),
)
pytestmark = pytest.mark.sqlite_alone
SAIL = """
import sys
from pysail.spark import SparkConnectServer
server = SparkConnectServer(port=0)
server.start(background=True)
print(server.listening_address[1], flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="session")
def sail() -> Iterator[str]:
    """A Spark Connect server of our own on a free port."""
    if find_spec("pysail") is None:
        pytest.skip("pysail is not installed: the second engine was left out")
    server = subprocess.Popen(
        [sys.executable, "-c", SAIL],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        port = server.stdout.readline().strip()
        assert port.isdigit(), "the Sail server did not start"
        yield f"sc://127.0.0.1:{port}"
    finally:
        server.stdin.close()
        server.terminate()
        server.wait(10)


def _stop_spark() -> None:
    from pyspark.sql import SparkSession

    if (session := SparkSession.getActiveSession()) is not None:
        session.stop()


@pytest.fixture(scope="module", params=["duckdb", "sail", pytest.param("pyspark", marks=pytest.mark.spark)])
def engine_url(request) -> Iterator[str]:
    """Each engine by its address."""
    if request.param == "sail":
        yield request.getfixturevalue("sail")
    elif request.param == "pyspark":
        if find_spec("pyspark") is None or shutil.which("java") is None:
            pytest.skip("Java or PySpark is not there: PySpark was left out")
        with pytest.MonkeyPatch.context() as patch:
            for name in ("SPARK_CONNECT_MODE_ENABLED", "SPARK_REMOTE"):  # what a Connect session leaves behind
                patch.delenv(name, raising=False)
            patch.setenv("ACCORD_ENGINE_PARTITIONS", "1")  # small tables: shuffling them is all the time there is
            yield "local[1]"
            _stop_spark()
    else:
        yield "duckdb"


@pytest.fixture(scope="module")
def engine(engine_url) -> Iterator[Engine]:
    """One session for the whole suite: tables of one test replace those of the last."""
    with ExitStack() as stack:
        yield stack.enter_context(open_engine(engine_url))


def test_a_split_is_exact_at_the_edge_of_64_bits(engine):
    """Amounts near 2⁶³ and weights of 40 bits: the product needs 128 bits, the parts are what the definition says."""
    wholes = {0: 2**63 - 1, 1: 10**15 + 7, 2: 1, 3: 0}
    weights = {group: {f"k{n}": (n * 2_654_435_761 + group) % 2**40 for n in range(7)} for group in wholes}
    rows = [(group, key, wholes[group], weight) for group in wholes for key, weight in weights[group].items()]
    names = ("g", "k", "whole_micros", "weight")
    engine.table("weighed", pa.table([list(column) for column in zip(*rows, strict=True)], names=list(names)))
    engine.run(ruled("payouts/split"), "parts", {"keep": "g, k", "group": "g", "tie": "k"})
    found = {(row["g"], row["k"]): row["part_micros"] for row in engine.fetch("parts").to_pylist()}
    for group, whole in wholes.items():
        assert split_plainly(whole, weights[group]) == {key: found[group, key] for key in weights[group]}


def test_ties_go_to_the_lowest_id_in_order_of_bytes(engine):
    """Three equal parts of two micros: `par_1` and `par_10` get them, before `par_2`."""
    engine.table(
        "weighed",
        pa.table({"g": [1] * 3, "k": ["par_2", "par_10", "par_1"], "whole_micros": [2] * 3, "weight": [1] * 3}),
    )
    engine.run(ruled("payouts/split"), "parts", {"keep": "g, k", "group": "g", "tie": "k"})
    assert engine.fetch("parts", "k")["part_micros"].to_pylist() == [1, 1, 0]


def test_a_leak_is_found(engine):
    """Parts that do not add up to their whole are named, so that nothing is closed on them."""
    engine.table("weighed", pa.table({"g": [1, 1, 2], "whole_micros": [10, 10, 5]}))
    engine.table("parts", pa.table({"g": [1, 1, 2], "part_micros": [5, 4, 5]}))
    engine.run(ruled("payouts/leaks"), "leaks", {"group": "g"})
    assert engine.fetch("leaks").to_pylist() == [{"g": 1, "whole_micros": 10, "parts_micros": 9}]


def test_a_result_of_no_rows_keeps_its_columns(engine):
    """It can be ordered by them and read by the next rule, like any other."""
    engine.table("weighed", pa.table({"g": [1], "whole_micros": [10]}))
    engine.table("parts", pa.table({"g": [1], "part_micros": [10]}))
    engine.run(ruled("payouts/leaks"), "leaks", {"group": "g"})
    found = engine.fetch("leaks", "g, whole_micros")
    assert (found.num_rows, found.column_names) == (0, ["g", "whole_micros", "parts_micros"])


def test_corrected_events_do_not_count(engine):
    """A correction stands in the place of what it corrects, a `void` in the place of nothing, the last of a chain for all."""
    events = pa.table(
        {
            "source": ["s", "s", "s", "t", "s", "s"],
            "id": ["1", "2", "3", "1", "4", "20"],
            "kind": ["listen", "listen", "listen", "listen", "void", "listen"],
            "corrects": pa.array([None, None, "1", None, "2", "3"], pa.string()),
        }
    )
    engine.table("events", events)
    engine.run(rule("metering/corrections"), "corrections")
    corrections = engine.fetch("corrections", "source, id")
    engine.table("events", View(rule("metering/counted"), {"as_sent": events, "corrections": corrections}))
    assert engine.fetch("events", "source, id").select(["source", "id"]).to_pylist() == [
        {"source": "s", "id": "20"},
        {"source": "t", "id": "1"},
    ]


def test_a_view_reads_what_it_was_given(engine):
    """Two of one rule stand side by side, and one that takes another's name reads its own."""
    text = Rule("test/odd", "SELECT * FROM {given} g WHERE g.n % 2 = 1")
    engine.table("these", View(text, {"given": pa.table({"n": [1, 2, 3]})}))
    engine.table("those", View(text, {"given": pa.table({"n": [4, 5, 6, 7]})}))
    engine.run(Rule("test/together", "SELECT n FROM these UNION ALL SELECT n FROM those"), "all_of_them")
    engine.table("these", View(text, {"given": pa.table({"n": [9]})}))
    assert engine.fetch("all_of_them", "n")["n"].to_pylist() == [1, 3, 5, 7]
    assert engine.fetch("these")["n"].to_pylist() == [9]
    engine.drop("these")
    assert engine.fetch("those", "n")["n"].to_pylist() == [5, 7]


def _used(count: int) -> list[dict[str, object]]:
    """Events of every kind over two years, some of them corrections of others, some without a session."""
    rng = np.random.default_rng(23)
    kinds = ("listen", "listen", "create", "remix", "export", "share", "void")
    start = datetime(2025, 3, 30)
    return [
        {
            "source": "st"[int(rng.integers(2))],
            "id": str(n),
            "kind": kinds[int(rng.integers(len(kinds)))],
            "feature": f"f{rng.integers(3)}",
            "creation": f"cre_{rng.integers(5)}",
            "territory": ("DE", "FR", "US")[int(rng.integers(3))],
            "session": None if rng.random() < 0.2 else f"s{rng.integers(9)}",
            "at": start + timedelta(minutes=int(rng.integers(60 * 24 * 640))),
            "corrects": str(int(rng.integers(n))) if n and rng.random() < 0.2 else None,
        }
        for n in range(count)
    ]


def test_what_is_counted_beside_pools_is_the_same(engine):
    """Uses and where they were, corrections by kind, quarters, plays and sessions: each rule beside a plain loop."""
    events = _used(600)
    first, last, cut = datetime(2026, 1, 1), datetime(2026, 7, 1), datetime(2026, 2, 14, 23)
    time = pa.timestamp("us")
    bounds = pa.schema([("from_at", time), ("until_at", time)])
    inside = [one for one in events if first <= one["at"] < last]
    spans = [
        (place, at) for at in ((first, cut), (cut, last)) for place in ("DE", "FR")
    ]  # US is in no epoch and no total
    for name in ("events", "later"):
        engine.table(name, pa.Table.from_pylist(events))
    engine.table("bounds", pa.table([[first], [last]], schema=bounds))
    columns = [[place for place, _ in spans], list(range(4)), *([at[edge] for _, at in spans] for edge in (0, 1))]
    engine.table("epochs", pa.table(columns, names=["territory", "epoch", "from_at", "until_at"]))
    columns[1] = [f"p{n}" for n in range(4)]
    engine.table("totals", pa.table(columns, names=["territory", "period", "from_at", "until_at"]))

    def place(one):
        return next(
            (n for n, (where, at) in enumerate(spans) if where == one["territory"] and at[0] <= one["at"] < at[1]), None
        )

    def counted(name, order, *by, among, **slots):
        engine.run(rule(name), "found", slots)
        rows = [
            tuple(row[column] for column in (*order.split(", "), *by))
            for row in engine.fetch("found", order).to_pylist()
        ]
        assert rows and len(rows) == len(set(rows)) and rows == sorted(among), name

    uses = Counter(
        (one["feature"], one["territory"], one["creation"], place(one))
        for one in inside
        if one["kind"] in ("create", "remix", "export") and place(one) is not None
    )
    counted("payouts/uses", "feature, territory, creation, epoch", "uses", among=[(*key, n) for key, n in uses.items()])
    used = {(one["feature"], one["territory"]) for one in inside if one["kind"] in ("create", "remix", "export")}
    counted("payouts/places", "feature, territory", among=used)
    gone = {(one["source"], one["corrects"]) for one in events}
    corrected = Counter(one["kind"] for one in inside if (one["source"], one["id"]) in gone)
    counted("metering/corrected", "kind", "events", among=corrected.items())
    quarters = {(one["at"].year * 4 + (one["at"].month - 1) // 3,) for one in events}
    counted("insights/quarters", "number", among=quarters)
    heard = [one for one in inside if one["kind"] == "listen"]
    plays = Counter((one["creation"], one["territory"]) for one in heard)
    counted("portal/plays", "creation, territory", "plays", among=[(*key, n) for key, n in plays.items()])
    for by in ("feature", "kind"):
        sessions: dict[tuple[str, str, str], list[str | None]] = {}
        for one in heard:
            at = place(one)
            sessions.setdefault((one[by], one["territory"], "" if at is None else f"p{at}"), []).append(one["session"])
        reach = [(*key, len(some), len(set(some) - {None})) for key, some in sessions.items()]
        counted("insights/reach", "part, territory, period", "plays", "sessions", among=reach, by=by)


def test_plays_that_stand_out_are_the_same(engine):
    """Three rules over a month of listens, small limits so that each finds some and passes over others, beside plain loops."""
    rng = np.random.default_rng(11)
    span, limits = parse("2026-07"), Limits(
        least_plays=20, few=2, day_seconds=400, day_plays=9, devoted_plays=4, devoted_ppm=800_000, farm_listeners=2,
        farm_ppm=100_000,
    )  # fmt: skip
    rows = [
        {
            "kind": ("listen", "share")[rng.random() < 0.1],
            "creation": f"cre_{min(int(rng.exponential(3)), 12)}",
            "user": (None, "", *(f"u{n}" for n in range(60)))[min(int(rng.exponential(14)), 61)],
            "territory": ("DE", "LU")[rng.random() < 0.3],
            "seconds": (None, 30, 90)[rng.integers(3)],
            "at": datetime(2026, 6, 30, 23) + timedelta(minutes=int(rng.integers(45_000))),
        }
        for _ in range(1_500)
    ]
    rows += [
        rows[0] | {"kind": "listen", "user": f"bot{n % 3}", "creation": "cre_20", "territory": "LU"} for n in range(30)
    ]
    table = pa.Table.from_pylist(rows).select(["kind", "creation", "user", "territory", "seconds", "at"])
    heard = [row for row in rows if row["kind"] == "listen" and span.start <= row["at"].replace(tzinfo=UTC) < span.end]
    expected = oracle.found(heard, msgspec.structs.asdict(limits))
    assert {one[0] for one in expected} == set(RULES) and len({one[1] for one in expected}) < 14
    made = found(engine, span, table, limits)
    assert {(s.rule, s.creation, s.territory, s.plays, s.odd_plays, s.listeners) for s in made} == expected
    assert len(made) == len(expected)


@pytest.mark.parametrize("where", ["duckdb", "sail"])
def test_spam_shows_the_same(where, request):
    """Six rules over two hundred uploads, and each account's strongest signs, beside loops over every pair."""
    made = tables(0, 200)
    uploads, artists, matched = (made[name].to_pylist() for name in ("uploads", "artists", "matched"))
    expected = spam_oracle.signs(uploads, artists, matched, set(search_words()), msgspec.structs.asdict(SMALL))
    assert {one[0] for one in expected} == set(SIGNALS)
    with open_engine(where if where == "duckdb" else request.getfixturevalue(where)) as one:
        signs = signs_in(one, made, SMALL)
        found = strongest(one, signs)
    rows = [tuple(row.values()) for row in signs.to_pylist()]
    assert set(rows) == expected and len(rows) == len(expected)
    assert {
        (account, sign.signal): (sign.upload, sign.value, sign.among, sign.other, sign.uploads)
        for account, some in found.items()
        for sign in some
    } == spam_oracle.strongest(expected, {upload["upload"]: upload["account"] for upload in uploads})


@pytest.mark.parametrize("where", ["duckdb", "sail"])
def test_recordings_that_sound_alike_are_the_same(where, request):
    """Keys of twelve recordings joined, counted by place and gathered, beside plain loops; a common key is left out."""
    rng = np.random.default_rng(4)
    song = [(int(key), int(cell)) for key, cell in zip(rng.integers(0, 900, 40), rng.integers(0, 99, 40), strict=True)]
    rows = [(int(rng.integers(0, 900)), n, int(rng.integers(0, 99))) for n in range(12) for _ in range(40)]
    rows += [(key, n, cell + 7 * n) for n in (2, 5, 9) for key, cell in song[: 30 + n]] + [(7, n, 3) for n in range(12)]
    limits = bulk.Limits(common=11, floor=6)
    table = pa.table([list(column) for column in zip(*rows, strict=True)], ["key", "recording", "cell"])
    expected = integrity_oracle.alike(rows, limits.common, limits.floor)
    assert {row[:2] for row in expected} >= {(2, 5), (2, 9), (5, 9)} and len(expected) < 40
    links = [(2, 9), (5, 9), (0, 1)]
    with open_engine(where if where == "duckdb" else request.getfixturevalue(where)) as one:
        assert bulk.alike(one, table, limits) == expected
        assert bulk.gathered(one, links) == integrity_oracle.gathered(links) == [[0, 1], [2, 5, 9]]


@pytest.mark.parametrize("where", ["duckdb", "sail"])
def test_what_a_mix_may_join_is_the_same(where, request):
    """Where one may be a mix, and which links stand beside mixes, as plain loops say; no mix at all and no link at all too."""
    rng = np.random.default_rng(5)
    engine = where if where == "duckdb" else request.getfixturevalue(where)
    with open_engine(engine) as one:
        assert bulk.rivals(one, []) == bulk.standing(one, [], []) == []
        for _ in range(3):
            pairs = sorted({(min(p), max(p)) for p in rng.integers(0, 12, (24, 2)).tolist() if p[0] != p[1]})
            links = [(*pair, int(rng.integers(0, 2)), int(rng.integers(1, 5))) for pair in pairs]
            threes = integrity_oracle.rivals(links)
            assert bulk.rivals(one, links) == threes and len(threes) > 2
            for share in (0.0, 0.3, 1.0):
                mixes = [three for three in threes if rng.random() < share]
                assert bulk.standing(one, links, mixes) == integrity_oracle.standing_links(links, mixes)


def test_story_6_comes_out_the_same(sail):
    """The statements of story 6 are the same bytes whichever engine divided the money."""
    with open_engine("duckdb") as duck, open_engine(sail) as engine:
        assert [text for _, text in close(story(), engine).statements] == [
            text for _, text in close(story(), duck).statements
        ]


def test_corrected_events_are_divided_the_same(sail, tmp_path):
    """Read past their corrections, in two parts: the statements of the events that are left, on either engine."""
    whole = listens("C1", "C2", "C1", "C2", "C2")
    paths = [tmp_path / f"{n}.parquet" for n in range(2)]
    for path, part in zip(paths, (whole.slice(0, 3), whole.slice(3)), strict=True):
        parquet.write_table(part, path)
    gone = pa.table({"source": ["s", "s"], "id": ["2", "4"]})
    standing = View(rule("metering/counted"), {"as_sent": paths, "corrections": gone})
    left = whole.filter(pc.invert(pc.is_in(whole["id"], pa.array(["2", "4"]))))
    with open_engine("duckdb") as duck, open_engine(sail) as engine:
        expected = list(close(story(events=left), duck).statements)
        assert expected != list(close(story(events=whole), duck).statements)
        for number, where in enumerate((duck, engine)):
            folder = Folder(tmp_path / f"work{number}")
            assert list(close(story(events=standing), where, folder=folder).statements) == expected


def test_what_a_rule_gives_is_written_apart_by_a_column(engine, tmp_path):
    """The rows of each value lie in a folder of their own and are read again, what is 128 bits wide too; of no rows none do."""
    engine.table("t", pa.table({"a": [1, 2, 3], "n": [7, 8, 7]}))
    apart = Rule("apart", "SELECT a, CAST(a AS {i128}) AS wide, CAST(n AS INT) AS n FROM t WHERE a < {below}")
    engine.write(apart, tmp_path / "some", {"below": "4"}, by="n")
    assert {path.name for path in (tmp_path / "some").iterdir() if path.is_dir()} == {"n=7", "n=8"}
    engine.table("u", sorted((tmp_path / "some" / "n=7").glob("*.parquet")))
    engine.run(Rule("back", "SELECT a, CAST(wide AS BIGINT) AS wide FROM u"), "v")
    assert engine.fetch("v", "a").to_pylist() == [{"a": 1, "wide": 1}, {"a": 3, "wide": 3}]
    engine.write(apart, tmp_path / "none", {"below": "0"}, by="n")
    assert list((tmp_path / "none").rglob("*=*")) == []


def test_a_quarter_of_usage_comes_out_the_same(engine, tmp_path, monkeypatch):
    """20,000 events, two features, two territories, two epochs, every model: not one micro differs from DuckDB's."""
    comes_out_the_same(engine, CURRENT.division, tmp_path, monkeypatch)


@pytest.mark.parametrize("number", sorted(set(DIVISIONS) - {CURRENT.division}))
def test_old_divisions_come_out_the_same(sail, number, tmp_path, monkeypatch):
    """What old statements are made again by, on Sail (PySpark takes a minute for each)."""
    with open_engine(sail) as engine:
        comes_out_the_same(engine, number, tmp_path, monkeypatch)


def comes_out_the_same(engine, number, tmp_path, monkeypatch):
    """The third division and those after it count in two parts, which come to what DuckDB makes of them as a whole, and to the
    second's lines."""
    divide = DIVISIONS[number].divide
    creations = [f"cre_{n}" for n in range(12)]
    features = {creation: ("blend", "compose")[n % 2] for n, creation in enumerate(creations)}
    events = make_events(creations, features, ["DE", "JP"], 300, Q3.months, seed=5, n=20_000)
    pools = [
        Pool(
            number=n,
            feature=feature,
            territory=place,
            currency="EUR",
            revenue_micros=1_234_567_891 * (n + 1),
            model=MODELS[n % 3],
        )
        for n, (feature, place) in enumerate((f, p) for f in ("blend", "compose") for p in ("DE", "JP"))
    ]
    middle = Q3.start.replace(month=8, day=15, hour=3)
    epochs = [
        Epoch(territory=place, number=2 * n + half, start=start, end=end)
        for n, place in enumerate(("DE", "JP"))
        for half, (start, end) in enumerate(((Q3.start, middle), (middle, Q3.end)))
    ]
    rows = [
        Attributed(creation=creation, kind="source", subject=asset, units=units)
        for n, creation in enumerate(creations)
        for asset, units in (("X", n + 1), ("Y", 7))
    ]
    read = reader({"X": X, "Y": Y})
    with open_engine("duckdb") as duck:
        expected = divide(duck, Q3, events, pools, epochs, rows, read)
        before = DIVISIONS[2].divide(duck, Q3, events, pools, epochs, rows, read) if number > 2 else expected
    inputs = events
    if number > 2:
        monkeypatch.setattr(purses, "TOGETHER", 6_000)
        monkeypatch.setattr(fourth, "TOGETHER", 200)
        monkeypatch.setattr(counting, "AT_ONCE", 15_000)
        inputs = [tmp_path / "1.parquet", tmp_path / "2.parquet"]
        for path, part in zip(inputs, (events.slice(0, 12_000), events.slice(12_000)), strict=True):
            parquet.write_table(part, path)
        assert len(counting.parts_of(inputs)) == 2
    found = divide(engine, Q3, inputs, pools, epochs, rows, read, folder=Folder(tmp_path / "work"))
    assert list(found.lines) == list(expected.lines) == list(before.lines)
    for name, path in expected.tables.items():
        assert found.tables[name].read_bytes() == path.read_bytes(), name


def test_spark_is_stopped_and_its_scratch_is_gone(engine_url, tmp_path, monkeypatch):
    """What an engine wrote for itself does not outlive it."""
    monkeypatch.setenv("ACCORD_ENGINE_SCRATCH", str(tmp_path))
    with open_engine(engine_url) as engine:
        engine.table("t", pa.table({"a": [1]}))
        assert engine.fetch("t").num_rows == 1
    assert os.listdir(tmp_path) == []
