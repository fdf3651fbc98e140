"""Usage events in: what is counted, what is turned away and why, and that nothing counts twice."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet
import pytest
from tests.unit.metering.made import ACTOR, AT, OTHERWISE, event, ingest, lines

from accord.journal.actions import rebuild
from accord.journal.queries import facts_of, table_digest
from accord.metering import actions, queries, reading
from accord.metering.keys import SAYS
from accord.metering.models import SeenEvent
from accord.metering.periods import parse
from accord.metering.reading import read_lines
from accord.terms.refusal import BadInput

EVERY = "listen, create, remix, share, export, train-run, void"

pytestmark = pytest.mark.django_db


def counted() -> int:
    return queries.events().num_rows


def test_an_event_is_counted_and_kept():
    """One line in, one row in one segment, one fact."""
    report = ingest(event())
    assert (report.accepted, report.duplicates, report.rejected) == (1, 0, ())
    (entry,) = facts_of("metering.segment-appended")
    assert (entry.fact.rows, entry.fact.listens, (entry.fact.segment,)) == (1, 1, report.segments)
    row = queries.events().to_pylist()[0]
    assert (row["id"], row["at"], row["seconds"]) == ("e1", datetime(2026, 8, 1, 12), 30)


def test_a_batch_sent_again_changes_nothing():
    """No second segment, no second fact: all of it is duplicates."""
    ingest(event("e1"), event("e2"))
    report = ingest(event("e1"), event("e2"))
    assert (report.accepted, report.duplicates, report.segments) == (0, 2, ())
    assert counted() == 2 and len(list(facts_of("metering.segment-appended"))) == 1


def test_a_batch_that_was_half_sent_counts_the_other_half():
    """Overlapping batches count each event once."""
    ingest(event("e1"), event("e2"))
    report = ingest(event("e2"), event("e3"))
    assert (report.accepted, report.duplicates) == (1, 1) and counted() == 3


def test_a_duplicate_inside_a_batch_counts_once():
    """The first of them stays."""
    report = ingest(event("e1"), event("e2"), event("e1"))
    assert (report.accepted, report.duplicates, report.rejected) == (2, 1, ())


@pytest.mark.parametrize(
    "change",
    [
        *(
            {"seconds": 20},
            {"seconds": None},
            {"kind": "share"},
            {"feature": "x"},
            {"creation": "cre_2"},
            {"user": None},
        ),
        *({"territory": "FR"}, {"revenue_micros": 0}, {"at": "2026-08-01T12:00:01Z"}, {"session": "s"}),
    ],
    ids=str,
)
def test_the_same_id_with_another_body_is_said(change):
    """In the same batch and in a later one: what was counted stands, and the line is turned away by its number."""
    report = ingest(event("e1"), event("e2"), event("e1", **change))
    again = ingest(event("e3"), event("e1", **change), event("e1"))
    assert (report.accepted, report.duplicates, again.accepted, again.duplicates) == (2, 0, 1, 1)
    assert [(one.line, one.reason) for one in report.rejected] == [(3, OTHERWISE)]
    assert [(one.line, one.reason) for one in again.rejected] == [(2, OTHERWISE)]
    assert queries.events().filter(pc.field("id") == "e1").select(SAYS).to_pylist() == [
        dict.fromkeys(SAYS)
        | {name: event()[name] for name in SAYS if name in event()}
        | {"at": datetime(2026, 8, 1, 12)}
    ]


def test_an_instant_said_in_another_zone_is_the_same_body():
    """What counts is the instant; and no text is the same as an empty one, as CSV has it."""
    ingest(event("e1", session=""))
    assert ingest(event("e1", at="2026-08-01T14:00:00+02:00")).duplicates == 1


def test_the_same_id_of_another_source_is_another_event():
    """An id is unique with its source, so that one sender cannot suppress another's events."""
    report = ingest(event("e1"), event("e1", source="https://other.example"))
    assert report.accepted == 2


def test_a_source_and_an_id_cannot_be_shifted_into_each_other():
    """`a` + `b c` and `a b` + `c` are two events; a source holds no space and neither holds a control character."""
    report = ingest(event("b c", source="a"), event("c", source="a b"), event("x\ny"))
    assert report.accepted == 1
    assert [one.reason for one in report.rejected] == ["source `a b` holds a space", "`id` holds a control character"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "the line is not one JSON object"),
        (b"[1]", "`line`: expected `object`, got `array`"),
        (b'{"data":' * 100_000, "unreadable: maximum recursion depth exceeded while deserializing an object"),
        (event(id=None), "`id` is missing"),
        (event(kind="hum"), f"`hum` is not a kind of event: {EVERY}"),
        (event(territory="XX"), "`XX` is not a territory"),
        (event(at="2026-08-01T12:00:00"), "`2026-08-01T12:00:00` has no offset"),
        (event(at="yesterday"), "`at`: invalid RFC3339 encoded datetime"),
        (event(at="2027-08-01T12:00:00Z"), "`2027-08-01T12:00:00` lies in the future"),
        (event(at="1970-01-01T00:00:00Z"), "`1970-01-01T00:00:00` lies before 2000, where no period is"),
        (
            event(at="0001-01-01T00:00:00+14:00"),
            "`-62135647200000000 microseconds from 1970` lies before 2000, where no period is",
        ),
        (event(seconds="30"), "`seconds`: expected `int | null`, got `str`"),
        (event(seconds=-1), "-1 seconds is not a length of listening"),
        (event(seconds=10**30), "`seconds`: expected `int` <= 9223372036854775807"),
        (event(revenue_micros=-5), "revenue `-5` is below zero"),
        (event(creation=None), "`creation` is missing"),
        (event(user="ann@example.org"), "`user` must be a pseudonym, not an address"),
        (event(feature="x" * 300), "`feature` is longer than 200 characters"),
        (event(kind="void"), "a `void` must say which event it `corrects`"),
        (event(corrects="e1"), "event `e1` cannot correct itself"),
    ],
)
def test_a_bad_line_is_named_with_its_reason(line, reason):
    """The lines around it are kept, and it is told by its number."""
    report = ingest(event("a"), line, event("b"))
    assert report.accepted == 2
    (rejected,) = report.rejected
    assert rejected.line == 2
    assert rejected.reason == reason


def test_a_train_run_needs_no_creation():
    """It is a use of sources before anything is created."""
    assert ingest(event(kind="train-run", creation=None)).accepted == 1


def test_cloud_events_are_read():
    """The envelope of CloudEvents 1.0: type, time and data; source and id are its own."""
    made = {
        "specversion": "1.0",
        "type": "org.accord.usage.share",
        "source": "urn:x",
        "id": "1",
        "time": "2026-08-01T14:00:00+02:00",
        "datacontenttype": "application/json",
        "data": {"feature": "blend", "creation": "cre_1", "user": "u", "territory": "FR", "seconds": 5},
    }
    assert ingest(made).accepted == 1
    row = queries.events().to_pylist()[0]
    assert (row["kind"], row["source"], row["at"], row["territory"]) == (
        "share",
        "urn:x",
        datetime(2026, 8, 1, 12),
        "FR",
    )


def test_the_envelope_in_the_docs_is_counted():
    """What docs/money.md shows is what comes in."""
    shown = (Path(__file__).parents[3] / "docs/money.md").read_text().split("```json\n")[1].partition("```")[0]
    (one,) = json.loads(shown)
    assert ingest(one).accepted == 1


def test_csv_parquet_and_lines_are_the_same_events(tmp_path):
    """Each way in gives the same keys, so that a file sent in two formats counts once."""
    made = [event(f"e{n}") for n in range(3)]
    with open(tmp_path / "u.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, list(made[0]))
        writer.writeheader()
        writer.writerows(made)
    rows = [one | {"at": datetime(2026, 8, 1, 12, tzinfo=UTC)} for one in made]
    parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "u.parquet")
    (tmp_path / "u.jsonl").write_bytes(b"\n".join(lines(*made)) + b"\n\n")
    reports = [actions.ingest(tmp_path / name, "x", AT, ACTOR) for name in ("u.csv", "u.parquet", "u.jsonl")]
    assert [(one.accepted, one.duplicates) for one in reports] == [(3, 0), (0, 3), (0, 3)]


def test_csv_lines_are_counted_as_an_editor_counts_them(tmp_path):
    """The header is line 1."""
    (tmp_path / "u.csv").write_text(
        "source,id,kind,feature,creation,user,territory,at\ns,1,hum,b,c,u,DE,2026-08-01T00:00:00Z\n"
    )
    assert actions.ingest(tmp_path / "u.csv", "x", AT, ACTOR).rejected[0].line == 2


def test_a_file_that_is_none_is_bad_input(tmp_path):
    """Bytes that call themselves Parquet, and a file that is not there."""
    (tmp_path / "u.parquet").write_bytes(b"PAR1 not really")
    for name in ("u.parquet", "missing.jsonl"):
        with pytest.raises(BadInput, match=r"usage events|cannot be read"):
            actions.ingest(tmp_path / name, "x", AT, ACTOR)
    assert list(facts_of()) == []


CSV = "source,id,kind,feature,creation,territory,at\n"
ROW = "s,{},listen,blend,cre_1,DE,2026-08-01T12:00:00Z"


@pytest.mark.parametrize("name", ["u.csv", "u.jsonl"])
def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path, name):
    """A file that a spreadsheet saved counts the same events, under the same source, as one without the mark."""
    text = CSV + ROW.format("e1") if name == "u.csv" else json.dumps(event("e1", source="s"))
    (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert actions.ingest(tmp_path / name, "x", AT, ACTOR).accepted == 1
    assert queries.events().select(["source", "id"]).to_pylist() == [{"source": "s", "id": "e1"}]


@pytest.mark.parametrize(
    ("header", "words"),
    [("source,id,id,kind\n", "the column `id` is there twice"), ("source;id;kind\n", "no column is named `id`")],
)
def test_a_header_that_is_none_is_bad_input(tmp_path, header, words):
    """Two columns of one name, or another divider: nothing is guessed and nothing is written."""
    (tmp_path / "u.csv").write_text(header + "s,1,2,listen\n")
    with pytest.raises(BadInput, match=words):
        actions.ingest(tmp_path / "u.csv", "x", AT, ACTOR)


def test_a_line_with_too_many_cells_is_turned_away(tmp_path):
    """A comma too many has shifted its cells; the lines around it are kept."""
    (tmp_path / "u.csv").write_text(CSV + f"{ROW.format('e1')}\n{ROW.format('e,2')}\n{ROW.format('e3')}\n")
    report = actions.ingest(tmp_path / "u.csv", "x", AT, ACTOR)
    assert report.accepted == 2
    assert [(one.line, one.reason) for one in report.rejected] == [
        (3, "the line has more cells than the first line has columns")
    ]


@pytest.mark.parametrize(
    "at",
    [
        pa.array([datetime(2026, 8, 1, 12)], pa.timestamp("s")),
        pa.array([datetime(2026, 8, 1, 14)], pa.timestamp("ms")).cast(pa.timestamp("ms", "Europe/Berlin")),
        pa.array([1_785_585_600_000_000_999], pa.timestamp("ns", "UTC")),
    ],
    ids=["without a zone", "with one", "nanoseconds"],
)
def test_instants_of_parquet_are_utc(tmp_path, at):
    """Whatever unit and zone the column has: the instant is that of the clock it was read from, in microseconds."""
    rows = pa.table({name: [value] for name, value in event().items() if name != "at"}).append_column("at", at)
    parquet.write_table(rows, tmp_path / "u.parquet")
    assert actions.ingest(tmp_path / "u.parquet", "x", AT, ACTOR).accepted == 1
    hour = 14 if pa.types.is_timestamp(at.type) and at.type.tz == "Europe/Berlin" else 12
    assert queries.events()["at"].to_pylist() == [datetime(2026, 8, 1, hour)]


def test_instants_as_text_in_parquet_are_bad_input(tmp_path):
    """A date without a zone would be taken for UTC; the sentence says what the column lacks."""
    parquet.write_table(pa.Table.from_pylist([event(at="2026-08-01")]), tmp_path / "u.parquet")
    with pytest.raises(BadInput, match="it is string, which does not say where on Earth its clock stood"):
        actions.ingest(tmp_path / "u.parquet", "x", AT, ACTOR)


def test_an_event_without_a_source_is_the_senders():
    """The sender's name stands in for it."""
    ingest(event(source=None))
    assert queries.events()["source"].to_pylist() == ["test"]


def test_late_events_count_in_the_period_they_happened_in():
    """When it was heard decides, not when it arrived."""
    ingest(event("e1", at="2026-09-30T23:59:59Z"), event("e2", at="2026-07-01T00:00:00Z"))
    actions.ingest(lines(event("late", at="2026-07-31T23:59:59Z")), "test", AT, ACTOR)
    july = parse("2026-07")
    inside = [row for row in queries.events(july)["at"].to_pylist() if july.start.replace(tzinfo=None) <= row]
    assert len([at for at in inside if at < july.end.replace(tzinfo=None)]) == 2


def test_nothing_metered_is_an_empty_table():
    """Figures can ask before the first event."""
    assert queries.countable(parse("2026-Q3")).num_rows == 0


def test_a_rebuild_remembers_every_key():
    """Law 6: after a rebuild the same batch is still all duplicates."""
    ingest(event("e1"), event("e2"))
    before = table_digest()
    SeenEvent.objects.all().delete()
    rebuild()
    assert table_digest() == before
    assert ingest(event("e1"), event("e3")).duplicates == 1


def test_a_later_report_of_revenue_replaces_the_earlier():
    """The earlier one is still known as of then."""
    actions.report_revenue("blend", "DE", "2026-07", 100, "EUR", AT, ACTOR)
    first = queries.revenue()[0].known_from
    actions.report_revenue("blend", "DE", "2026-07", 250, "EUR", AT, ACTOR)
    assert [one.amount_micros for one in queries.revenue(parse("2026-Q3"))] == [250]
    assert [one.amount_micros for one in queries.revenue(known=first)] == [100]


@pytest.mark.parametrize(
    ("territory", "period", "amount", "currency"),
    [
        ("XX", "2026-07", 1, "EUR"),
        ("DE", "2026-13", 1, "EUR"),
        ("DE", "2026-07", -1, "EUR"),
        ("DE", "2026-07", 1, "euro"),
        ("DE", "2026-07", 1, "E1R"),
        ("DE", "2026-07", 2**63 - 1, "EUR"),
    ],
)
def test_revenue_that_cannot_be_is_bad_input(territory, period, amount, currency):
    """No such place, month, amount or currency; nothing is written."""
    with pytest.raises(BadInput):
        actions.report_revenue("blend", territory, period, amount, currency, AT, ACTOR)
    assert queries.revenue() == []


@pytest.mark.parametrize(("first", "second"), [("2026-08", "2026-Q3"), ("2026-Q3", "2026-08")])
def test_a_quarter_is_reported_whole_or_by_its_months(first, second):
    """Both would be paid; taken back with a report of nothing, the first makes room for the second."""
    actions.report_revenue("blend", "DE", first, 100, "EUR", AT, ACTOR)
    with pytest.raises(BadInput, match=f"revenue of `blend` in DE is reported for {first} already"):
        actions.report_revenue("blend", "DE", second, 300, "EUR", AT, ACTOR)
    actions.report_revenue("blend", "DE", first, 0, "EUR", AT, ACTOR)
    actions.report_revenue("blend", "DE", second, 300, "EUR", AT, ACTOR)
    actions.report_revenue("blend", "FR", first, 100, "EUR", AT, ACTOR)
    assert sum(one.amount_micros for one in queries.revenue(parse("2026-Q3"))) == 400


@pytest.mark.parametrize("feature", ["", "x" * 81, "bl\nend"])
def test_a_feature_that_cannot_be_earns_nothing(feature):
    """An id that no feature can have is turned away before it is written."""
    with pytest.raises(BadInput, match="is not a feature"):
        actions.report_revenue(feature, "DE", "2026-07", 1, "EUR", AT, ACTOR)


@pytest.mark.parametrize(("plays", "sessions"), [(-1, 0), (0, -1), (2**60, 0), (0, 10**40)])
def test_plays_that_cannot_be_are_bad_input(plays, sessions):
    """Neither less than none nor more than the journal can write."""
    with pytest.raises(BadInput, match="is not a number that can be reported"):
        actions.report_platform_plays("DE", "2026-07", plays, sessions, AT, ACTOR)
    assert queries.platform_plays() == []


def test_all_plays_of_the_platform_are_metered():
    """They are the denominator of the share that AI features touch."""
    actions.report_platform_plays("DE", "2026-07", 1000, 140, AT, ACTOR)
    (only,) = queries.platform_plays(parse("2026-Q3"))
    assert (only.plays, only.sessions, only.period) == (1000, 140, "2026-07")


def test_two_hundred_thousand_events_are_read_in_seconds():
    """The reader turns lines into columns at more than 50,000 a second, on any machine that runs the tests."""
    import time

    one = json.dumps(event()).encode()
    start = time.perf_counter()
    table, rejected = read_lines([one] * 20_000, "x")
    assert table.num_rows == 20_000 and not rejected
    assert time.perf_counter() - start < 4


def test_a_report_can_be_written_as_json():
    """Machines read what people read."""
    assert msgspec.json.encode(ingest(event(), b"{"))


@pytest.mark.parametrize("name", ["u.json", "u.jsonl"])
def test_a_batch_of_cloud_events_as_a_file(tmp_path, name):
    """One JSON array, as it would be posted: the same events as by line, whatever the file is called."""
    (tmp_path / name).write_bytes(
        b" \n" + json.dumps([event("e1"), event("e2", kind="hum"), event("e3")], indent=1).encode()
    )
    report = actions.ingest(tmp_path / name, "x", AT, ACTOR)
    assert report.accepted == 2
    assert [(one.line, one.reason) for one in report.rejected] == [(2, f"`hum` is not a kind of event: {EVERY}")]


def test_a_file_of_any_size_is_read_in_parts(tmp_path, monkeypatch):
    """Each part is a segment; lines are counted through; what comes twice in two parts counts once."""
    monkeypatch.setattr(reading, "AT_ONCE", 4)
    made = [event(f"e{n % 9}") for n in range(10)]
    with open(tmp_path / "u.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, list(made[0]))
        writer.writeheader()
        writer.writerows([*made, event("bad", kind="hum")])
    rows = [one | {"at": datetime(2026, 8, 1, 12, tzinfo=UTC)} for one in [*made, event("bad", kind="hum")]]
    parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "u.parquet")
    (tmp_path / "u.jsonl").write_bytes(b"\n".join(lines(*made, event("bad", kind="hum"))))
    for name, bad in (("u.csv", 12), ("u.parquet", 11), ("u.jsonl", 11)):
        report = actions.ingest(tmp_path / name, "x", AT, ACTOR)
        assert report.accepted + report.duplicates == 10 and [one.line for one in report.rejected] == [bad]
        assert len(report.segments) == (3 if name == "u.csv" else 0)
    assert counted() == 9


def test_bytes_that_are_no_text_turn_away_their_line(tmp_path):
    """One line of a large file in another encoding does not lose the others."""
    row = ROW.format("e1").encode()
    (tmp_path / "u.csv").write_bytes(CSV.encode() + row + b"\n" + row.replace(b"e1", b"e\xe9") + b"\n")
    report = actions.ingest(tmp_path / "u.csv", "x", AT, ACTOR)
    assert report.accepted == 1
    assert [(one.line, one.reason) for one in report.rejected] == [(3, "the line is not UTF-8")]


def test_numbers_of_a_data_frame_are_whole_or_turned_away(tmp_path):
    """A column of floats, as a data frame makes of numbers with gaps: whole ones are taken, nothing is rounded."""
    rows = [event(f"e{n}") | {"at": datetime(2026, 8, 1, 12, tzinfo=UTC)} for n in range(4)]
    table = pa.Table.from_pylist(rows).drop_columns("seconds")
    parquet.write_table(table.append_column("seconds", [[30.0, 1.5, float("nan"), 1e300]]), tmp_path / "u.parquet")
    report = actions.ingest(tmp_path / "u.parquet", "x", AT, ACTOR)
    assert sorted(queries.events()["seconds"].to_pylist(), key=str) == [30, None]
    assert [(one.line, one.reason) for one in report.rejected] == [
        (2, "`seconds`: 1.5 is not a whole number of 64 bits"),
        (4, "`seconds`: 1e+300 is not a whole number of 64 bits"),
    ]


def test_a_file_that_breaks_off_says_how_far_it_was_counted(tmp_path, monkeypatch):
    """What was counted stays, and the whole file can be sent again once it is mended."""
    monkeypatch.setattr(reading, "AT_ONCE", 2)
    rows = [event(f"e{n}") | {"at": datetime(2026, 8, 1, 12, tzinfo=UTC)} for n in range(3)]
    table = pa.Table.from_pylist(rows)
    bad = pa.array([b"e0", b"e1", b"e\xff"], pa.binary()).view(pa.string())
    parquet.write_table(table.set_column(1, "id", bad), tmp_path / "u.parquet")
    with pytest.raises(BadInput, match="after 2 lines, which were counted") as told:
        actions.ingest(tmp_path / "u.parquet", "x", AT, ACTOR)
    assert told.value.do == "mend it and send it again" and counted() == 2
    parquet.write_table(table, tmp_path / "u.parquet")
    report = actions.ingest(tmp_path / "u.parquet", "x", AT, ACTOR)
    assert (report.accepted, report.duplicates) == (1, 2)


def test_a_clock_that_fell_back_turns_nothing_away():
    """Nothing that was in the past yesterday is in the future today; a clock that is right says the same as ever."""
    ingest(event("e1"))
    early = datetime(2001, 1, 1, tzinfo=UTC)
    report = actions.ingest(
        lines(event("e1"), event("e2"), event("e3", at="2027-08-01T12:00:00Z")), "test", early, ACTOR
    )
    assert (report.accepted, report.duplicates) == (1, 1)
    assert [one.reason for one in report.rejected] == ["`2027-08-01T12:00:00` lies in the future"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"specversion": "0.3"}, "`specversion` is 0.3, not 1.0"),
        ({"specversion": None}, "`specversion` is missing, not 1.0"),
        ({"source": None}, "`source` is missing"),
        ({"type": None}, "`type` is missing"),
        ({"data": None}, "`data` is missing"),
        (
            {"type": "accord.usage.listen"},
            f"`accord.usage.listen` is not a type of event: `org.accord.usage.` and one of {EVERY}",
        ),
        ({"time": "2026-08-01T14:00:00"}, "`2026-08-01T14:00:00` has no offset"),
        ({"time": None}, "`at` is missing"),
    ],
    ids=str,
)
def test_an_envelope_that_is_none_is_turned_away(change, reason):
    """CloudEvents 1.0 asks for its version, source and type; ours asks for the time and the data."""
    good = {"specversion": "1.0", "type": "org.accord.usage.share", "source": "urn:x", "id": "1"}
    good |= {"time": "2026-08-01T14:00:00Z", "data": {"feature": "b", "creation": "c", "territory": "FR"}}
    report = ingest(good, {name: value for name, value in (good | {"id": "2"} | change).items() if value is not None})
    assert report.accepted == 1
    assert [one.reason for one in report.rejected] == [reason]
