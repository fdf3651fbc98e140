"""Properties of metering.

| law | property | test |
|---|---|---|
| 6 facts are the truth | a rebuild gives the same rows and remembers every key | test_law_6_a_rebuild_remembers_every_key |
| | each (source, id) counts once, whatever the batches, their order and their repetitions | test_every_event_counts_once |
| | what was counted under an id stands; another body is said, never lost, however commits are grouped | test_what_stands_is_what_came_first |
| | a batch reads as its lines do, one by one | test_a_batch_reads_as_its_lines |
| | a plain batch says the same read at once, and is read at once exactly where nothing more is to be said | test_a_plain_batch_reads_as_its_lines |
| | a use counts once however often it is corrected | test_a_use_counts_once_however_it_is_corrected |
| | accepted + duplicates + rejected = lines sent | test_no_line_is_lost |
"""

from __future__ import annotations

import json

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.unit.metering.made import ACTOR, AT, event, standing_events

from accord.journal.actions import rebuild
from accord.journal.queries import table_digest
from accord.metering import actions, plain, queries
from accord.metering.events import KINDS, checks, reasons
from accord.metering.periods import parse
from accord.metering.reading import read_batch, read_lines

few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ids = st.integers(0, 12).map(lambda n: f"e{n}")
sources = st.sampled_from(("s", "t", "s/1"))
good = st.builds(lambda id, source: event(id, source=source), ids, sources)
bad = st.sampled_from((b"{", b"null", json.dumps(event(kind="hum")).encode(), json.dumps(event(id=None)).encode()))
LINES = tuple(
    json.dumps(one).encode()
    for one in (
        None, 7, {}, event(seconds="30"), event(at="2026-08-01T12:00:00"), event(kind=["listen"]),
        {"specversion": "1.0", "source": "s", "id": "1", "type": "org.accord.usage.void", "time": "2026-08-01T12:00:00Z",
         "data": {"corrects": "e1"}},
        {"specversion": "1.0", "id": "1", "type": "org.accord.usage.void", "data": {}},
    )
)  # fmt: skip
batch = st.lists(st.one_of(good, good, good, bad), max_size=8)
few_ids = st.integers(0, 4).map(lambda n: f"e{n}")
named = st.lists(st.tuples(few_ids, sources, st.integers(1, 2), st.none() | few_ids), max_size=8)  # the last: corrects


def lines(one) -> list[bytes]:
    return [line if isinstance(line, bytes) else json.dumps(line).encode() for line in one]


def keys(batches) -> set[tuple[str, str]]:
    return {(line["source"], line["id"]) for one in batches for line in one if isinstance(line, dict)}


def run_counted() -> list[str]:
    """The ids of the events that stand."""
    return standing_events(parse("2026-Q3"))["id"].to_pylist()


GONE = object()
#: Attributes of an envelope, those of `data` with a stop before: what they may come as.
ODD = [
    *(("time", at) for at in ("2026-08-01T12:00:00", "2026-08-01T14:00:00.1234567+02:00", "2026-10-02T09:00:00Z")),
    *(
        ("time", at)
        for at in ("2026-10-02T09:00:00.000001Z", "1999-12-31T23:59:59Z", "0001-01-01T00:00:00+05:00", 7, GONE)
    ),
    *(("specversion", said) for said in ("0.3", GONE)),
    *(("source", source) for source in ("", "a b", "x" * 200, "x" * 201, "ü" * 200, None)),
    *(("id", id) for id in ("", "a\nb", "\x7f", "\u2028", "😀", 5, GONE)),
    *(("type", f"org.accord.usage.{kind}") for kind in (*KINDS, "hum")),
    *(("feature", 7), ("at", "soon"), ("kind", "hum"), ("other", {"of": [1]}), ("data", None), ("data", GONE)),
    *((".territory", place) for place in ("ZZ", "de", "", GONE)),
    *((".user", user) for user in ("a@b", "", None, "x" * 201)),
    *((".seconds", seconds) for seconds in (-1, 0, 86_400, 86_401, 1.5, "30", 2**63, None)),
    *((".revenue_micros", micros) for micros in (-1, 0, 2**63 - 1, 2**63)),
    *((".creation", creation) for creation in ("", GONE, "c\tc")),
    *((".corrects", id) for id in ("e0", "other", "", None)),
    *((".session", session) for session in ("s", "", "x" * 201)),
    *((".data", {"id": "inner"}), (".data", {"id": 5}), (".kind", 5), (".feature", GONE)),
]


def enveloped(id: str, *changes) -> dict:
    """A CloudEvent with some of `ODD`."""
    use = {"feature": "blend", "creation": "cre_1", "user": "u1", "territory": "DE", "seconds": 30}
    made = {"specversion": "1.0", "source": "s", "id": id, "type": "org.accord.usage.listen", "data": use}
    made["time"] = "2026-08-01T12:00:00Z"
    for name, value in changes:
        (use if name.startswith(".") else made)[name.removeprefix(".")] = value
    return {name: value for name, value in {**made, "data": _kept(made["data"])}.items() if value is not GONE}


def _kept(value):
    return {name: one for name, one in value.items() if one is not GONE} if isinstance(value, dict) else value


@settings(few, max_examples=100)
@given(st.lists(st.lists(st.sampled_from(ODD), max_size=2), max_size=4), st.booleans())
@example([[("id", "\x7f")]], False)
def test_a_plain_batch_reads_as_its_lines(made, escaped):
    """All the checks, one by one, are the plain twin. Left to them: corrections, uses of no creation, text that is empty."""
    events = [enveloped(f"e{n}", *changes) for n, changes in enumerate(made)]
    body = json.dumps(events, ensure_ascii=escaped).encode()
    at_once = plain.read(body, 100, actions.PLACES, AT)
    table, rejected = read_batch(body, "x", 100)
    wrong = rejected or reasons(table, checks(actions.PLACES, AT))
    more = any(
        row["kind"] in ("void", "train-run") or row["corrects"] is not None or "" in (row["user"], row["session"])
        for row in table.select(["kind", "corrects", "user", "session"]).to_pylist()
    )
    assert (at_once is None) == bool(wrong or more)
    assert at_once is None or at_once.equals(table)


def came(stands, id, source, seconds, of) -> bool:
    """One line after those before it: whether it counts, or says again what does."""
    if (source, id) not in stands and of is not None:
        known = (source, of) in stands
        if not known or any(of == said for (whose, _), (_, said) in stands.items() if whose == source):
            return False
    return stands.setdefault((source, id), (seconds, of)) == (seconds, of)


class Metering(TestCase):
    """Each example in a transaction of its own."""

    @few
    @given(st.lists(batch, max_size=5), st.randoms(use_true_random=False))
    def test_every_event_counts_once(self, batches, random):
        """Batches sent in any order, twice, and cut apart: what is counted is the set of keys."""
        again = [*batches, *batches]
        random.shuffle(again)
        for one in again:
            middle = len(one) // 2
            for part in (one[:middle], one[middle:]):
                actions.ingest(lines(part), "x", AT, ACTOR)
        rows = queries.events().select(["source", "id"]).to_pylist()
        found = [(row["source"], row["id"]) for row in rows]
        assert len(found) == len(set(found)) and set(found) == keys(batches)

    @few
    @given(st.lists(st.tuples(st.booleans(), named), max_size=5))
    def test_what_stands_is_what_came_first(self, sent):
        """Beside a plain dictionary: line by line counted, a duplicate, or turned away with its number, however batches are
        grouped into commits (`alone`: the batch begins a commit). Every second batch ends with a line that is none."""
        stands: dict[tuple[str, str], tuple[int, str | None]] = {}
        expected, commits = [], []
        for number, (alone, one) in enumerate(sent):
            before, bad = len(stands), number % 2
            kept = [came(stands, *each) for each in one]
            said = [line for line, fine in enumerate(kept, 1) if not fine]
            new = len(stands) - before
            expected.append((new, len(one) - len(said) - new, said + [len(one) + 1] * bad))
            made = [event(id, source=source, seconds=s, corrects=of) for id, source, s, of in one]
            made = lines(made) + [b"{"] * bad
            if alone or not commits:
                commits.append([])
            commits[-1].append(actions.checked(read_lines(made, "x"), AT, ACTOR))
        reports = [report for commit in commits for report in actions.count(commit)]
        assert [(one.accepted, one.duplicates, [away.line for away in one.rejected]) for one in reports] == expected
        rows = queries.events().to_pylist()
        assert {(row["source"], row["id"]): (row["seconds"], row["corrects"]) for row in rows} == stands
        assert len(rows) == len(stands)

    @few
    @given(st.lists(st.one_of(good, good, st.sampled_from(LINES)), max_size=6))
    def test_a_batch_reads_as_its_lines(self, one):
        """The array decoded whole, or line by line when one is bad: the same columns, the same reasons."""
        made = lines(one)
        table, rejected = read_batch(b"[" + b",".join(made) + b"]", "x", 100)
        by_line, reasons = read_lines(made, "x")
        assert table.equals(by_line) and rejected == reasons

    @few
    @given(st.lists(st.tuples(st.integers(0, 8), st.booleans()), max_size=8), st.randoms(use_true_random=False))
    def test_a_use_counts_once_however_it_is_corrected(self, corrections, random):
        """An event, corrections of it and of those, and voids, in any order and batches: at most one stands."""
        made = [event("e")]
        for number, (of, void) in enumerate(corrections):
            made.append(
                event(f"e{number}", kind="void" if void else "listen", corrects=made[of % len(made)]["id"], seconds=1)
            )
        random.shuffle(made)
        middle = random.randrange(len(made) + 1)
        taken = 0
        for part in (made[:middle], made[middle:]):
            taken += actions.ingest(lines(part), "x", AT, ACTOR).accepted
        assert "e" in queries.events()["id"].to_pylist()
        standing = run_counted()
        assert len(standing) <= 1
        if taken == 1:
            assert standing == ["e"]

    @few
    @given(st.lists(batch, max_size=4))
    def test_no_line_is_lost(self, batches):
        """What becomes of every line is said."""
        for one in batches:
            report = actions.ingest(lines(one), "x", AT, ACTOR)
            assert report.accepted + report.duplicates + len(report.rejected) == len(one)

    @few
    @given(st.lists(batch, max_size=4))
    def test_law_6_a_rebuild_remembers_every_key(self, batches):
        """Law 6: after a rebuild the tables are the same and everything sent again is a duplicate."""
        for one in batches:
            actions.ingest(lines(one), "x", AT, ACTOR)
        before = table_digest()
        rebuild()
        assert table_digest() == before
        for one in batches:
            assert actions.ingest(lines(one), "x", AT, ACTOR).accepted == 0
