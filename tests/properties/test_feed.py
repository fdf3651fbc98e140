"""Laws 6 and 9 of what is told to whoever keeps a copy: applying the changes in order gives the full answer, whatever
happened, however large the pages, and wherever it was interrupted.

The plain twin takes the full answer at either end and compares them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy as copied
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from tests.stories.runner import World, tell
from tests.unit.clearance.scene import agreed

from accord.catalog import actions as catalog
from accord.catalog import claim_actions as claims
from accord.clearance import actions as holds
from accord.clearance import feed, loading, rules
from accord.clearance.records import Changes, Question
from accord.deals import actions as deals
from accord.deals.records import Clause, Remuneration, Selection, Terms
from accord.governance import actions as governance
from accord.journal.queries import head
from accord.participation import actions as participation
from accord.parties import accounts
from accord.parties import actions as parties
from accord.terms.refusal import BadInput, NotThere, Refused
from accord.terms.right import Right
from accord.terms.territory import WORLD, TerritorySet
from accord.terms.use import Use

pytestmark = pytest.mark.django_db
ACTOR = "acc_t"
PLACES = ("WORLD", "FR", "WORLD-JP", "JP+US")
PEOPLE = ("N", "K", "A", "L", "P", "B", "G", "C", "E")
ASSETS = (None, None, "R", "Q", "T", "Y", "W", "V")
PARTIES = ("L", "P", "C", "E")

More = dict[str, Any]


@pytest.fixture
def scene() -> World:
    """Besides what is agreed: a band B with its recording Y of a work V that arranges W, a collective C, a distributor E, a
    manager M, a part of L's catalogue."""
    world = agreed()
    tell("Performer G, with a verified account\nCollective C\nLabel E\nManager M", world=world)
    door = {"at": world.at, "actor": ACTOR}
    world.call("B", parties.register_party("group", "The Band", **door))
    world.call("V", catalog.register_work("Work V", [world.id("A")], arranges=world.id("W"), **door))
    credits = [(world.id("B"), "featured")]
    band = {"works": [world.id("V")], "credits": credits, "label": world.id("L"), **door}
    world.call("Y", catalog.register_recording("Recording Y", **band))
    for name in ("B", "L", "P"):
        made = accounts.open_account(f"{name}@feed.example", "a long feed password", ["artist"], [world.id(name)])
        parties.verify_identity(world.id(name), made, "seen", "passport", **door)
    tell("P claims 100 % of V everywhere\nL claims 100 % of the master of Y everywhere", world=world)
    tell("B says yes to train in compose", world=world)
    world.call("part", deals.name_sub_catalogue(world.id("L"), "old", [], world.at, ACTOR))
    return world


def day(world: World, days: int) -> date:
    """A day some days from the world's."""
    return (world.at + timedelta(days=days)).date()


def say(world: World, draw: Any) -> None:
    """Somebody answers for itself, by its own account or written down by an office."""
    who, asset = draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(ASSETS))
    actor = world.kept.get(f"account {who}", ACTOR)
    where, answer = TerritorySet.parse(draw(st.sampled_from(PLACES))), draw(st.sampled_from(["yes", "yes", "no"]))
    at = world.at + timedelta(hours=draw(st.sampled_from([0, 0, 0, 30])))
    of = world.id(asset) if asset else None
    participation.choose(world.id(who), world.id(who), "train", "compose", where, of, answer, at=at, actor=actor)


def manage(world: World, draw: Any) -> None:
    """M speaks for somebody under a mandate that may end soon, or a mandate is ended."""
    if draw(st.booleans()) and world.kept.get("mandates"):
        parties.end_mandate(world.kept["mandates"].pop(), "over", at=world.at, actor=ACTOR)
        return
    who = world.id(draw(st.sampled_from(["N", "K", "G", "B"])))
    days = {"starts": day(world, -1), "ends": draw(st.sampled_from([None, day(world, 1), day(world, 2)]))}
    made = parties.register_mandate(world.id("M"), who, ["train"], "signed", **days, at=world.at, actor=ACTOR)
    world.kept.setdefault("mandates", []).append(made)
    spoken = {"source": "representative", "mandate": made, "at": world.at, "actor": ACTOR}
    participation.choose(who, world.id("M"), "train", "compose", **spoken)


def prove(world: World, draw: Any) -> None:
    """An account stops or begins to count as its person."""
    who = draw(st.sampled_from(["N", "K", "A", "G"]))
    account = world.kept[f"account {who}"]
    if draw(st.booleans()):
        parties.withdraw_verification(world.id(who), account, "sold", at=world.at, actor=ACTOR)
    else:
        parties.verify_identity(world.id(who), account, "seen", "passport", at=world.at, actor=ACTOR)


def license(world: World, draw: Any) -> None:
    """A deal comes into force, for all or for something named, perhaps for a few days; or one is suspended or resumed."""
    if draw(st.booleans()):
        deal = draw(st.sampled_from([world.kept["deal of L"], world.kept["deal of P"], *world.kept.get("deals", [])]))
        step = draw(st.sampled_from([deals.suspend, deals.suspend, deals.resume, deals.terminate]))
        step(deal, "talks", world.at, ACTOR)
        return
    licensor = world.id(draw(st.sampled_from(PARTIES)))
    named = [Selection(kind="list", ids=(world.id("R"), world.id("W"))), Selection(kind="label", ids=(world.id("L"),))]
    if licensor == world.id("L"):
        named.append(Selection(kind="sub-catalogue", ids=(world.id("part"),)))
    more = {
        "uses": (draw(st.sampled_from([Use.TRAIN, Use.TRAIN, Use.REMIX])),),
        "territories": TerritorySet.parse(draw(st.sampled_from(PLACES))),
        "selection": draw(st.sampled_from([Selection(), Selection(), *named])),
        "member_opt_in": draw(st.booleans()),
    }
    starts = day(world, draw(st.sampled_from([-9, 0, 1, 2])))
    world.kept.setdefault("deals", []).append(
        in_force(world, licensor, starts, draw(st.sampled_from([None, day(world, 3), day(world, 3)])), **more)
    )


def in_force(world: World, licensor: str, starts: date, ends: date | None = None, **more: Any) -> str:
    """A deal of one clause brought into force: to train everywhere, unless said otherwise."""
    whole = {"uses": (Use.TRAIN,), "territories": WORLD, **more}
    clause = Clause(number="1", features=("compose",), rights=(Right.MASTER, Right.MR), **whole)
    paid = Remuneration(rate_ppm=700_000)
    terms = Terms(licensor=licensor, title="a deal", starts=starts, ends=ends, clauses=(clause,), remuneration=paid)
    deal = deals.open_deal(licensor, "a deal", world.at, ACTOR)
    deals.negotiate(deal, terms, world.at, ACTOR)
    for office in ("legal", "product"):
        deals.approve(deal, office, world.at, f"acc_{office}")
    for side in (licensor, "platform"):
        deals.sign(deal, side, world.at, ACTOR)
    deals.activate(deal, world.at, ACTOR)
    return deal


def join(world: World, draw: Any) -> None:
    """Somebody joins a group or whoever licenses for it, perhaps for some days; or leaves."""
    if draw(st.booleans()) and world.kept.get("joined"):
        parties.leave_collective(world.kept["joined"].pop(), "left", at=world.at, actor=ACTOR)
        return
    member, group, kind = draw(
        st.sampled_from(
            [("G", "B", "group"), ("N", "B", "group"), ("P", "C", "collective"), ("L", "E", "distribution")]
        )
    )
    days = {"starts": day(world, draw(st.sampled_from([-1, 1]))), "ends": day(world, draw(st.sampled_from([2, 90])))}
    made = parties.join_collective(world.id(member), world.id(group), kind=kind, **days, at=world.at, actor=ACTOR)
    world.kept.setdefault("joined", []).append(made)


def claim(world: World, draw: Any) -> None:
    """Something is claimed on evidence, or a claim is withdrawn."""
    if draw(st.booleans()) and world.kept.get("claims"):
        claims.withdraw_claim(world.kept["claims"].pop(), "an error", at=world.at, actor=ACTOR)
        return
    asset, right = draw(st.sampled_from([("Y", Right.MASTER), ("Q", Right.MASTER), ("V", Right.MR), ("W", Right.MR)]))
    days = day(world, draw(st.sampled_from([-9, 1]))), draw(st.sampled_from([None, day(world, 2)]))
    made = claims.assert_claim(
        world.id(asset),
        right,
        world.id(draw(st.sampled_from(["L", "P", "E"]))),
        draw(st.sampled_from([Fraction(1), Fraction(1, 2)])),
        TerritorySet.parse(draw(st.sampled_from(PLACES))),
        *days,
        at=world.at,
        actor=ACTOR,
    )
    claims.evidence_claim(made, "the contract", at=world.at, actor=ACTOR)
    world.kept.setdefault("claims", []).append(made)


def hold(world: World, draw: Any) -> None:
    """A hold is placed or lifted."""
    if draw(st.booleans()) and world.kept.get("holds"):
        holds.lift_hold(world.kept["holds"].pop(), "it is not", at=world.at, actor=ACTOR)
    else:
        subject = world.id(draw(st.sampled_from(["R", "W", "T"])))
        world.kept.setdefault("holds", []).append(holds.place_hold(subject, "a copy", at=world.at, actor=ACTOR))


def deliver(world: World, draw: Any) -> None:
    """Something new, a work or a part that is matched otherwise, or a work that is free."""
    door = {"at": world.at, "actor": ACTOR}
    match draw(st.sampled_from(["new", "unmatch", "match", "free", "list", "unlist"])):
        case "new":
            credits = [(world.id(draw(st.sampled_from(["N", "B"]))), "featured")]
            made = catalog.register_recording(
                "New", works=[world.id("W")], credits=credits, label=world.id("L"), **door
            )
            one = claims.assert_claim(made, Right.MASTER, world.id("L"), Fraction(1), **door)
            claims.evidence_claim(one, "the contract", **door)
        case "unmatch":
            catalog.unmatch_work(world.id("Y"), world.id("V"), "an error", **door)
        case "match":
            catalog.match_work(world.id("Y"), world.id("V"), **door)
        case "free":
            catalog.state_public_domain(world.id("V"), TerritorySet.of("FR"), "died 1750", **door)
        case what:
            some = [world.id(draw(st.sampled_from(["R", "Q", "Y"])))]
            add, remove = (some, ()) if what == "list" else ((), some)
            deals.list_in_sub_catalogue(world.id("part"), add, remove, world.at, ACTOR)


def switch(world: World, draw: Any) -> None:
    """The feature is taken off or comes back."""
    step = draw(st.sampled_from([governance.suspend, governance.resume]))
    step("compose", "a fault", world.at, ACTOR)


EVENTS = [say, say, say, say, manage, prove, license, license, join, claim, hold, deliver, switch]


def happen(world: World, draw: Any) -> None:
    """One thing, and some time; what the doors refuse does not happen."""
    try:
        with transaction.atomic():
            draw(st.sampled_from(EVENTS))(world, draw)
    except (BadInput, NotThere, Refused) as no:
        event(f"refused: {type(no).__name__}")
    world.at += timedelta(hours=draw(st.sampled_from([0, 0, 1, 9, 20, 50])), seconds=1)


def full(known: int, at: datetime) -> dict[str, TerritorySet]:
    """The plain twin's side: everything, as known at a position, decided at an instant; what is cleared nowhere left out."""
    state = loading.load(known, None, known)
    found = rules.where_cleared(state, Question(Use.TRAIN, "compose", at), state.assets)
    return {asset: TerritorySet(bits) for asset, bits in found.items() if bits}


def apply(copy: dict[str, TerritorySet], page: Changes) -> None:
    """What a follower does with a page."""
    for change in page.changes:
        copy.pop(change.asset, None)
        if change.after:
            copy[change.asset] = change.after


@contextmanager
def undone(scene: World) -> Iterator[World]:
    """The scene to be changed; what happens in it is undone afterwards."""
    with transaction.atomic():
        yield copied(scene)
        transaction.set_rollback(True)


# few and not made smaller, for time's sake: 200 of each were drawn when this was written
some = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@some
@given(data=st.data())
def test_laws_6_9_a_copy_that_follows_is_the_full_answer(scene: World, data: Any) -> None:
    """Laws 6 and 9: full answer, then pages of any size with facts written in between; interrupted, a copy goes on from the
    last `next` it kept, or asks anew from where it last stood; at each last page it is the full answer at its position."""
    draw = data.draw
    with undone(scene) as world:
        for _ in range(draw(st.integers(0, 3))):
            happen(world, draw)
        copy = full(head(), world.at)
        kept = anew = feed.standing(Use.TRAIN, "compose", head(), world.at)
        for _ in range(draw(st.integers(1, 12))):
            for _ in range(draw(st.integers(0, 2))):
                happen(world, draw)
            limit = draw(st.integers(1, 4))
            page = feed.page(kept, world.at, limit)
            if kept.after:  # on the way through pages, where they lead does not move
                assert feed.page(kept, world.at + timedelta(days=9), limit) == page
            apply(copy, page)
            match draw(st.sampled_from(["kept", "kept", "kept", "lost", "lost all"])):
                case "lost":  # it crashed before it kept where it was
                    continue
                case "lost all":
                    kept = anew
                    continue
            kept = feed.read(page.next)
            if not page.more:
                anew = kept
                assert copy == full(page.until, page.until_at)
        while page.more or page.until != head():
            page = feed.page(kept, world.at, 3)
            apply(copy, page)
            kept = feed.read(page.next)
        assert copy == full(head(), page.until_at)


@some
@given(data=st.data())
def test_laws_6_9_exactly_what_differs_is_told_with_what_it_was(scene: World, data: Any) -> None:
    """Laws 6, 8 and 9: the plain twin compares the full answers at both ends: what differs is told, before and after, each
    with at least one cause in the span; and what does not differ is told only where several causes met."""
    draw = data.draw
    with undone(scene) as world:
        known, at = head(), world.at
        for _ in range(draw(st.integers(1, 5))):
            happen(world, draw)
        start, told = feed.standing(Use.TRAIN, "compose", known, at), []
        while not told or told[-1].more:
            told.append(feed.page(feed.read(told[-1].next) if told else start, world.at, draw(st.integers(1, 9))))
        before, after = full(known, at), full(head(), world.at)
        nowhere = TerritorySet()
        differ = {a for a in {*before, *after} if before.get(a, nowhere) != after.get(a, nowhere)}
        changes = [change for page in told for change in page.changes]
        assert [change.asset for change in changes] == sorted({change.asset for change in changes})
        assert differ <= {change.asset for change in changes}
        for change in changes:
            assert (change.before, change.after) == (
                before.get(change.asset, nowhere),
                after.get(change.asset, nowhere),
            )
            assert change.causes and (change.asset in differ or len(change.causes) > 1)
            assert all(known < cause.position <= head() for cause in change.causes if not cause.day)
        event(f"{len(differ)} differ")


def _no(world: World, who: str) -> None:
    door = {"at": world.at, "actor": ACTOR}
    participation.choose(world.id(who), world.id(who), "train", "compose", answer="no", **door)


def _joins(world: World, member: str, group: str, kind: str) -> None:
    parties.join_collective(world.id(member), world.id(group), kind=kind, at=world.at, actor=ACTOR)


def _half_of_y(world: World) -> None:
    door = {"at": world.at, "actor": ACTOR}
    half = (world.id("Y"), Right.MASTER, world.id("E"), Fraction(1, 2), WORLD, day(world, 1))
    claims.evidence_claim(claims.assert_claim(*half, **door), "the contract", **door)


def _without(world: World, licensor: str) -> None:
    deals.suspend(world.kept[f"deal of {licensor}"], "talks", world.at, ACTOR)


def _part(world: World) -> None:
    _without(world, "L")
    in_force(world, world.id("L"), day(world, -1), selection=Selection(kind="sub-catalogue", ids=(world.id("part"),)))


def _nothing(world: World) -> None:
    """Time alone."""


#: What there is before, what happens then, and what of the scene it changes.
CASES = {
    "a claim's first day": (_half_of_y, _nothing, "Y"),
    "a member's no": (lambda w: _joins(w, "G", "B", "group"), lambda w: _no(w, "G"), "Y"),
    "a member with a no joins": (lambda w: _no(w, "G"), lambda w: _joins(w, "G", "B", "group"), "Y"),
    "whoever licenses for a member": (
        lambda w: (_without(w, "L"), _joins(w, "L", "E", "distribution")),
        lambda w: in_force(w, w.id("E"), day(w, -1)),
        "RQTY",
    ),
    "a member joins whoever licenses": (
        lambda w: (_without(w, "L"), in_force(w, w.id("E"), day(w, -1))),
        lambda w: _joins(w, "L", "E", "distribution"),
        "RQTY",
    ),
    "a deal's first day": (lambda w: (_without(w, "P"), in_force(w, w.id("P"), day(w, 1))), _nothing, "WVRQTY"),
    "a deal's last day": (
        lambda w: (_without(w, "P"), in_force(w, w.id("P"), day(w, -1), day(w, 1))),
        _nothing,
        "WVRQTY",
    ),
    "a clause that lists": (
        lambda w: _without(w, "L"),
        lambda w: in_force(w, w.id("L"), day(w, -1), selection=Selection(kind="list", ids=(w.id("Q"),))),
        "Q",
    ),
    "a part that is filled": (
        _part,
        lambda w: deals.list_in_sub_catalogue(w.id("part"), [w.id("Q")], (), w.at, ACTOR),
        "Q",
    ),
    "a hold on a work": (_nothing, lambda w: holds.place_hold(w.id("V"), "a copy", at=w.at, actor=ACTOR), "VY"),
    "the feature is taken off": (
        _nothing,
        lambda w: governance.suspend("compose", "a fault", w.at, ACTOR),
        "WVRQTY",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_laws_6_9_each_kind_of_word_and_day_is_told(scene: World, case: str) -> None:
    """Laws 6, 8 and 9: one thing happens, or a day comes; the changes are those of the full answers, no more and no less."""
    before, happens, changed = CASES[case]
    before(scene)
    start, was = feed.standing(Use.TRAIN, "compose", head(), scene.at), full(head(), scene.at)
    happens(scene)
    if happens is _nothing:
        scene.at += timedelta(days=3)
    now = full(head(), scene.at)
    told = feed.page(start, scene.at).changes
    nowhere = TerritorySet()
    differ = {a: now.get(a, nowhere) for a in {*was, *now} if was.get(a, nowhere) != now.get(a, nowhere)}
    assert {change.asset: change.after for change in told if change.before != change.after} == differ
    assert set(differ) == {scene.id(name) for name in changed}
    assert all(change.causes for change in told)
