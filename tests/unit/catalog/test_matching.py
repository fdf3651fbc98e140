"""Which recording embodies which work, and which work arranges which."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from tests.unit.catalog import messages as m

from accord.catalog import actions, queries
from accord.catalog.cwr.records import OtherRecord
from accord.catalog.matching import Hint, Match, Named, matches
from accord.journal.queries import facts_of
from accord.terms.identifiers import iswc

ONE, TWO = frozenset({"w1"}), frozenset({"w1", "w2"})


def named(work: str, number: str | None = None, writers: frozenset[str] = ONE, title: str = "t") -> Named:
    return Named(work, number, frozenset({title}), writers)


@pytest.mark.parametrize(
    ("hint", "works", "found"),
    [
        (Hint("r", "T1", "t", ONE), [named("a", "T1", TWO, "other")], [Match("r", "a", "iswc")]),
        (Hint("r", None, "t", ONE), [named("a")], [Match("r", "a", "title-and-writers")]),
        (Hint("r", "T1", "t", ONE), [named("a")], [Match("r", "a", "title-and-writers")]),
        (Hint("r", "T1", "t", ONE), [named("a", "T2")], []),
        (Hint("r", None, "t", TWO), [named("a")], []),
        (Hint("r", None, "t", frozenset()), [named("a", writers=frozenset())], []),
        (Hint("r", None, "t", ONE), [named("a"), named("b")], []),
        (Hint("r", None, "other", ONE), [named("a")], []),
    ],
    ids=[
        "by ISWC, whatever the title",
        "by title and writers",
        "by title and writers, when the work has no ISWC yet",
        "never against another ISWC",
        "never with other writers",
        "never by a title alone",
        "never when two fit",
        "never by writers alone",
    ],
)
def test_a_recording_finds_its_work(hint: Hint, works: list[Named], found: list[Match]) -> None:
    """ISWC first, else title and writers, else nothing."""
    assert matches([hint], works) == found


@pytest.mark.django_db
class TestDelivered:
    """Matches as deliveries make them."""

    def registered(self, **changes: object) -> str:
        m.verified("Northlight", "publisher", ipi=m.PUBLISHER_1)
        publisher = m.publisher(m.PUBLISHER_1, "NORTHLIGHT", "100")
        report = actions.deliver_cwr(m.cwr(m.work(publisher, **changes)), **m.DOOR)
        return report.works[0]

    def test_title_and_writers_match_and_say_so(self, tmp_path: Path) -> None:
        """Without an ISWC on either side the match rests on title and writers, and its fact says that."""
        m.audio(tmp_path, "a1.wav")
        work = self.registered(iswc="")
        (tmp_path / "m.xml").write_bytes(m.ern(m.recording(works=())))
        actions.deliver(tmp_path / "m.xml", **m.DOOR)
        assert queries.find("isrc", m.ISRC).parents == (work,)
        assert [e.fact.method for e in facts_of("catalog.work-matched")] == ["title-and-writers"]

    def test_one_work_registered_by_two_publishers_is_one(self) -> None:
        """The second publisher's registration of the same ISWC adds its number and claims, and no second work."""
        work = self.registered()
        m.verified("Southlight", "publisher", ipi=m.PUBLISHER_2)
        other = m.work(m.publisher(m.PUBLISHER_2, "SOUTHLIGHT", "50"), number="S77", title="NIGHT FERRY (ALT)")
        report = actions.deliver_cwr(m.cwr(other, sender=m.PUBLISHER_2, name="SOUTHLIGHT"), **m.DOOR)
        assert report.works == (work,)
        assert queries.asset(work).title == "NIGHT FERRY" and len(queries.asset(work).identifiers) == 3

    def test_a_version_leads_to_its_original(self) -> None:
        """A modified work's VER record names the tune it arranges, by title where it has no ISWC."""
        tune = actions.register_tune("Old Tune", "printed 1690", **m.DOOR)
        original = OtherRecord("VER", "OLD TUNE".ljust(60) + " " * 11)
        assert queries.asset(self.registered(version="MOD", others=(original,))).parents == (tune,)

    def test_a_named_recording_is_matched(self, tmp_path: Path) -> None:
        """A registration that names a recording's ISRC matches it."""
        m.audio(tmp_path, "a1.wav")
        (tmp_path / "m.xml").write_bytes(m.ern(m.recording(works=(), contributors=())))
        actions.deliver(tmp_path / "m.xml", **m.DOOR)
        from accord.catalog.cwr.records import Recording

        work = self.registered(iswc=iswc.with_check_digit(777), recordings=(Recording(isrc=m.ISRC),))
        assert queries.find("isrc", m.ISRC).parents == (work,)

    def test_a_controlled_writers_share_is_her_own(self) -> None:
        """What a verified publisher registers for a writer it controls is accepted as the writer's claim."""
        m.verified("Northlight", "publisher", ipi=m.PUBLISHER_1)
        writer = m.Writer(
            controlled=True,
            ip="9",
            last_name="AUTHOR",
            first_name="WIM",
            ipi=m.WRITER,
            ownership=m.Shares(pr=m.Fraction(1, 2)),
            collections=(m.Collection(tis="2136", shares=m.Shares(pr=m.Fraction(1, 2))),),
        )
        work = m.work(m.publisher(m.PUBLISHER_1, "NORTHLIGHT", "100"))
        actions.deliver_cwr(m.cwr(msgspec.structs.replace(work, writers=(writer,))), **m.DOOR)
        performing = {claim.claimant: claim.share for claim in queries.claims() if claim.right == "PR"}
        assert sorted(performing.values()) == [m.Fraction(1, 2)] * 2 and {c.status for c in queries.claims()} == {
            "accepted"
        }
