"""A small world with two cleared recordings: parties, works, claims, deals, a live feature, choices; all real doors."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from tests.unit.studio.scores import tune

from accord.catalog import actions as catalog
from accord.catalog import facts
from accord.catalog.score import Score
from accord.clearance import actions as clearance
from accord.deals import actions as deals
from accord.deals.records import Clause, Conditions, Remuneration, Terms
from accord.governance import actions as governance
from accord.integrity import actions as integrity
from accord.journal.actions import Writer, writing
from accord.participation import actions as participation
from accord.parties import accounts
from accord.parties import actions as parties
from accord.studio.rendering import encode, render
from accord.terms.right import Right
from accord.terms.territory import WORLD
from accord.terms.use import Use
from accord.vault import actions as vault

ACTOR = "acc_test"
START = datetime(2026, 6, 1, 9, tzinfo=UTC)


@dataclass
class World:
    """Ids by name, and a clock that each call moves on by a minute."""

    ids: dict[str, str] = field(default_factory=dict)
    at: datetime = START

    def now(self) -> datetime:
        """The next minute."""
        self.at += timedelta(minutes=1)
        return self.at

    def __getitem__(self, name: str) -> str:
        return self.ids[name]


def blend_world() -> World:
    """Label, publisher, performer, writer and fan; recordings `r1` (120, C major) and `r2` (92, E minor); `blend` is live."""
    world = World()
    for name, kind in (
        ("label", "label"),
        ("publisher", "publisher"),
        ("nina", "person"),
        ("walt", "person"),
        ("fan", "person"),
    ):
        world.ids[name] = parties.register_party(
            kind, name.title() + " Test", at=world.now(), actor=ACTOR, demonstration=True
        )
    for number, (bpm, key) in enumerate(((120, "C major"), (92, "E minor")), 1):
        world.ids[f"w{number}"] = work(world, f"Work {number}")
        world.ids[f"r{number}"] = recording(world, f"Air {number}", f"w{number}", tune(bpm, key, number, bars=5))
    open_feature(world, "blend", Use.REMIX)
    for licensor, rights in (("label", (Right.MASTER,)), ("publisher", (Right.MR, Right.PR, Right.SR))):
        world.ids[f"deal {licensor}"] = licence(world, licensor, rights, "blend", Use.REMIX)
    for person in ("nina", "walt"):
        verified(world, person)
        world.ids[f"yes {person}"] = participation.choose(
            world[person], world[person], Use.REMIX, "blend", at=world.now(), actor=world[f"account {person}"]
        )
    launch(world, "blend")
    integrity.index_recordings([world["r1"], world["r2"]], world.now(), ACTOR)
    return world


def work(world: World, title: str) -> str:
    """A work by walt, wholly the publisher's."""
    asset = catalog.register_work(title, [world["walt"]], at=world.now(), actor=ACTOR, demonstration=True)
    with writing(ACTOR, world.now()) as journal:
        for right in (Right.MR, Right.PR, Right.SR):
            claim(journal, world["publisher"], asset, right)
    return asset


def recording(world: World, title: str, of: str, score: Score) -> str:
    """A recording by nina of a work, wholly the label's, rendered from `score`."""
    rendering = render(score)
    asset = catalog.register_recording(
        title, works=[world[of]], credits=[(world["nina"], "featured")], label=world["label"],
        audio=vault.put(encode(rendering.mix)), duration_s=rendering.duration_s, at=world.now(), actor=ACTOR,
        demonstration=True,
    )  # fmt: skip
    with writing(ACTOR, world.now()) as journal:
        claim(journal, world["label"], asset, Right.MASTER)
    return asset


def claim(journal: Writer, claimant: str, asset: str, right: Right) -> None:
    """The whole of a right everywhere, evidenced and accepted."""
    one = journal.mint("clm")
    journal.append(
        facts.ClaimAsserted(
            claim=one, asset=asset, right=right, claimant=claimant, share=Fraction(1), territories=WORLD
        )
    )
    journal.append(facts.ClaimEvidenced(claim=one, evidence="prv:test"))
    journal.append(facts.ClaimAccepted(claim=one, because="the test says so"))


def open_feature(world: World, feature: str, *uses: Use) -> None:
    """A proposed feature whose controls are open."""
    governance.propose_feature(
        feature, feature.title(), set(uses), WORLD, world.now(), ACTOR, purpose="a test", commercial=False, needs_works=0,
        needs_recordings=0,
    )  # fmt: skip
    governance.publish_policy(
        feature, world.now(), ACTOR, release_label="Made with consent", participation="nobody without a yes",
        prompt_boundaries=(), review="checked first", export=False,
    )  # fmt: skip
    governance.publish_split(feature, 800_000, 0, 200_000, world.now(), ACTOR)
    governance.open_controls(feature, world.now(), ACTOR)


def launch(world: World, feature: str) -> None:
    """Four sign-offs, then live."""
    for office in ("legal", "product", "trust", "comms"):
        governance.sign_off(feature, office, world.now(), f"acc_{office}")
    clearance.launch(feature, world.now(), ACTOR)


def licence(
    world: World,
    licensor: str,
    rights: tuple[Right, ...],
    feature: str,
    use: Use,
    ends: date | None = None,
    **conditions: object,
) -> str:
    """An active worldwide deal on the licensor's whole catalogue."""
    clause = Clause(
        number="1", uses=(use,), features=(feature,), territories=WORLD, rights=rights,
        conditions=Conditions(credit_line=f"Licensed by {licensor}", **conditions),  # type: ignore[arg-type]
    )  # fmt: skip
    terms = Terms(
        licensor=world[licensor], title=f"{licensor} licence", starts=date(2026, 1, 1), ends=ends, clauses=(clause,),
        remuneration=Remuneration(rate_ppm=700_000),
    )  # fmt: skip
    deal = deals.open_deal(world[licensor], terms.title, world.now(), ACTOR)
    deals.negotiate(deal, terms, world.now(), ACTOR)
    deals.approve(deal, "legal", world.now(), "acc_legal")
    deals.approve(deal, "product", world.now(), "acc_product")
    deals.sign(deal, "licensor", world.now(), "acc_licensor")
    deals.sign(deal, "platform", world.now(), "acc_licensing")
    deals.activate(deal, world.now(), ACTOR)
    return deal


def verified(world: World, person: str) -> None:
    """An account of the person, verified to be it."""
    account = accounts.open_account(
        f"{person}@example.org", "correct horse battery staple", ("artist",), (), at=world.now()
    )
    world.ids[f"account {person}"] = account
    parties.claim_profile(world[person], world[f"account {person}"], at=world.now(), actor=world[f"account {person}"])
    parties.verify_identity(
        world[person], world[f"account {person}"], "passport", {"seen": "yes"}, at=world.now(), actor=ACTOR
    )
