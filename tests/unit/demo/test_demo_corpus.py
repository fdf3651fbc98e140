"""The demonstration's corpus: honest about what is old, plain about what is made up."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction

import pytest

from accord.catalog.rules import intake_holds
from accord.demo import sources
from accord.demo.records import DemoCorpus
from accord.demo.registrations import registered_in
from accord.demo.tunes import text_of
from accord.terms.identifiers import icpn, isrc, iswc


def test_it_is_as_large_as_promised(corpus: DemoCorpus) -> None:
    """At least 150 works and 60 recordings, each under a code of its own."""
    assert len(corpus.works) >= 150 and len(corpus.recordings) == 60
    assert len({w.iswc for w in corpus.works}) == len({w.title for w in corpus.works}) == len(corpus.works)
    assert len({r.isrc for r in corpus.recordings}) == 60
    assert len({t.title for t in (*corpus.tunes, *corpus.held)}) == len(corpus.tunes) + len(corpus.held)


def test_every_code_is_valid(corpus: DemoCorpus) -> None:
    """Check digits hold."""
    assert all(iswc.is_valid(w.iswc) for w in corpus.works)
    assert all(isrc.is_valid(r.isrc) for r in corpus.recordings)
    assert all(icpn.is_valid(r.icpn) for r in corpus.releases)


def test_every_tune_says_why_it_is_nobodys_and_whose_encoding_it_is(corpus: DemoCorpus) -> None:
    """Evidence with a year; terms with their source; commerce excluded, as the corpus warns."""
    for tune in corpus.tunes:
        assert re.search(r"\b1[57]\d\d|\b18\d\d|\b190\d", tune.evidence), tune.title
        assert tune.terms.source.startswith("music21 corpus, ") and tune.terms.statement
        assert tune.terms.non_commercial and tune.terms.derivatives == "allowed"
        assert intake_holds(tune.terms) == ()


def test_the_words_quoted_of_the_corpus_stand_in_its_licence(corpus: DemoCorpus) -> None:
    """What is quoted as the corpus' terms is what its file says."""
    licence = " ".join(text_of("license.txt").split())
    assert sources.CORPUS_TERMS.partition(", though")[0] in licence
    assert "may not be used for commercial uses" in licence


@pytest.mark.parametrize(
    ("title", "says"),
    [
        ("Agnus Dei of the Missa De Beata Marie Virginis", "Rights to all derivative electronic formats reserved."),
        ("Kyrie of the Missa Ad fugam", "Rights to all derivative electronic formats reserved."),
        ("Das Hildebrandslied", "The legal status of the Essen folksong database is unclear"),
        ("Herzog Ernst", "The legal status of the Essen folksong database is unclear"),
        ("Meine Seel' erhebt den Herren (BWV 10.7)", "used by permission"),
        ("Fifth Book of Madrigals, the fifth", "names `Ut Orpheus Edizioni` as its owner"),
        ("Concertino for Clarinet, its opening", "names `Oliver Seely` as its owner"),
    ],
)
def test_what_must_be_held_is_held_with_its_own_sentence(corpus: DemoCorpus, title: str, says: str) -> None:
    """Reserved, unclear, or of another owner than the licence says: by the catalogue's own rule."""
    held = next(t for t in corpus.held if t.title == title)
    assert any(says in hold for hold in intake_holds(held.terms))


def test_quoted_sentences_stand_in_their_files() -> None:
    """Palestrina's reservation, Essen's doubt and Weber's two statements are the files' own words."""
    assert "Rights to all derivative electronic formats reserved." in text_of("palestrina/Agnus_00.krn")
    essen = " ".join(text_of("essenFolksong/license.txt").split())
    assert "The legal status of the Essen folksong database is unclear" in essen


def test_no_address_of_a_transcriber_is_kept(corpus: DemoCorpus) -> None:
    """Names give credit; e-mail addresses and sites of people are nobody's business here."""
    for tune in (*corpus.tunes, *corpus.held):
        said = f"{tune.terms.transcriber} {tune.terms.statement}"
        assert "@" not in said and not re.search(r"\w:\w+\.\w", said), said


def test_shares_are_whole_but_for_one_eighth_in_japan(corpus: DemoCorpus) -> None:
    """Writers and publishers of each work sum to one everywhere; one work lacks an eighth in JP."""
    for work in corpus.works:
        assert sum(part for _, part in work.writers) == sum(part for _, part in work.publishers) == 1
    short = [(w, registered_in(w, "JP")) for w in corpus.works if registered_in(w, "JP") != 1]
    assert [part for _, part in short] == [Fraction(7, 8)]
    assert registered_in(short[0][0], "FR") == 1
    recorded = {r.isrc: r.work for r in corpus.recordings}
    assert recorded[corpus.marked["missing_eighth"]] == short[0][0].number


def test_the_splits_are_of_many_kinds(corpus: DemoCorpus) -> None:
    """Whole, halves, 5/8 to 3/8, quarters, thirds."""
    parts = {part for work in corpus.works for _, part in work.publishers}
    assert {Fraction(1), Fraction(1, 2), Fraction(5, 8), Fraction(3, 8), Fraction(1, 4), Fraction(1, 3)} <= parts


def test_every_artist_has_several_recordings_and_every_writer_several_works(corpus: DemoCorpus) -> None:
    """So that a choice about one of them means something."""
    assert min(Counter(r.artist for r in corpus.recordings).values()) >= 2
    assert set(corpus.cast.performers) == {r.artist for r in corpus.recordings}
    written = Counter(key for work in corpus.works for key, _ in work.writers)
    assert set(written) == set(corpus.cast.writers) and min(written.values()) >= 3


def test_four_rightsholders_share_the_recordings(corpus: DemoCorpus) -> None:
    """Two majors, a collective of four labels, a distributor whose artists hold their own masters."""
    controllers = {c: {r.controller for r in corpus.recordings if r.company == c} for c in corpus.cast.companies}
    assert controllers["aurelia"] == {"aurelia"} and controllers["meridian"] == {"meridian"}
    assert controllers["commonhall"] == set(corpus.cast.companies["commonhall"].members)
    assert controllers["openhand"] == set(corpus.cast.companies["openhand"].members)


def test_recordings_will_sound_for_twenty_to_sixty_seconds(corpus: DemoCorpus) -> None:
    """Before the last notes' decay."""
    lengths = [corpus.work(r.work).score.duration_s for r in corpus.recordings]
    assert min(lengths) >= 20 and max(lengths) <= 58
    assert all(3 <= len(corpus.work(r.work).score.tracks) <= 5 for r in corpus.recordings)


def test_every_setting_is_made_of_its_own_tune(corpus: DemoCorpus) -> None:
    """The lead plays the tune's pitch classes (chorales: the soprano does)."""
    tunes = {t.key: t for t in corpus.tunes}
    for work in corpus.works:
        played = [n.pitch % 12 for n in work.score.tracks[0].notes][:40]
        assert played == [n.pitch % 12 for n in tunes[work.tune].score.tracks[0].notes][: len(played)], work.title


def test_marked_recordings_exist_and_differ(corpus: DemoCorpus) -> None:
    """Later steps find what they ask for by name."""
    assert set(corpus.marked.values()) <= {r.isrc for r in corpus.recordings}
    assert len(set(corpus.marked.values())) == len(corpus.marked) == 6
    by_isrc = {r.isrc: r for r in corpus.recordings}
    assert by_isrc[corpus.marked["no_brazil"]].not_in == ("BR",)
    assert "BWV" in corpus.work(by_isrc[corpus.marked["chorale"]].work).title


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Contributed by Ray Davies,  ray:davies99.freeserve.co.uk", "Ray Davies"),
        ("John B. Walsh, <walsh:mat:h.ubc.ca> 5/17/02", "John B. Walsh"),
        ("Contributed 20080902 by John Chambers jc:jc.tzo.net", "John Chambers"),
        ("Transcribed by Norbert Paap, norbertp@bdu.uva.nl", "Norbert Paap"),
        ("Transcribed by henrik.norbeck@mailbox.swipnet.se", "Henrik Norbeck"),
        ("1997 by John Chambers <jc@trillian.mit.edu>", "John Chambers"),
        ("Bob Puckette <bpuckette:msn.com> 2003-3-10", "Bob Puckette"),
        ("the last note of the first strain should be G2", None),
        ("abc 1.6", None),
    ],
)
def test_a_transcriber_is_named_without_an_address(line: str, name: str | None) -> None:
    """The files' own ways to sign."""
    assert sources.transcriber(line) == name
