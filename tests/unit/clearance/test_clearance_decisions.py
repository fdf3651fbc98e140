"""The decision on one asset: what it needs, what it says when something is missing, what a yes carries."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from tests.properties import catalogues as made
from tests.properties.catalogues import ALWAYS, AT, PLACES, asset, choice, claim, clean, feature, grant

from accord.catalog.records import AssetKind, ClaimStatus, Credit, PublicDomain
from accord.clearance import rules
from accord.clearance.because import percent
from accord.clearance.records import Answer, ClearanceState, HistoricalAnswer, Hold, Question
from accord.deals.records import Conditions, Selection
from accord.governance.records import FeatureState
from accord.participation.records import Source
from accord.parties.records import Mandate, MandateKind, Membership, MembershipKind
from accord.terms.period import DayPeriod
from accord.terms.refusal import BadInput
from accord.terms.right import Right
from accord.terms.territory import WORLD, TerritorySet
from accord.terms.use import Use

JP = TerritorySet.of("JP")


def with_(state: ClearanceState, **parts: Any) -> ClearanceState:
    """The state with some of its maps given as lists."""
    keys = {"claims": "asset", "grants": "licensor", "choices": "person", "mandates": "person", "memberships": "member"}
    given = {name: made.by(found, keys[name]) if name in keys else found for name, found in parts.items()}
    return msgspec.structs.replace(state, **given)


def ask(state: ClearanceState, of: str = "R1", use: Use = Use.TRAIN, **more: Any) -> Answer:
    """The answer about one asset."""
    return rules.decide(state, Question(use, "f", AT, **more), of)


def said(answer: Answer) -> list[str]:
    """Its sentences."""
    return [short.because for short in answer.shortfalls]


def other_claims(*without: str) -> list[Any]:
    """The clean claims but those whose id begins so."""
    return [one for one in made.clean_claims() if not one.id.startswith(without)]


def test_a_missing_share_is_named_with_its_right_and_place() -> None:
    """Law 2: 12.5 % of W is claimed by nobody in Japan, and by somebody elsewhere."""
    split = [
        claim("a", "W", Right.MR, "P1", Fraction(1, 2)),
        claim("b", "W", Right.MR, "P2", Fraction(3, 8)),
        claim("c", "W", Right.MR, "P2", Fraction(1, 8), territories=WORLD - JP),
    ]
    answer = ask(with_(clean(Use.TRAIN), claims=[*other_claims("W1-MR", "W2-MR"), *split]))
    assert answer.cleared == PLACES - JP
    assert said(answer) == ["12.5 % of W in JP: claimed by nobody"]
    (short,) = answer.shortfalls
    assert (short.code, short.right, short.share, short.subject) == (
        "clearance.no-claim",
        Right.MR,
        Fraction(1, 8),
        "W",
    )


def test_a_claimant_without_a_deal_is_named_with_its_share() -> None:
    """The share, the place, the claimant and who could grant it are said."""
    answer = ask(with_(clean(Use.TRAIN), grants=[grant("L"), grant("P2")]))
    assert said(answer) == ["1/3 of W everywhere: claimed by P1, who has no deal"]
    assert answer.shortfalls[0].could_grant == "P1"
    assert not answer.cleared


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"states": ((AT - timedelta(days=9), "active"), (AT, "suspended"))}, "is suspended"),
        ({"states": ((AT - timedelta(days=9), "active"), (AT, "terminated"))}, "is terminated"),
        ({"selection": Selection(kind="list", ids=("R2",))}, "does not reach R1"),
        ({"exclusions": ("R1",)}, "does not reach R1"),
        ({"exclusions": ("L",)}, "does not reach R1"),
        ({"rights": frozenset({Right.MR})}, "does not grant the master"),
        ({"period": DayPeriod(ALWAYS.start, AT.date())}, "is not in its period"),
        ({"territories": JP}, "does not reach there"),
    ],
)
def test_the_nearest_deal_is_named_with_what_it_lacks(change: dict[str, Any], words: str) -> None:
    """A deal that would do but for one thing is named with that thing."""
    answer = ask(with_(clean(Use.TRAIN), grants=[grant("L", **change), grant("P1"), grant("P2")]))
    assert len(answer.shortfalls) == 1
    assert said(answer)[0].endswith(f"claimed by L, whose deal deal-L {words}")


def test_a_deal_for_another_feature_is_no_deal() -> None:
    """A grant names its features; one that names another does not reach this one."""
    elsewhere = grant("L", features=frozenset({"g"}))
    answer = ask(with_(clean(Use.TRAIN), grants=[elsewhere, grant("P1"), grant("P2")]))
    assert said(answer) == ["100 % of the master of R1 everywhere: claimed by L, who has no deal"]


def test_two_who_claim_the_same_on_evidence_clear_nothing_there() -> None:
    """An evidenced overlap is a conflict: claims sum to 200 % in France, and nothing changes elsewhere."""
    second = claim("z", "R1", Right.MASTER, "P1", Fraction(1), territories=TerritorySet.of("FR"))
    evidenced = msgspec.structs.replace(second, status=ClaimStatus.EVIDENCED)
    answer = ask(with_(clean(Use.TRAIN), claims=[*made.clean_claims(), evidenced]))
    assert said(answer) == ["the master of R1 in FR: claims sum to 200 %"]
    assert answer.cleared == PLACES - TerritorySet.of("FR")


@pytest.mark.parametrize("status", [ClaimStatus.ASSERTED, ClaimStatus.REJECTED, ClaimStatus.WITHDRAWN])
def test_a_claim_without_standing_blocks_nobody(status: ClaimStatus) -> None:
    """Asserted, rejected and withdrawn claims neither block nor count."""
    second = claim("z", "R1", Right.MASTER, "P1", Fraction(1), status=status)
    assert ask(with_(clean(Use.TRAIN), claims=[*made.clean_claims(), second])).cleared == PLACES


def test_evidence_that_is_not_accepted_yet_does_not_count() -> None:
    """An evidenced claim to a missing share is named as waiting."""
    waiting = claim("z", "W", Right.MR, "P2", Fraction(2, 3), status=ClaimStatus.EVIDENCED)
    answer = ask(with_(clean(Use.TRAIN), claims=[*other_claims("W2-MR"), waiting]))
    assert said(answer) == ["2/3 of W everywhere: claimed by P2 on evidence, not accepted yet"]


def test_a_dispute_about_money_stops_no_use() -> None:
    """A disputed claim that is accepted clears as before."""
    disputed = [msgspec.structs.replace(one, disputed=True) for one in made.clean_claims()]
    assert ask(with_(clean(Use.TRAIN), claims=disputed)).cleared == PLACES


def test_a_claim_that_starts_today_counts_where_today_has_begun() -> None:
    """At 16:00 UTC on 1 June it is 2 June in Japan alone."""
    tomorrow = [
        msgspec.structs.replace(one, period=DayPeriod(AT.date() + timedelta(days=1))) for one in made.clean_claims()
    ]
    late = AT.replace(hour=16)
    state = with_(clean(Use.TRAIN), claims=tomorrow)
    assert rules.decide(state, Question(Use.TRAIN, "f", late), "R1").cleared == JP


def test_a_free_work_needs_no_claims_and_no_writers() -> None:
    """A tune in the public domain is cleared with nobody's yes; where it is not free, its claims are missing."""
    state = with_(
        clean(Use.TRAIN), public_domain={"T": (PublicDomain(asset="T", territories=WORLD - JP, evidence=""),)}
    )
    answer = ask(state, "T")
    assert answer.cleared == PLACES - JP
    assert said(answer) == ["100 % of T in JP: claimed by nobody", "no writer of T is known"]


def test_a_free_work_that_is_claimed_on_evidence_is_contested() -> None:
    """Public domain and an accepted claim to the same work contradict each other: not cleared until settled."""
    state = with_(clean(Use.TRAIN), claims=[*made.clean_claims(), claim("t", "T", Right.MR, "P1", Fraction(1))])
    assert said(ask(state, "T")) == ["T everywhere: held to be in the public domain, and claimed by P1"]


def test_an_encoding_of_a_free_tune_has_terms_of_its_own() -> None:
    """A score needs the work's side alone, and its own intake hold stops it and everything made from it."""
    state = clean(Use.TRAIN)
    assert ask(state, "E").cleared == PLACES
    held = msgspec.structs.replace(state.assets["E"], intake_holds=("the licence reserves derivatives",))
    state = with_(state, assets={**state.assets, "E": held})
    assert said(ask(state, "F")) == ["E is held at intake: the licence reserves derivatives"]


def test_a_hold_stops_at_once_everything_made_of_it() -> None:
    """Integrity's hold on a recording stops its stems and the remix made of it, with the reason and the case."""
    hold = Hold(id="h1", subject="R2", reason="a copy of R9", case="cas_1", at=AT, known_from=9)
    state = with_(clean(Use.TRAIN), holds={"R2": (hold,)})
    assert ask(state, "R1").cleared == PLACES
    for made_of_it in ("R2", "S", "M"):
        assert "R2 is held: a copy of R9 (case cas_1)" in said(ask(state, made_of_it))


def test_non_commercial_terms_and_a_commercial_feature_do_not_meet() -> None:
    """A deal for non-commercial use, or an asset under such terms, is not cleared in a commercial feature."""
    limited = grant("L", conditions=Conditions(non_commercial=True))
    state = with_(clean(Use.TRAIN), grants=[limited, grant("P1"), grant("P2")])
    assert ask(state).conditions.non_commercial
    commercial = with_(state, features={"f": feature(commercial=True)})
    assert said(ask(commercial)) == [
        "100 % of the master of R1 everywhere: claimed by L, whose deal deal-L is for non-commercial use; f is commercial"
    ]


def test_nothing_is_cleared_in_a_feature_that_is_not_live() -> None:
    """Before its launch and while suspended a feature clears nothing, unless asked as if it were live."""
    state = with_(clean(Use.TRAIN), features={"f": feature(states=((AT, FeatureState.SUSPENDED),))})
    assert said(ask(state)) == ["f is not live: it stands at suspended"]
    assert ask(state, before_launch=True).cleared == PLACES


def test_law_1_silence_is_no() -> None:
    """Law 1: without a word from the featured performer nothing is cleared, and she is named."""
    state = with_(clean(Use.TRAIN), choices=[choice(f"y-{p}", p, Use.TRAIN) for p in ("A", "B", "V")])
    assert said(ask(state)) == ["N, featured performer of R1, has not said yes to train in f everywhere"]


def test_law_1_unknown_people_are_no() -> None:
    """Law 1: a recording nobody is credited on as featured, and one that embodies no known work, are not cleared."""
    state = clean(Use.TRAIN)
    nobody = msgspec.structs.replace(state.assets["R1"], credits=())
    workless = msgspec.structs.replace(state.assets["R2"], parents=())
    state = with_(state, assets={**state.assets, "R1": nobody, "R2": workless})
    assert said(ask(state)) == ["no featured performer of R1 is known"]
    assert said(ask(state, "R2")) == ["R2 embodies no work that is known"]
    assert not ask(state, "M").cleared


def test_law_1_a_yes_does_not_reach_a_later_feature() -> None:
    """Law 1: a yes from before the feature was proposed does not count in it."""
    state = with_(clean(Use.TRAIN), features={"f": feature(known_from=6)})
    assert not ask(state).cleared


def test_law_4_a_no_counts_even_when_it_is_dated_later() -> None:
    """Law 4: a no that is known stops the use, whatever instant it carries."""
    no = choice("no", "N", Use.TRAIN, "no", at=AT + timedelta(days=1))
    state = clean(Use.TRAIN)
    both = with_(state, choices=[*(c for said in state.choices.values() for c in said), no])
    assert said(ask(both)) == ["N said no to train in f everywhere"]


def test_law_4_history_is_another_type() -> None:
    """Law 4: an answer as of the past is not an Answer and has no way to say yes."""
    past = rules.as_history(ask(clean(Use.TRAIN)))
    assert isinstance(past, HistoricalAnswer) and not isinstance(past, Answer)
    assert not hasattr(past, "covers") and not hasattr(past, "cleared")


def test_the_answer_names_what_it_rests_on() -> None:
    """A yes lists its deals and choices, and the strictest of the deals' conditions."""
    grants = [
        grant("L", conditions=Conditions(credit_line="℗ L", monthly_cap=100, no_export=True)),
        grant("P1", conditions=Conditions(credit_line="© P1", monthly_cap=20, model_version_bound=True)),
        grant("P2"),
    ]
    answer = ask(with_(clean(Use.TRAIN), grants=grants))
    assert answer.deals == ("deal-L", "deal-P1", "deal-P2")
    assert answer.choices == ("yes-A", "yes-N")
    assert answer.conditions == Conditions(
        credit_line="© P1; ℗ L", no_export=True, model_version_bound=True, monthly_cap=20
    )


def test_what_others_lack_is_not_told_to_somebody_outside() -> None:
    """Law 10: L learns that others' agreements are missing, not whose, how much, or under which deal."""
    state = with_(clean(Use.TRAIN), grants=[grant("L", conditions=Conditions(monthly_cap=9)), grant("P1")], choices=[])
    seen = rules.only_for(ask(state), frozenset({"L"}), frozenset({"deal-L"}))
    assert said(seen) == ["agreements of others are missing in 6 territories"]
    assert "P1" not in repr(seen) and "P2" not in repr(seen) and "monthly_cap=9" not in repr(seen)
    own = rules.only_for(ask(state), frozenset({"N"}), frozenset())
    assert said(own)[0].startswith("N, featured performer of R1, has not said yes")


@pytest.mark.parametrize("parents", [("M",), ("R1",), ("S",)])
def test_an_asset_made_of_itself_is_refused(parents: tuple[str, ...]) -> None:
    """A circle of parents is named, and clears nothing."""
    state = clean(Use.TRAIN)
    circle = msgspec.structs.replace(state.assets["R1"], parents=("W", *parents))
    stem = msgspec.structs.replace(state.assets["S"], parents=("R1",))
    state = with_(state, assets={**state.assets, "R1": circle, "S": stem})
    assert "R1 is made of itself: its parents form a circle" in said(ask(state, "R1"))


def test_a_question_about_nothing_known_is_bad_input() -> None:
    """An unknown asset, feature, use, or an instant without an offset gets a sentence and no decision."""
    with pytest.raises(BadInput, match="no asset `R9`"):
        ask(clean(Use.TRAIN), "R9")
    with pytest.raises(BadInput, match="no feature `h`"):
        rules.decide(clean(Use.TRAIN), Question(Use.TRAIN, "h", AT), "R1")
    with pytest.raises(BadInput, match="`sing` is not a use"):
        rules.use_named("sing")
    with pytest.raises(BadInput, match="no offset"):
        rules.decide(clean(Use.TRAIN), Question(Use.TRAIN, "f", AT.replace(tzinfo=None)), "R1")


@pytest.mark.parametrize(
    ("share", "text"),
    [(Fraction(1, 8), "12.5 %"), (Fraction(1), "100 %"), (Fraction(1, 3), "1/3"), (Fraction(2), "200 %")],
)
def test_shares_are_said_exactly(share: Fraction, text: str) -> None:
    """A share is a short decimal percentage, or stays a fraction."""
    assert percent(share) == text


def test_law_2_one_sentence_about_two_assets_holds_wherever_either_lacks_it() -> None:
    """Law 2: R1 lacks V's yes in France and R2 in Japan; for the remix of both it is missing in both."""
    state = clean(Use.VOICE)
    near = [choice(f"y-{a}", "V", Use.VOICE, asset=a, territories=WORLD - TerritorySet.of(*out))
            for a, out in (("R1", ("FR",)), ("R2", ("JP",)), ("M", ("FR", "JP")))]  # fmt: skip
    answer = ask(with_(state, choices=near), "M", use=Use.VOICE)
    lacking = TerritorySet.of("FR", "JP")
    assert answer.cleared == PLACES - lacking
    assert answer.missing_in(TerritorySet.of("FR")) == answer.missing_in(JP) == answer.shortfalls
    assert [short.territories for short in answer.shortfalls] == [lacking]


def test_each_members_no_is_named_where_it_stands() -> None:
    """V refuses in France, G in Japan, both of the group N: two sentences, each with its place."""
    joined = [
        Membership(id=f"m{m}", kind=MembershipKind.GROUP, member=m, collective="N", period=ALWAYS, known_from=2)
        for m in "VG"
    ]
    state = clean(Use.TRAIN)
    yeses = [c for found in state.choices.values() for c in found]
    noes = [choice(f"n{m}", m, Use.TRAIN, "no", territories=TerritorySet.of(p)) for m, p in (("V", "FR"), ("G", "JP"))]
    answer = ask(with_(state, choices=[*yeses, *noes], memberships=joined))
    assert said(answer) == [
        "G, of N, said no to train in f in JP", "V, of N, said no to train in f in FR", "V said no to train in f in FR",
    ]  # fmt: skip


# --- law 3: a yes has a source and a grade


def test_law_3_voice_needs_its_person_and_not_the_labels_clause() -> None:
    """Law 3: the label's grant of voice is not the singer's yes, and the sentence says so."""
    state = with_(clean(Use.VOICE), choices=[choice(f"y-{p}", p, Use.VOICE) for p in ("A", "B", "N")])
    assert said(ask(state, use=Use.VOICE)) == ["voice needs V's own yes; L's clause 7 is not one"]


def test_law_3_a_mandate_that_does_not_name_voice_is_named() -> None:
    """Law 3: a manager's mandate for training does not carry a yes to voice, even when one was recorded."""
    mandate = Mandate(
        id="man1",
        kind=MandateKind.MANAGER,
        representative="D",
        person="V",
        uses=frozenset({Use.TRAIN}),
        period=ALWAYS,
        evidence="",
        known_from=2,
    )
    yes = choice("y", "V", Use.VOICE, spoken_by="D", source=Source.REPRESENTATIVE, mandate="man1")
    state = with_(clean(Use.VOICE), choices=[yes], mandates=[mandate])
    (line,) = said(ask(state, use=Use.VOICE))
    assert line == "voice needs V's own yes; L's clause 7 is not one; D's mandate man1 does not name voice"
    named = msgspec.structs.replace(mandate, uses=frozenset({Use.VOICE}))
    assert ask(with_(state, mandates=[named]), use=Use.VOICE).cleared == PLACES


def test_law_3_a_yes_ends_with_the_mandate_it_was_given_under() -> None:
    """Law 3: said within a manager's mandate that ends on 3 June: cleared before, not in Japan when that day begins there,
    nowhere after; and the sentence says why."""
    mandate = Mandate(
        id="man1",
        kind=MandateKind.MANAGER,
        representative="D",
        person="N",
        uses=frozenset({Use.TRAIN}),
        period=DayPeriod(date(2026, 1, 1), date(2026, 6, 3)),
        evidence="signed",
        known_from=2,
    )
    yes = choice("y", "N", Use.TRAIN, spoken_by="D", source=Source.REPRESENTATIVE, mandate="man1")
    others = [choice(f"yes-{person}", person, Use.TRAIN) for person in made.PEOPLE if person != "N"]
    state = with_(clean(Use.TRAIN), choices=[yes, *others], mandates=[mandate])
    days = {hours: AT + timedelta(hours=hours) for hours in (0, 29, 96)}
    before, turning, after = (rules.decide(state, Question(Use.TRAIN, "f", at), "R1") for at in days.values())
    assert (before.cleared, turning.cleared) == (PLACES, PLACES - JP)
    assert not after.cleared and after.choices == ()
    assert {short.because for short in after.shortfalls} == {
        "the yes of N to train in f rests on man1, which no longer carries it"
    }


def test_law_3_a_yes_below_the_features_grade_is_named_with_its_source() -> None:
    """Law 3: where the feature asks for the person's own word, a label's clause is too little, and is said to be."""
    yes = choice("y", "N", Use.TRAIN, spoken_by="L", source=Source.LABEL_CLAUSE, mandate="deal-L/7")
    others = [choice(f"y-{p}", p, Use.TRAIN) for p in ("A", "B", "V")]
    state = with_(clean(Use.TRAIN), choices=[yes, *others])
    assert ask(state).cleared == PLACES
    strict = with_(state, features={"f": feature(minimum_grade={Use.TRAIN: 4})})
    assert said(ask(strict)) == [
        "the yes of N to train in f comes from a label under a named clause; it needs the person, verified"
    ]


def test_law_3_consent_of_a_person_counts_grades_and_every_no() -> None:
    """Law 3: to be imitated needs the person's own yes to everything; one no to one recording takes it away there."""
    question = Question(Use.STYLE, "f", AT)
    yes, default = choice("y", "N", Use.STYLE), choice("d", "N", Use.STYLE, source=Source.BLANKET_DEFAULT)
    no = choice("n", "N", Use.STYLE, "no", asset="R2", territories=JP)
    state = clean(Use.STYLE)
    assert rules.consent(with_(state, choices=[yes]), question, "N") == WORLD
    assert rules.consent(with_(state, choices=[default]), question, "N") == TerritorySet()
    assert rules.consent(with_(state, choices=[yes, no]), question, "N") == WORLD - JP
    assert rules.consent(with_(state, choices=[]), question, "N") == TerritorySet()


# --- consent survives packing: one test per way of packing


def a_refusal(of: str | None, use: Use = Use.TRAIN, by: str = "N") -> ClearanceState:
    """The clean catalogue with one no in it."""
    state = clean(use)
    yeses = [c for found in state.choices.values() for c in found]
    return with_(state, choices=[*yeses, choice("no", by, use, "no", asset=of)])


def test_laundering_an_album_clears_nothing_its_tracks_do_not() -> None:
    """Law 3: a deal for the whole album does not carry the track its performer refused."""
    album = grant("L", selection=Selection(kind="list", ids=("R1", "R2", "album_1")))
    state = with_(a_refusal("R2"), grants=[album, grant("P1"), grant("P2")])
    answers = rules.decide_many(state, Question(Use.TRAIN, "f", AT), ["R1", "R2"])
    assert answers["R1"].cleared == PLACES and not answers["R2"].cleared
    with pytest.raises(BadInput):
        ask(state, "album_1")


def test_laundering_a_compilation_needs_what_its_tracks_need() -> None:
    """Law 3: a recording made of others needs all their yeses, under whatever label it comes again."""
    state = a_refusal("R2")
    again = asset("K", AssetKind.RECORDING, ("R2",), credits=(Credit("B", "featured"),), label="D")
    state = with_(
        state,
        assets={**state.assets, "K": again},
        claims=[*made.clean_claims(), claim("k", "K", Right.MASTER, "D", Fraction(1))],
        grants=[grant(g) for g in ("L", "P1", "P2", "D")],
    )
    assert said(ask(state, "K")) == ["N said no to train in f everywhere"]


def test_laundering_a_stem_needs_what_its_recording_needs() -> None:
    """Law 3: a stem of a refused recording is refused."""
    assert said(ask(a_refusal("R2"), "S")) == ["N said no to train in f everywhere"]


def test_laundering_a_recording_that_its_writer_refused_by_name() -> None:
    """Law 3: a writer says no to one recording of her work: its stem and the remix made of it are not cleared either."""
    state = a_refusal("R2", by="A")
    assert ask(state, "R1").cleared == PLACES
    for packed in ("R2", "S", "M"):
        assert said(ask(state, packed)) == ["A said no to train in f everywhere"], packed


def test_laundering_a_stem_may_be_refused_by_name() -> None:
    """Law 3: a no to one stem stops that stem and leaves its recording."""
    state = a_refusal("S", by="V")
    assert not ask(state, "S").cleared
    assert ask(state, "R2").cleared == PLACES


def test_laundering_a_sample_needs_what_it_was_taken_from() -> None:
    """Law 3: a remix of a cleared and a refused recording is refused."""
    assert said(ask(a_refusal("R2", Use.REMIX), "M", Use.REMIX)) == ["N said no to remix in f everywhere"]


def test_laundering_a_training_set_holds_each_item_to_itself() -> None:
    """Law 3: deciding many at once gives each item the answer it has alone."""
    state = a_refusal("R2")
    wanted = ["R1", "R2", "S", "M", "W"]
    together = rules.decide_many(state, Question(Use.TRAIN, "f", AT), wanted)
    assert {a: together[a] for a in wanted} == {a: ask(state, a) for a in wanted}
    assert [a for a in wanted if together[a].cleared] == ["R1", "W"]


def test_laundering_a_group_is_stopped_by_any_of_its_members() -> None:
    """Law 3: the group N says yes; its member G says no: no."""
    member = Membership(id="m", kind=MembershipKind.GROUP, member="G", collective="N", period=ALWAYS, known_from=2)
    state = with_(a_refusal(None, by="G"), memberships=[member])
    assert said(ask(state)) == ["G, of N, said no to train in f everywhere"]
    assert ask(state).shortfalls[0].could_grant == "G"
    assert ask(with_(state, memberships=[])).cleared == PLACES


def test_laundering_a_remix_is_stopped_by_a_member_who_names_it() -> None:
    """Laws 1 and 3: G, of the group N that is heard in R1, says no to the remix M of it: M is not cleared, R1 is."""
    member = Membership(id="m", kind=MembershipKind.GROUP, member="G", collective="N", period=ALWAYS, known_from=2)
    state = with_(a_refusal("M", by="G"), memberships=[member])
    remixed = msgspec.structs.replace(state.assets["M"], credits=(Credit("B", "featured"),))
    state = with_(state, assets={**state.assets, "M": remixed})
    assert said(ask(state, "M")) == ["G, of N, said no to train in f everywhere"]
    assert ask(state, "R1").cleared == PLACES


def test_laundering_a_blanket_licence_needs_the_members_own_opt_in() -> None:
    """Law 3: a collective's deal for everything its members hold clears nothing of a member that did not opt in."""
    member = Membership(id="m", kind=MembershipKind.COLLECTIVE, member="L", collective="C", period=ALWAYS, known_from=2)
    state = with_(clean(Use.TRAIN), memberships=[member], grants=[grant("C"), grant("P1"), grant("P2")])
    assert said(ask(state)) == [
        "100 % of the master of R1 everywhere: claimed by L, member of C, whose deal deal-C needs the member's own opt-in"
    ]
    yeses = [c for found in state.choices.values() for c in found]
    opted = with_(state, choices=[*yeses, choice("opt", "L", Use.TRAIN)])
    assert ask(opted).cleared == PLACES and "opt" in ask(opted).choices


def test_a_collective_that_claims_in_its_own_name_needs_the_labels_opt_in() -> None:
    """Laws 3 and 8: L claims for its member D: D is who could grant it; when D opts in, the answer rests on D's yes."""
    joined = Membership(id="m", kind=MembershipKind.COLLECTIVE, member="D", collective="L", period=ALWAYS, known_from=2)
    state = clean(Use.TRAIN)
    labelled = msgspec.structs.replace(state.assets["R1"], label="D")
    state = with_(
        state,
        assets={**state.assets, "R1": labelled},
        memberships=[joined],
        grants=[grant("L", member_opt_in=True), grant("P1"), grant("P2")],
    )
    (short,) = ask(state).shortfalls
    assert short.because.endswith("claimed by L, whose deal deal-L needs the member's own opt-in")
    assert (short.party, short.could_grant) == ("L", "D")
    yeses = [c for found in state.choices.values() for c in found]
    opted = with_(state, choices=[*yeses, choice("opt", "D", Use.TRAIN)])
    assert ask(opted).cleared == PLACES and ask(opted).choices == ("opt", "yes-A", "yes-N")
    left = msgspec.structs.replace(joined, period=DayPeriod(ALWAYS.start, AT.date()))
    assert not ask(with_(opted, memberships=[left])).cleared


def test_a_member_that_left_is_not_licensed_by_its_collective() -> None:
    """A membership that is over carries nothing, and the sentence says so."""
    left = Membership(
        id="m",
        kind=MembershipKind.DISTRIBUTION,
        member="L",
        collective="C",
        period=DayPeriod(ALWAYS.start, AT.date()),
        known_from=2,
    )
    state = with_(clean(Use.TRAIN), memberships=[left], grants=[grant("C"), grant("P1"), grant("P2")])
    assert said(ask(state)) == ["100 % of the master of R1 everywhere: claimed by L, not a member of C on that day"]


def test_the_deal_that_came_nearest_is_named() -> None:
    """Of a terminated deal and one that leaves R1 out, the one in force is named."""
    old = grant("L", "old", states=((AT - timedelta(days=9), "active"), (AT, "terminated")))
    new = grant("L", "new", exclusions=("R1",))
    answer = ask(with_(clean(Use.TRAIN), grants=[old, new, grant("P1"), grant("P2")]))
    assert said(answer) == ["100 % of the master of R1 everywhere: claimed by L, whose deal new does not reach R1"]


@pytest.mark.parametrize("status", [ClaimStatus.ASSERTED, ClaimStatus.EVIDENCED, ClaimStatus.REJECTED])
def test_who_only_claims_does_not_refuse_by_name(status: ClaimStatus) -> None:
    """An assertion blocks nobody, by a no that names the asset neither; accepted, it counts where it stands."""
    said_no = choice("no", "Z", Use.TRAIN, "no", asset="R1")
    state = clean(Use.TRAIN)
    yeses = [c for found in state.choices.values() for c in found]
    theirs = claim("z", "W", Right.SR, "Z", Fraction(1, 9), territories=JP)
    state = with_(state, choices=[*yeses, said_no])
    only = with_(state, claims=[*made.clean_claims(), msgspec.structs.replace(theirs, status=status)])
    assert ask(only).cleared == PLACES
    accepted = with_(state, claims=[*made.clean_claims(), theirs])
    assert ask(accepted).cleared == PLACES - JP and said(ask(accepted)) == ["Z said no to train in f in JP"]


def in_its_own_name(kind: MembershipKind, *choices: Any, **more: Any) -> ClearanceState:
    """L claims the masters of what stands under the label of its member D."""
    state = clean(Use.TRAIN)
    assets = {name: msgspec.structs.replace(one, label="D") if one.label else one for name, one in state.assets.items()}
    member = Membership(id="m", kind=kind, member="D", collective="L", period=ALWAYS, known_from=2)
    yeses = [c for found in state.choices.values() for c in found]
    return with_(
        state,
        assets=assets,
        memberships=[member],
        choices=[*yeses, *choices],
        grants=[grant("L", **more), grant("P1"), grant("P2")],
    )


def test_laundering_a_blanket_licence_in_the_collectives_own_name() -> None:
    """Law 3: a collective that claims itself what stands under a member's label grants nothing without the member's opt-in,
    whether its deal says so or not; a distributor's deal does, unless the member said no."""
    collective, distributor = MembershipKind.COLLECTIVE, MembershipKind.DISTRIBUTION
    (short,) = ask(in_its_own_name(collective)).shortfalls
    assert short.because.endswith("claimed by L, whose deal deal-L needs the member's own opt-in")
    assert short.could_grant == "D"
    opted = ask(in_its_own_name(collective, choice("opt", "D", Use.TRAIN)))
    assert opted.cleared == PLACES and "opt" in opted.choices
    assert ask(in_its_own_name(distributor)).cleared == PLACES
    no = choice("no", "D", Use.TRAIN, "no", territories=JP)
    refused = ask(in_its_own_name(distributor, no))
    assert refused.cleared == PLACES - JP and refused.shortfalls[0].could_grant == "D"
    assert said(refused) == [
        "100 % of the master of R1 in JP: claimed by L, whose member D said no to train in f",
    ]


def by_clause(**more: Any) -> ClearanceState:
    """N's yes is her label L's, under clause 7 of its deal; B's recording K for D is of the same work, and N is on it."""
    yes = choice("y", "N", Use.TRAIN, spoken_by="L", source=Source.LABEL_CLAUSE, mandate="deal-L/7")
    others = [choice(f"y-{p}", p, Use.TRAIN) for p in ("A", "B", "V")]
    state = clean(Use.TRAIN)
    guest = asset("K", AssetKind.RECORDING, ("W",), credits=(Credit("N", "featured"),), label="D")
    return with_(
        state,
        assets={**state.assets, "K": guest},
        claims=[*made.clean_claims(), claim("k", "K", Right.MASTER, "D", Fraction(1))],
        choices=[yes, *others],
        grants=[grant("L", **more), *(grant(g) for g in ("P1", "P2", "D"))],
    )


def test_laundering_a_labels_clause_speaks_for_that_labels_catalogue_alone() -> None:
    """Law 3: a yes that rests on a label's clause reaches what stands under the label, and not the guest's recording for
    another; it goes no further than the clause does, and ends with it."""
    assert ask(by_clause()).cleared == PLACES
    assert said(ask(by_clause(), "K")) == [
        "the yes of N to train in f rests on L's clause deal-L/7, which does not carry it to K"
    ]
    beyond = ask(by_clause(exclusions=("R2",)), "R2")
    assert not beyond.cleared and any("does not carry it to R2" in line for line in said(beyond))
    ended = ask(by_clause(states=((AT - timedelta(days=9), "active"), (AT, "terminated"))))
    assert "the yes of N to train in f rests on L's clause deal-L/7, which does not carry it to R1" in said(ended)


def test_laundering_a_labels_clause_is_no_yes_to_be_imitated() -> None:
    """Law 3: what is asked of a person in all she makes is not answered by one label's clause, nor by a group against a member
    who said no to one of its recordings."""
    question = Question(Use.TRAIN, "f", AT)
    assert rules.consent(by_clause(), question, "N") == TerritorySet()
    member = Membership(id="m", kind=MembershipKind.GROUP, member="G", collective="N", period=ALWAYS, known_from=2)
    assert rules.consent(with_(a_refusal("R2", by="G"), memberships=[member]), question, "N") == TerritorySet()


def test_laundering_a_default_opt_in_is_not_a_yes() -> None:
    """Law 3: a blanket default never reaches the grade a feature takes, whatever it publishes."""
    default = choice("y", "N", Use.TRAIN, spoken_by="L", source=Source.BLANKET_DEFAULT)
    others = [choice(f"y-{p}", p, Use.TRAIN) for p in ("A", "B", "V")]
    state = with_(clean(Use.TRAIN), choices=[default, *others], features={"f": feature(minimum_grade={Use.TRAIN: 1})})
    assert said(ask(state)) == [
        "the yes of N to train in f comes from a blanket default; it needs a label under a named clause"
    ]
