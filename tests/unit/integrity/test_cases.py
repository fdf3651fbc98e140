"""From a sound to a closed case, through the real doors."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from tests.unit.integrity.music import RATE_HZ, mixed, song, stretched, wav
from tests.unit.integrity.scenes import ACTOR, AT, DAY, TRUST, indexed, label, recording, stored

from accord.catalog import actions as catalog
from accord.clearance import queries as clearance
from accord.integrity import actions, queries, rules
from accord.integrity.records import CaseKind, CaseState, Outcome
from accord.journal.actions import rebuild
from accord.parties import accounts
from accord.parties import actions as parties
from accord.parties.viewer import SYSTEM, Role, Viewer
from accord.terms.refusal import BadInput, NotThere, Refused

pytestmark = pytest.mark.django_db
MAKER = "pty_maker"


def held(of: str | None = None) -> str:
    """A case: ten seconds of Recording 1, two semitones up, inside something else, undeclared."""
    indexed(of=of)
    copied = stretched(song(1, 30), 2)[RATE_HZ * 8 : RATE_HZ * 18]
    sound = np.concatenate([song(70, 8), copied, song(71, 6)])
    verdict = actions.check("tak_1", stored(sound), frozenset(), MAKER, AT, ACTOR)
    assert not verdict.clear and verdict.case
    return verdict.case


def code(caught: pytest.ExceptionInfo[Refused]) -> str:
    """The refusal's code."""
    return caught.value.refusal.code


def test_nothing_found_is_clear() -> None:
    """Unrelated music passes, and the check is kept."""
    indexed()
    verdict = actions.check("tak_1", stored(song(80, 15)), frozenset(), MAKER, AT, ACTOR)
    assert verdict.clear and verdict.case is None and queries.checked("tak_1") == verdict
    assert clearance.holds("tak_1") == []


def test_a_declared_source_explains_its_match() -> None:
    """A remix's match to its declared source is explained, not a case."""
    made = indexed()
    verdict = actions.check("tak_1", stored(mixed(song(0, 20), song(81, 20))), frozenset({made[0]}), MAKER, AT, ACTOR)
    assert verdict.clear and verdict.explained == (made[0],)


def test_a_declared_stem_explains_its_recording() -> None:
    """A declared stem explains a match to the recording that it is a stem of."""
    made = indexed()
    (stem,) = catalog.register_stems(made[0], [("lead", "sha256:" + "0" * 64, 30.0)], at=AT, actor=ACTOR)
    assert actions.check("tak_1", stored(song(0, 20)), frozenset({stem}), MAKER, AT, ACTOR).clear


def test_an_undeclared_source_beside_a_declared_one_is_a_case() -> None:
    """One declared, one not: the other one is the case."""
    made = indexed()
    sound = stored(mixed(song(0, 20), song(2, 20)))
    verdict = actions.check("tak_1", sound, frozenset({made[0]}), MAKER, AT, ACTOR)
    assert verdict.case and verdict.explained == (made[0],)
    assert [m.recording for m in queries.case(SYSTEM, verdict.case).evidence] == [made[2]]


def test_a_copy_is_held_with_its_evidence() -> None:
    """An undeclared copy is held at once; its case has the spans, the pitch, both sounds, and a deadline."""
    case = queries.case(TRUST, held())
    (match,) = case.evidence
    assert case.kind is CaseKind.COPY and case.state is CaseState.OPEN and case.due == AT + rules.READ_WITHIN
    assert abs(match.query_start_s - 8) < 1.5 and abs(match.query_end_s - 18) < 1.5
    assert abs(match.semitones - 2) < 0.1 and case.audio
    assert [hold.case for hold in clearance.holds("tak_1")] == [case.id]
    assert queries.waveform(case.audio, 100).duration_s == pytest.approx(24, abs=0.1)


def test_checking_again_does_not_open_a_second_case() -> None:
    """The same sound checked twice is one case and one hold."""
    first = held()
    audio = queries.case(SYSTEM, first).audio
    assert actions.check("tak_1", str(audio), frozenset(), MAKER, AT, ACTOR).case == first
    assert len(clearance.holds("tak_1")) == 1


def test_the_whole_way() -> None:
    """Upheld, appealed, dismissed by a second reader: the hold goes only then, and nothing stands as a violation."""
    case = held()
    actions.decide(case, "upheld", "it is a copy", "acc_one", AT + DAY, "acc_one")
    assert [v.case for v in queries.violations()] == [case]
    assert queries.violations()[0].remediation_s == DAY.total_seconds()
    actions.appeal(case, "I played it myself", MAKER, AT + 2 * DAY, "acc_maker")
    with pytest.raises(Refused) as caught:
        actions.decide_second(case, "dismissed", "on second thought", "acc_one", AT + 3 * DAY, "acc_one")
    assert code(caught) == "integrity.second-reader" and len(clearance.holds("tak_1")) == 1
    closed = actions.decide_second(case, "dismissed", "it is played anew", "acc_two", AT + 3 * DAY, "acc_two")
    assert closed.state is CaseState.CLOSED and closed.statement == "I played it myself"
    assert [r.outcome for r in closed.readings] == [Outcome.UPHELD, Outcome.DISMISSED]
    assert clearance.holds("tak_1") == [] and queries.violations() == []


def test_a_dismissal_that_the_label_appeals() -> None:
    """A dismissal lifts the hold at once; the label appeals, the second reader upholds, the hold is back."""
    side = label()
    case = held(side)
    actions.decide(case, "dismissed", "a common phrase", "acc_one", AT, "acc_one")
    assert clearance.holds("tak_1") == []
    with pytest.raises(Refused) as caught:
        actions.appeal(case, "me too", MAKER, AT, "acc_maker")
    assert code(caught) == "integrity.not-concerned"
    actions.appeal(case, "it is our recording", side, AT, "acc_label")
    actions.decide_second(case, "upheld", "it is theirs", "acc_two", AT, "acc_two")
    assert len(clearance.holds("tak_1")) == 1 and len(queries.violations()) == 1


def test_each_side_appeals_on_the_page_what_went_against_it() -> None:
    """Upheld: the maker may, and the label has no button; dismissed: the label may, and the maker has none."""
    side, maker = label(), parties.register_party("person", "Maker", at=AT, actor="acc_desk")
    browsers = {}
    for role, party in (("creator", maker), ("rightsholder", side)):
        email = f"{role}@cases.example"
        accounts.open_account(email, "a longer password", (role,), (party,), at=AT)
        browsers[role] = Client()
        browsers[role].force_login(get_user_model().objects.get(email=email))
    at = datetime.now(UTC)  # the page asks the clock whether an appeal is in time
    for subject, outcome, loser in (("tak_1", "upheld", "creator"), ("tak_2", "dismissed", "rightsholder")):
        case = actions.open_case("copy", subject, maker, "seen", at, "acc_desk", also=(side,))
        actions.decide(case, outcome, "looked", "acc_one", at, "acc_one")
        for role, browser in browsers.items():
            assert ("Ask for a second reading" in browser.get(f"/cases/{case}").content.decode()) is (role == loser)
            said = browser.post(f"/cases/{case}/act", {"step": "appeal", "because": "it is not so"})
            assert (said.status_code == 302) is (role == loser)
        found = queries.case(SYSTEM, case)
        assert (found.state, found.appealed_by) == (CaseState.APPEALED, maker if loser == "creator" else side)
    page = browsers["creator"].get(f"/cases/{case}").content.decode()
    assert "The appeal of Marram Records" in page


def test_nobody_reads_a_case_of_their_own() -> None:
    """The maker cannot be the reader."""
    case = held()
    with pytest.raises(Refused) as caught:
        actions.decide(case, "dismissed", "all mine", MAKER, AT, MAKER)
    assert code(caught) == "integrity.own-case"


def test_who_acts_for_those_concerned_reads_no_case_of_theirs() -> None:
    """A reader's account that acts for the maker, or for the recording's label, neither decides it, passes it on nor sees it next."""
    side, maker = label(), parties.register_party("person", "Maker", at=AT, actor="acc_desk")
    case = actions.open_case("copy", "tak_1", maker, "seen", AT, "acc_desk", also=(side,))
    for number, party in enumerate((side, maker)):
        reader = accounts.open_account(f"both{number}@cases.example", "a longer password", ("trust",), (party,), at=AT)
        for door in (lambda who: actions.decide(case, "upheld", "ours", who, AT, who),
                     lambda who: actions.pass_on(case, "ours", who, AT, who)):  # fmt: skip
            with pytest.raises(Refused) as caught:
                door(reader)
            assert code(caught) == "integrity.own-case"
        assert queries.next_case(accounts.viewer_of_account(reader), "case_none") is None
    other = accounts.open_account("other@cases.example", "a longer password", ("trust",), (), at=AT)
    assert queries.next_case(accounts.viewer_of_account(other), "case_none").id == case
    assert actions.decide(case, "upheld", "seen", other, AT, other).readings[0].reader == other


def test_a_decision_needs_its_because() -> None:
    """A reader says what was seen."""
    case = held()
    with pytest.raises(BadInput, match="because"):
        actions.decide(case, "upheld", "  ", "acc_one", AT, "acc_one")


def test_a_hard_case_goes_to_another_reader_once() -> None:
    """Who passes it on does not decide it and nobody passes it on again; the hold stays until another reader decides."""
    case = held()
    with pytest.raises(BadInput, match="because"):
        actions.pass_on(case, " ", "acc_one", AT + DAY, "acc_one")
    passed = actions.pass_on(case, "I cannot hear it", "acc_one", AT + DAY, "acc_one")
    assert passed.state is CaseState.OPEN and passed.due == AT + DAY + rules.READ_WITHIN
    assert [one.because for one in passed.passed] == ["I cannot hear it"] and len(clearance.holds("tak_1")) == 1
    for door, reader, refused in (
        (actions.decide, "acc_one", "integrity.second-reader"),
        (actions.pass_on, "acc_two", "integrity.passed-on"),
    ):
        words = ("dismissed", "so be it") if door is actions.decide else ("nor can I",)
        with pytest.raises(Refused) as caught:
            door(case, *words, reader, AT + DAY, reader)
        assert code(caught) == refused
    assert actions.decide(case, "dismissed", "another take", "acc_two", AT + DAY, "acc_two").state is CaseState.DECIDED
    assert clearance.holds("tak_1") == []


def test_the_time_to_remediation_runs_to_the_first_decision() -> None:
    """It grows while a case waits, stops at the first decision and stays there through an appeal; the pace counts it once."""
    case = held()
    assert queries.case(TRUST, case).remediation_s(AT + DAY) == DAY.total_seconds()
    assert queries.time_to_remediation(TRUST) is None
    actions.decide(case, "upheld", "it is a copy", "acc_one", AT + 2 * DAY, "acc_one")
    actions.appeal(case, "no", MAKER, AT + 3 * DAY, "acc_maker")
    assert queries.case(TRUST, case).remediation_s(AT + 9 * DAY) == 2 * DAY.total_seconds()
    pace = queries.time_to_remediation(TRUST)
    assert pace is not None and (pace.n, pace.median_s, pace.ninth_decile_s) == (1, 2 * 86400, 2 * 86400)


def test_a_pace_is_the_median_and_the_ninth_decile() -> None:
    """Between neighbours where it falls there; nothing is said of no cases."""
    assert rules.pace([]) is None
    found = rules.pace([40.0, 10.0, 30.0, 20.0])
    assert found is not None and (found.n, found.median_s, round(found.ninth_decile_s, 9)) == (4, 25.0, 37.0)


def test_the_next_case_is_one_this_reader_may_decide() -> None:
    """Whoever passed a case on, or read it, is not led to it again."""
    case = held()
    reader, other = (Viewer(name, frozenset(), frozenset({Role.TRUST})) for name in ("acc_one", "acc_two"))
    assert (found := queries.next_case(reader, "")) and found.id == case and queries.next_case(reader, case) is None
    actions.pass_on(case, "unclear", "acc_one", AT, "acc_one")
    assert queries.next_case(reader, "") is None
    assert (found := queries.next_case(other, "")) and found.id == case


def test_no_second_reading_without_an_appeal() -> None:
    """A case that nobody appealed is not read again."""
    case = held()
    with pytest.raises(Refused) as caught:
        actions.decide_second(case, "upheld", "sure", "acc_two", AT, "acc_two")
    assert code(caught) == "integrity.case-state"


def test_an_appeal_comes_in_time_or_the_decision_is_final() -> None:
    """After the time for an appeal the case closes with its first decision."""
    case = held()
    actions.decide(case, "upheld", "it is a copy", "acc_one", AT, "acc_one")
    late = AT + rules.APPEAL_WITHIN
    with pytest.raises(Refused) as caught:
        actions.appeal(case, "wait", MAKER, late, "acc_maker")
    assert code(caught) == "integrity.appeal-late"
    assert actions.lapse(AT, ACTOR) == 0 and actions.lapse(late, ACTOR) == 1
    assert queries.case(SYSTEM, case).state is CaseState.CLOSED


def test_law_10_a_case_is_there_for_those_it_concerns() -> None:
    """Law 10: trust sees it, the maker and the recording's label see it, another party gets nothing."""
    side = label()
    case = held(side)
    for party in (MAKER, side):
        seen = Viewer("acc_x", frozenset({party}), frozenset({Role.CREATOR}))
        assert [c.id for c in queries.cases(seen)] == [case] and queries.case(seen, case).id == case
    stranger = Viewer("acc_y", frozenset({"pty_other"}), frozenset({Role.CREATOR}))
    assert queries.cases(stranger) == []
    with pytest.raises(NotThere):
        queries.case(stranger, case)


def test_law_6_rebuilt_tables_are_the_same() -> None:
    """Law 6: cases, readings, checks and the index come out of the journal again as they were."""
    case = held()
    actions.pass_on(case, "hard to hear", "acc_two", AT, "acc_two")
    actions.decide(case, "upheld", "it is a copy", "acc_one", AT, "acc_one")
    actions.appeal(case, "no", MAKER, AT, "acc_maker")
    before = (queries.cases(SYSTEM), queries.checked("tak_1"), queries.fingerprinted(), queries.counting())
    rebuild()
    assert (queries.cases(SYSTEM), queries.checked("tak_1"), queries.fingerprinted(), queries.counting()) == before


def test_a_withdrawn_recording_is_not_found_any_more() -> None:
    """A takedown is honoured by the next search."""
    made = indexed()
    sound = wav(song(1, 15))
    assert [m.recording for m in queries.identify_file(sound)] == [made[1]]
    actions.withdraw(made[1], "the label asked", AT, ACTOR)
    assert queries.identify_file(sound) == []
    assert actions.index_missing(AT, ACTOR) == 0
    actions.index_recording(made[1], AT, ACTOR)
    assert [m.recording for m in queries.identify_file(sound)] == [made[1]]


def test_only_what_is_new_is_fingerprinted() -> None:
    """Indexing what is missing leaves the rest alone."""
    indexed(2)
    recording("another", song(9, 20))
    assert actions.index_missing(AT, ACTOR) == 1 and actions.index_missing(AT, ACTOR) == 0
    assert len(queries.index().recordings) == 3


def test_a_recording_without_audio_cannot_be_fingerprinted() -> None:
    """The door says which one has no audio, and nothing is written."""
    empty = catalog.register_recording("no sound", at=AT, actor=ACTOR)
    with pytest.raises(BadInput, match=empty):
        actions.index_recordings([empty], AT, ACTOR)
    assert queries.counting() == ()


def test_an_upload_under_another_name_is_a_duplicate() -> None:
    """An upload that is a catalogue recording under another title becomes a case that says so, and is held."""
    made = indexed()
    upload = actions.receive_upload(
        "acc_up", wav(stretched(song(1, 30), 0, 1.05)), "My Own Song", AT, ACTOR, artist="Me"
    )
    case = queries.case(SYSTEM, upload.cases[0])
    assert case.kind is CaseKind.DUPLICATE and "another name (`Recording 1`)" in case.because
    assert case.evidence[0].recording == made[1] and len(clearance.holds(upload.id)) == 1


def test_an_upload_of_ones_own_is_no_case() -> None:
    """Unrelated music is taken in."""
    indexed()
    assert actions.receive_upload("acc_up", wav(song(90, 12)), "New", AT, ACTOR).cases == ()


def test_an_upload_spree_becomes_one_case() -> None:
    """From the twentieth upload of one account within a day on there is one case; other accounts have none."""
    sound = wav(song(91, 4))
    for number in range(rules.SPREE_UPLOADS + 1):
        upload = actions.receive_upload("acc_spree", sound, f"Track {number}", AT + number * DAY / 40, ACTOR)
        assert bool(upload.cases) == (number >= rules.SPREE_UPLOADS - 1)
    assert [c.kind for c in queries.cases(SYSTEM)] == [CaseKind.SPREE]
    assert actions.receive_upload("acc_calm", sound, "One", AT + DAY / 2, ACTOR).cases == ()


def test_a_broken_upload_leaves_nothing() -> None:
    """A file that is no audio is one sentence, and no upload."""
    with pytest.raises(BadInput, match="`Bad` is empty"):
        actions.receive_upload("acc_up", b"", "Bad", AT, ACTOR)
    assert queries.uploads(TRUST) == []
