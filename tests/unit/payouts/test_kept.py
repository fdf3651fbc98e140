"""What a division keeps in its folder: whoever divides the same again goes on from it, whoever divides something else not."""

from __future__ import annotations

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet
import pytest
from tests.unit.payouts.made import X, listens, reader, source, story

from accord.engine.running import open_engine, rule
from accord.engine.view import View
from accord.governance.records import USER_CENTRIC
from accord.payouts import counting, purses, tables
from accord.payouts.closing import close
from accord.payouts.tables import Folder

KEPT = ", kept from before"


@pytest.fixture
def events(tmp_path, monkeypatch):
    """Story 6's listens in two files, each a part of its own and by a listener of its own."""
    monkeypatch.setattr(counting, "AT_ONCE", 1)
    paths = [tmp_path / f"{number}.parquet" for number in (1, 2)]
    parquet.write_table(listens("C1", "C1"), paths[0])
    others = listens("C1", "C2").set_column(1, "id", pa.array(["8", "9"]))
    parquet.write_table(
        others.set_column(others.schema.get_field_index("user"), "user", pa.array(["u2"] * 2)), paths[1]
    )
    return paths


def divided(folder, **changes):
    """(the statements, the steps that were kept from before)."""
    said: list[str] = []
    with open_engine("duckdb") as engine:
        closing = close(story(**changes), engine, said.append, folder)
        return [text for _, text in closing.statements], [words.removesuffix(KEPT) for words in said if KEPT in words]


def test_the_same_again_is_taken_from_what_was_kept(events, tmp_path):
    """Listens and lines: the statements are the same bytes as without a folder."""
    folder = Folder(tmp_path / "work")
    first, kept = divided(folder, events=events)
    assert kept == []
    again, kept = divided(folder, events=events)
    assert kept == [
        "listens counted", "pools shared among what creations were made from", "assets shared among recipients",
    ]  # fmt: skip
    assert first == again == divided(None)[0]


def test_pools_in_which_people_weigh_are_kept_too(events, tmp_path, monkeypatch):
    """One share of listeners at a time; the second try counts nothing, and a share that is lost is counted again alone."""
    monkeypatch.setattr(purses, "TOGETHER", 1)
    folder = Folder(tmp_path / "work")
    given = {"pools": [msgspec.structs.replace(pool, model=USER_CENTRIC) for pool in story().pools], "events": events}
    first, kept = divided(folder, **given)
    shares = sorted(folder.path.glob("listened-*"))
    assert kept == [] and len(shares) > 1
    counted = counting_of(monkeypatch)
    again, kept = divided(folder, **given)
    assert (kept[0], counted) == ("listens counted", [])
    shares[0].unlink()
    once_more, kept = divided(folder, **given)
    assert counted == ["listened"] and first == again == once_more == divided(None, **given)[0]


def counting_of(monkeypatch):
    """What is counted from now on, in a list that grows."""
    counted = []
    there = counting.Counting._count

    def count(self, what, *more):
        counted.append(what)
        there(self, what, *more)

    monkeypatch.setattr(counting.Counting, "_count", count)
    return counted


def test_other_claims_divide_the_same_listens_anew(events, tmp_path):
    """Nobody claims Y any more: its listens are not counted again, its money goes elsewhere."""
    folder = Folder(tmp_path / "work")
    divided(folder, events=events)
    other = {"reader": reader({"X": X}), "events": events}
    found, kept = divided(folder, **other)
    assert kept == ["listens counted"]
    assert found == divided(None, **other)[0] != divided(None, events=events)[0]


def standing(paths, *gone):
    """The listens of some files but those that were taken back, as metering hands them on."""
    ids = pa.table({"source": ["s"] * len(gone), "id": pa.array(gone, pa.string())})
    return View(rule("metering/counted"), {"as_sent": paths, "corrections": ids})


def test_corrected_events_are_counted_in_parts_and_kept(events, tmp_path):
    """None is read into memory: the parts stand by their files and by what was corrected, and another correction counts anew."""
    folder = Folder(tmp_path / "work")
    kept_of = {"events": standing(events, "9")}
    first, kept = divided(folder, **kept_of)
    assert kept == []
    assert len(counting.parts_of(kept_of["events"])) == 2
    again, kept = divided(folder, **kept_of)
    assert kept[0] == "listens counted" and again == first
    without = pa.concat_tables(parquet.read_table(path) for path in events)
    assert first == divided(None, events=without.filter(pc.not_equal(without["id"], "9")))[0]
    other, kept = divided(folder, events=standing(events, "8"))
    assert kept == [] and other != first


def test_events_in_memory_are_divided_anew_each_time(tmp_path):
    """They have no names that a kept table could be known by: nothing is taken from another division in the same folder."""
    folder = Folder(tmp_path / "work")
    divided(folder)
    other = {"reader": reader({"X": X})}
    found, kept = divided(folder, **other)
    assert kept == []
    assert found == divided(None, **other)[0] != divided(None)[0]


def test_more_listens_are_counted_and_the_others_not_again(events, tmp_path, monkeypatch):
    """A third file came in: the parts of the first two stand."""
    folder = Folder(tmp_path / "work")
    divided(folder, events=events)
    more = [*events, tmp_path / "3.parquet"]
    parquet.write_table(listens("C2"), more[2])
    counted = counting_of(monkeypatch)
    found, kept = divided(folder, events=more)
    assert (counted, kept) == (["heard"], [])
    assert found == divided(None, events=more)[0]


def test_another_attribution_is_divided_anew(events, tmp_path):
    """C2 is made from Y: the same people are asked, and the lines are others."""
    folder = Folder(tmp_path / "work")
    divided(folder, events=events)
    other = {"attributions": [source("C1", "X", 2), source("C1", "Y", 1), source("C2", "Y", 1)], "events": events}
    found, kept = divided(folder, **other)
    assert kept == ["listens counted"]
    assert found == divided(None, **other)[0]


def test_row_groups_are_cut_alike_however_the_rows_came(tmp_path, monkeypatch):
    """The bytes of a file do not depend on the parts it was written from, and a part is read without the others."""
    monkeypatch.setattr(tables, "ROWS", 10)
    whole = pa.table({"a": list(range(25)), "b": [str(n % 3) for n in range(25)]})
    folder, other = Folder(), Folder()
    folder.write("t", whole.schema, [whole])
    other.write("t", whole.schema, [whole.slice(0, 7), whole.slice(7, 0), whole.slice(7, 13), whole.slice(20)])
    assert folder.file("t").read_bytes() == other.file("t").read_bytes()
    assert parquet.ParquetFile(folder.file("t")).num_row_groups == 3
    assert tables.read(folder.file("t")).equals(whole)
    assert tables.read(folder.file("t"), ["a"], a=[3, 12, 99])["a"].to_pylist() == [3, 12]
    assert tables.sums(folder.file("t"), ("b",), "a", b=["0", "1"]) == {("0",): 108, ("1",): 92}
    empty = other.write("none", whole.schema, [])
    assert tables.read(empty).equals(whole.schema.empty_table())


def test_a_folder_without_a_name_goes_with_who_holds_it():
    """And one inside it holds it."""
    folder = Folder()
    inside = folder.inside("one")
    path = folder.path
    del folder
    assert inside.path.exists()
    del inside
    assert not path.exists()
