"""The demonstration's messages: read by the same readers as anybody's, with what later steps need in them."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from accord.catalog.cwr import claims, read_cwr
from accord.catalog.cwr.records import Shares
from accord.catalog.ern import AiUse, findings, read_ern
from accord.catalog.score import Score
from accord.demo.deliveries import Deliveries, write_deliveries
from accord.demo.records import DemoCorpus
from accord.demo.registrations import upper, written
from accord.studio.rendering import Rendering


def quick(score: Score) -> Rendering:
    """A rendering of the right shape that costs nothing: a tenth of a second of a tone for each track."""
    tone = np.sin(np.arange(4410)[:, None] / 20).astype(np.float32).repeat(2, axis=1) * np.float32(0.1)
    return Rendering(44_100, tone * len(score.tracks), {t.name: tone for t in score.tracks})


@pytest.fixture(scope="session")
def sent(corpus: DemoCorpus, tmp_path_factory: pytest.TempPathFactory) -> Deliveries:
    """Everything written once, with quick sound."""
    return write_deliveries(corpus, tmp_path_factory.mktemp("deliveries"), quick, workers=1)


def messages(sent: Deliveries) -> list[tuple[str, Path]]:
    """Company and path of each ERN message."""
    return [(company, path) for company, paths in sent.ern.items() for path in paths]


def test_every_recording_is_delivered_once_with_its_stems(corpus: DemoCorpus, sent: Deliveries) -> None:
    """60 recordings over 16 messages of four companies, a stem for each track."""
    read = [read_ern(path.read_bytes()) for _, path in messages(sent)]
    assert sorted(r.isrc for m in read for r in m.recordings) == sorted(r.isrc for r in corpus.recordings)
    assert all(len(m.releases) == 1 for m in read) and len(read) == len(corpus.releases)
    stems = sum(len(corpus.work(r.work).score.tracks) for r in corpus.recordings)
    assert sum(len(m.stems) for m in read) == stems == sent.stems
    assert all(s.part_of in {r.reference for r in m.recordings} for m in read for s in m.stems)


def test_no_message_contradicts_itself(sent: Deliveries) -> None:
    """No finding in any of them."""
    assert [f for _, path in messages(sent) for f in findings(read_ern(path.read_bytes()))] == []


def test_every_file_is_there_and_is_the_one_that_is_stated(sent: Deliveries) -> None:
    """Relative to the message, with its SHA-256."""
    checked = 0
    for _, path in messages(sent):
        for resource in read_ern(path.read_bytes()).resources:
            file = resource.files[0]
            data = (path.parent / file.uri).read_bytes()
            assert file.algorithm == "SHA-256" and hashlib.sha256(data).hexdigest() == file.digest
            checked += 1
    assert checked == sent.recordings + sent.stems


def test_everything_carries_the_mark(sent: Deliveries) -> None:
    """`demonstration` on recordings, stems, releases and works; the messages are test messages."""
    for _, path in messages(sent):
        message = read_ern(path.read_bytes())
        assert message.header.control == "TestMessage"
        assert all("demonstration" in part.marks for part in (*message.resources, *message.releases))
    for paths in sent.cwr.values():
        assert all(work.demonstration for work in read_cwr(paths[0].read_bytes()).works)


def test_masters_are_claimed_whole_and_one_not_in_brazil(corpus: DemoCorpus, sent: Deliveries) -> None:
    """One controller with 100 % for each recording."""
    for _, path in messages(sent):
        for recording in read_ern(path.read_bytes()).recordings:
            (controller,) = recording.rights
            assert controller.share == 1
            places = [d.territories for d in controller.delegations]
            if recording.isrc == corpus.marked["no_brazil"]:
                assert places[0] is not None and places[0].text() == "WORLD-BR"
            else:
                assert places == []


def test_declarations_about_ai_are_of_three_kinds(corpus: DemoCorpus, sent: Deliveries) -> None:
    """None as declared by one major, Partly with a generative contributor once, and undeclared, which is not None."""
    said = {
        r.isrc: (company, r.contains_ai)
        for company, path in messages(sent)
        for r in read_ern(path.read_bytes()).recordings
    }
    assert {use for company, use in said.values() if company == "aurelia"} == {AiUse.NONE}
    assert {use for company, use in said.values() if company == "meridian"} == {None}
    assert said[corpus.marked["ai_partly"]][1] is AiUse.PARTLY


def test_the_missing_eighth_is_in_the_files(corpus: DemoCorpus, sent: Deliveries) -> None:
    """Both publishers' claims to its mechanical right: 1 in FR, 7/8 in JP."""
    recorded = {r.isrc: r.work for r in corpus.recordings}
    code = corpus.work(recorded[corpus.marked["missing_eighth"]]).iswc
    found = [
        claim
        for paths in sent.cwr.values()
        for work in read_cwr(paths[0].read_bytes()).works
        if work.iswc == code
        for claim in claims(work)
        if claim.right == "mr"
    ]
    for territory, total in (("FR", Fraction(1)), ("JP", Fraction(7, 8))):
        assert sum(c.share for c in found if territory in c.territories) == total


def test_every_work_is_claimed_whole_by_both_files_together(corpus: DemoCorpus, sent: Deliveries) -> None:
    """Thirds written as 33.33 included: for each right exactly one in FR."""
    totals: dict[tuple[str, str], Fraction] = {}
    for paths in sent.cwr.values():
        for work in read_cwr(paths[0].read_bytes()).works:
            for claim in claims(work):
                if "FR" in claim.territories:
                    key = (work.iswc, claim.right)
                    totals[key] = totals.get(key, Fraction(0)) + claim.share
    assert len(totals) == 3 * len(corpus.works)
    assert set(totals.values()) == {Fraction(1)}


def test_a_setting_names_its_original_and_its_recordings(corpus: DemoCorpus, sent: Deliveries) -> None:
    """VER names the tune, REC the ISRCs."""
    tunes = {upper(t.title) for t in corpus.tunes}
    named = set()
    for paths in sent.cwr.values():
        for work in (work for path in paths for work in read_cwr(path.read_bytes()).works):
            assert work.version == "MOD" and work.others[0].kind == "VER" and work.others[0].text in tunes
            named |= {r.isrc for r in work.recordings}
    assert named == {r.isrc for r in corpus.recordings}


def test_a_third_is_cut_as_publishers_systems_cut_it() -> None:
    """33.33, not 33.34."""
    assert written(Fraction(1, 3)) == Fraction(3333, 10_000)
    assert written(Fraction(3, 8)) == Fraction(3, 8)


def test_the_registrations_keep_the_rules_of_cwr_22(corpus: DemoCorpus, sent: Deliveries) -> None:
    """What a society would reject a transaction for (CWR19-1070, transaction and record level validation)."""
    order = ("NWR", "SPU", "SPT", "OPU", "SWR", "SWT", "PWR", "OWR", "VER", "PER", "REC")
    for paths in sent.cwr.values():
        lines = paths[0].read_bytes().decode("ascii").split("\r\n")
        kinds = [line[:3] for line in lines if line[:3] in order]
        for before, after in pairwise(kinds):  # an SPU may follow an SPT, and an SWR a PWR, of the party before
            back = (after, before) in {("SPU", "SPT"), ("SWR", "PWR")}
            assert order.index(before) <= order.index(after) or after == "NWR" or back, (before, after)
        for work in read_cwr(paths[0].read_bytes()).works:
            designations = {writer.designation for writer in work.writers}
            assert designations & {"C", "A", "CA"} and designations & {"AR"}, work.title
            for right in ("pr", "mr", "sr"):
                total = sum(getattr(p.ownership, right) for p in (*work.publishers, *work.writers))
                assert abs(total - 1) <= Fraction(6, 10_000), (work.title, right)
            writers = sum(writer.ownership.pr for writer in work.writers)
            assert writers >= Fraction(1, 2) - Fraction(6, 10_000)
            for party in (*work.publishers, *work.writers):
                for line in party.collections:
                    assert bool(line.shares.pr or line.shares.mr or line.shares.sr) is line.included
                    assert line.changed is (line.included and line.shares != party.ownership)
            assert all(recording.validity == "Y" for recording in work.recordings)


def test_a_revision_adds_the_recording_that_was_not_there_yet(sent: Deliveries) -> None:
    """Each publisher's second file revises (REV) one work of its first: the same parties and shares, a recording more."""
    for first, second in sent.cwr.values():
        assert b"\r\nREV" in second.read_bytes() and b"\r\nREV" not in first.read_bytes()
        (revised,) = read_cwr(second.read_bytes()).works
        (new,) = (work for work in read_cwr(first.read_bytes()).works if work.number == revised.number)
        assert (revised.publishers, revised.writers) == (new.publishers, new.writers)
        assert revised.recordings and not new.recordings


def test_what_is_nobodys_has_nobody(sent: Deliveries) -> None:
    """The tune's writer stands beside the arrangers as public domain: no name, no number, no share."""
    for paths in sent.cwr.values():
        for work in read_cwr(paths[0].read_bytes()).works:
            (old,) = [writer for writer in work.writers if writer.designation != "AR"]
            assert (old.last_name, old.first_name, old.ipi, old.ip) == ("DP", "", "", "")
            assert old.ownership == Shares() and not old.controlled
