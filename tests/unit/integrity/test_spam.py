"""From uploads that show spam to a case that a reader decides, and weights learned from such decisions."""

from __future__ import annotations

import json
from datetime import timedelta

import msgspec
import pytest
from tests.unit.integrity.scenes import ACTOR, AT, DAY, TRUST

from accord.catalog import actions as catalog
from accord.clearance import queries as clearance
from accord.cli.__main__ import run
from accord.integrity import actions, facts, queries, spam
from accord.integrity.records import CaseKind, CaseState, Evidence, Match, Outcome, Sign
from accord.integrity.spam_learning import LEAST_DECISIONS, LEAST_EACH, NothingToLearn, learn
from accord.integrity.spam_weights import DEFAULT, SIGNALS, again, weigh
from accord.integrity.spam_words import lines, sentence
from accord.journal.actions import rebuild, writing
from accord.journal.queries import table_digest
from accord.parties import actions as parties
from accord.parties.viewer import SYSTEM, Role, Viewer
from accord.terms.refusal import Refused
from accord.vault import private

db = pytest.mark.django_db
SPAMMER = Viewer("acc_spam", frozenset(), frozenset({Role.CREATOR}))


def hand_in(
    account: str, titles: list[str], seconds: float = 130, artist: str = "Nobody", sound: str = ""
) -> list[str]:
    """Uploads of one account, a minute apart, as facts: no sound is looked at."""
    made = []
    for number, title in enumerate(titles):
        with writing(actor=ACTOR, at=AT + timedelta(minutes=number)) as journal:
            upload = journal.mint("upl")
            kept = private.put(account, "upload", {"artist": artist, "title": title})
            heard = sound or f"sha256:{account}{number}"
            journal.append(
                facts.UploadReceived(
                    upload=upload, account=account, audio=heard, title=title, metadata=kept, duration_s=seconds
                )
            )
        made.append(upload)
    return made


def mass(account: str = "acc_spam", count: int = 36) -> list[str]:
    """Uploads made alike."""
    return hand_in(account, [f"Calm River {n}" for n in range(count)])


@db
def test_mass_uploads_become_one_case_that_holds_nothing() -> None:
    """One case with its lines, seen by its maker and by reviewers; no upload is held, and a second look opens no second."""
    made = mass()
    hand_in("acc_calm", ["A Song", "Another"])
    assert spam.open_cases(spam.look(), AT + DAY, ACTOR)[1] == []
    (case,) = queries.cases(SYSTEM)
    assert (case.kind, case.subject, case.maker, case.due) == (
        CaseKind.SPAM,
        "acc_spam/uploads",
        "acc_spam",
        AT + 4 * DAY,
    )
    assert case.suspicion and [(s.signal, s.value, s.among, s.uploads) for s in case.suspicion.signs] == [
        ("mass_uploads", 36, 36, 36)
    ]
    assert set(case.also) == set(made) and clearance.holds() == []
    assert case.because == "mass uploads: +5.8 points" and queries.case(SPAMMER, case.id) == case
    assert spam.open_cases(spam.look(), AT + DAY, ACTOR) == ([], [])
    run = queries.last_spam_run()
    assert run and (run.uploads, run.accounts, run.weights) == (38, 2, DEFAULT.id)


@db
def test_a_case_nobody_has_read_is_brought_up_to_date_and_one_that_was_read_is_left() -> None:
    """More uploads change the open case; decided it stays as it was read; closed, it opens again at twice as much."""
    mass()
    ((case,), _) = spam.open_cases(spam.look(), AT + DAY, ACTOR)
    mass(count=20)
    assert spam.open_cases(spam.look(), AT + DAY, ACTOR) == ([], [case])
    seen = queries.case(SYSTEM, case)
    assert seen.suspicion and seen.suspicion.signs[0].value == 56 and len(seen.also) == 56
    actions.decide(case, Outcome.UPHELD, "made by machine", "acc_trust", AT + DAY, "acc_trust")
    mass(count=10)
    assert spam.open_cases(spam.look(), AT + 2 * DAY, ACTOR) == ([], [])
    assert actions.lapse(AT + 30 * DAY, ACTOR) == 1 and spam.open_cases(spam.look(), AT + 30 * DAY, ACTOR) == ([], [])
    assert queries.case(SYSTEM, case).suspicion == seen.suspicion
    mass(count=50)
    ((second,), _) = spam.open_cases(spam.look(), AT + 30 * DAY, ACTOR)
    assert second != case and queries.case(SYSTEM, second).state is CaseState.OPEN


@db
def test_each_signal_is_seen_in_what_was_handed_in() -> None:
    """Titles, names, sounds and lengths as uploads have them, and the catalogue's artists as it credits them."""
    singer = parties.register_party("person", "Mara Lindqvist", at=AT, actor=ACTOR)
    catalog.register_recording("Tide", credits=((singer, "featured"),), at=AT, actor=ACTOR)
    hand_in("acc_bait", ["Deep Sleep Rain Sounds feat. Mara Lindqvist"])
    hand_in("acc_name", ["Tide"], artist="Маra Lindqvist")
    hand_in("acc_own", ["Tide"], artist="Mara Lindqvist")
    hand_in("acc_short", [f"{n} {c}{c}" for n, c in enumerate("abcdefghi")], seconds=31)
    hand_in("acc_first", ["Morning"], artist="Somebody Else", sound="sha256:same")
    hand_in("acc_again", ["Evening", "Night"], artist="Whoever", sound="sha256:same")
    found = {(sign.signal, sign.value, sign.other) for sign in spam.signs() if sign.signal != "short_series"}
    first = next(u.id for u in queries.uploads(TRUST) if u.account == "acc_first")
    assert found == {
        ("bait_titles", 5, singer),
        ("lookalike_names", 13, singer),
        ("renamed_sounds", 1, first),
        ("renamed_sounds", 2, first),
    }
    assert [sign.value for sign in spam.signs("acc_short")] == [9] * 9


@db
def test_another_artists_sound_is_a_line_of_the_score() -> None:
    """What an upload was found to be when it came in counts, unless its artist is declared."""
    singer = parties.register_party("person", "Mara Lindqvist", at=AT, actor=ACTOR)
    recording = catalog.register_recording("Tide", credits=((singer, "featured"),), at=AT, actor=ACTOR)
    (mine,), (theirs,) = hand_in("acc_a", ["X"]), hand_in("acc_b", ["Tide"], artist="Lindqvist, Mara")
    for upload, account in ((mine, "acc_a"), (theirs, "acc_b")):
        heard = _match(recording, 120)
        actions.open_case(CaseKind.DUPLICATE, upload, account, "it is Tide", AT, ACTOR, evidence=(heard,))
    (sign,) = spam.signs()
    assert (sign.signal, sign.upload, sign.value, sign.other) == ("others_sound", mine, 92, recording)
    assert sentence(sign) == f"92 % of {mine} is the recording {recording}, credited to another artist"
    actions.decide(
        queries.cases_about([mine], CaseKind.DUPLICATE)[mine],
        Outcome.DISMISSED,
        "it is no copy",
        "acc_trust",
        AT,
        "acc_trust",
    )
    assert spam.signs() == []


@db
def test_a_case_that_was_passed_on_is_left_as_its_reader_saw_it() -> None:
    """Somebody read it, though nobody decided: more uploads do not change it, and open no second one."""
    mass()
    ((case,), _) = spam.open_cases(spam.look(), AT + DAY, ACTOR)
    seen = queries.case(SYSTEM, case).suspicion
    actions.pass_on(case, "not sure", "acc_trust", AT + DAY, "acc_trust")
    mass(count=50)
    assert spam.open_cases(spam.look(), AT + DAY, ACTOR) == ([], []) and queries.case(SYSTEM, case).suspicion == seen


@db
def test_weights_are_learned_from_all_that_was_decided_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too few decisions are refused before anything is looked at; what is decided while looking teaches too; an error of ours
    in learning is none of the decisions'."""
    monkeypatch.setattr(spam, "look", lambda: pytest.fail("it looked"))
    with pytest.raises(Refused, match="0 cases of spam"):
        spam.train(1, AT, ACTOR)
    for number in range(LEAST_DECISIONS):
        _decided(f"acc_{number:03d}", value=9 + number, upheld=number < LEAST_EACH)
    seen = spam.Looked(weights="", uploads=0, accounts=9, suspicions={}, shown={})
    monkeypatch.setattr(spam, "look", lambda: _decided("acc_late", 9, upheld=True) or seen)
    taught: list[int] = []

    def broken(decided: list[object], *_: object) -> None:
        taught.append(len(decided))
        raise ValueError("a fault")

    monkeypatch.setattr(spam, "learn", broken)
    with pytest.raises(ValueError, match="a fault"):
        spam.train(1, AT, ACTOR)
    assert taught == [LEAST_DECISIONS + 1]


@db
def test_weights_are_learned_from_decisions_and_rebuilt() -> None:
    """Refused before there are enough; then the latest count, say so, and tables made again from the facts are the same."""
    with pytest.raises(Refused, match="0 cases of spam"):
        spam.train(1, AT, ACTOR)
    for number in range(LEAST_DECISIONS):
        _decided(f"acc_{number:03d}", value=9 + number, upheld=number >= LEAST_DECISIONS - 2 * LEAST_EACH)
    mass("acc_honest")
    made = spam.train(1, AT, ACTOR)
    assert made == queries.spam_weights() != DEFAULT and made.learned_from == LEAST_DECISIONS
    assert made.upheld == 2 * LEAST_EACH and "60 decisions of readers, 20 of them upheld" in made.origin
    assert set(made.weights) == set(SIGNALS) and all(weight > 0 for weight in made.weights.values())
    spam.open_cases(spam.look(), AT, ACTOR)
    before = table_digest()
    rebuild()
    assert table_digest() == before and queries.spam_weights() == made


@db
def test_the_verb_says_what_the_doors_do(capsys: pytest.CaptureFixture[str]) -> None:
    """Signs, scores that open a case once, a refusal with its exit code, and the weights with where they come from."""
    mass()
    assert run(["spam", "signals", "--account", "acc_nobody"]) == 0
    assert "no upload shows anything" in capsys.readouterr().out
    assert run(["spam", "score", "--open"]) == 0 == run(["spam", "score", "--open"])
    (case,), said = queries.cases(SYSTEM), capsys.readouterr().out
    assert f"cases opened: {case.id}; brought up to date: none" in said and "1 of 1 accounts show something" in said
    assert run(["case", "show", case.id]) == 0 and "36 of the 36 uploads within a day" in capsys.readouterr().out
    assert run(["spam", "train", "--seed", "1"]) == 3 and run(["spam", "weights"]) == 0
    shown = capsys.readouterr()
    assert "readers have decided 0 cases of spam" in shown.err and "not yet learned from decisions" in shown.out
    assert f", 36 uploads by `{DEFAULT.id}`" in shown.out and run(["spam", "weights", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["last_look"]["accounts"] == 1


def test_what_readers_dismiss_weighs_less() -> None:
    """A signal that readers uphold gains on one that they dismiss; one they never met stays near the shipped weight's reach."""
    decided = [({"mass_uploads": 40 + n}, True) for n in range(40)] + [
        ({"bait_titles": 5 + n % 3}, False) for n in range(40)
    ]
    learned = learn(decided, 10_000, 1, "spw_1")

    def reach(signal: str, value: int) -> float:
        return weigh([_sign(signal, value)], learned).probability

    assert reach("mass_uploads", 40) > 0.9 and reach("bait_titles", 6) < 0.3
    assert 0.25 < reach("short_series", 11) < 0.75  # where the shipped weights say one half


def test_decisions_that_run_against_the_signals_teach_nothing() -> None:
    """A signal that makes readers dismiss what they would uphold weighs nothing; when all are such, nothing is learned."""
    with_it = [({"mass_uploads": 40 + n, "bait_titles": 9}, False) for n in range(60)]
    learned = learn([*with_it, *[({"mass_uploads": 20 + n}, True) for n in range(60)]], 9_000, 1, "spw_1")
    assert learned.weights["bait_titles"] == 0 < learned.weights["mass_uploads"]
    full = [(dict.fromkeys(SIGNALS, 12 - n % 3), False) for n in range(400)]
    with pytest.raises(NothingToLearn, match="run against"):
        learn(full + [({}, True)] * 400, 0, 1, "spw_1")


def test_lines_add_up() -> None:
    """A score as a reviewer reads it, and what counts as more than was seen."""
    made = weigh([_sign("mass_uploads", 31), _sign("bait_titles", 4)], DEFAULT)
    assert lines(made) == [
        "  -7.00  to begin with",
        " +11.85  31 of the 31 uploads within a day of upl_1 are as long, and many share a word of its title",
        "  +8.49  of the 31 words of the title upl_1, 4 are search words or names of other artists",
        " +13.34  in all: from +1.4 on a reader looks, by weights set by hand, not yet learned from decisions",
    ]
    learned = msgspec.structs.replace(DEFAULT, learned_from=80, upheld=50)
    assert lines(weigh([_sign("mass_uploads", 19)], learned))[-1] == (
        "  +1.67  in all: 84.1 % likely to be upheld, by weights learned from 80 decisions of readers, 50 of them upheld"
    )
    assert not again(made, made) and again(weigh([_sign("mass_uploads", 62)], DEFAULT), made)
    assert again(weigh([_sign("renamed_sounds", 1)], DEFAULT), made)


def test_what_cannot_double_counts_again_by_its_uploads() -> None:
    """A whole recording of somebody else's stays 100 %: shown by twice as many uploads there is more to read, by fewer not."""
    before = weigh([msgspec.structs.replace(_sign("others_sound", 100), uploads=3)], DEFAULT)
    for uploads, more in ((5, False), (6, True)):
        now = weigh([msgspec.structs.replace(_sign("others_sound", 100), uploads=uploads)], DEFAULT)
        assert again(now, before) is more


def _sign(signal: str, value: int) -> Sign:
    return Sign(signal=signal, upload="upl_1", value=value, among=31, other="", uploads=1)


def _match(recording: str, seconds: float) -> Match:
    seen = Evidence(nats=90, hits=80, peaks=100, chance=2, share=0.8, expected_false=1e-9)
    return Match(
        recording=recording, query_start_s=0, query_end_s=seconds, ref_start_s=0, ref_end_s=seconds, pitch_factor=1,
        tempo_factor=1, evidence=seen, probability=1,
    )  # fmt: skip


def _decided(account: str, value: int, upheld: bool) -> None:
    """A case of spam, opened and decided, as facts."""
    suspicion = weigh([_sign("mass_uploads", value)], DEFAULT)
    with writing(actor=ACTOR, at=AT) as journal:
        case = journal.mint("case")
        journal.append(
            facts.CaseOpened(
                case=case, kind=CaseKind.SPAM, subject=f"{account}/uploads", maker=account, audio=None, because="made up",
                evidence=(), also=(), due=AT + DAY, suspicion=suspicion,
            )
        )  # fmt: skip
        outcome = Outcome.UPHELD if upheld else Outcome.DISMISSED
        journal.append(
            facts.CaseDecided(
                case=case, reader="acc_t", reading=1, outcome=outcome, because="seen", appeal_until=AT + DAY
            )
        )
