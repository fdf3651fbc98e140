"""Steps about people, music, claims, deals, features, choices and clearance: everything goes through the real doors.

Uses and territories are said as people say them: `for train in compose`, `everywhere but JP`, `in FR and DE`.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from tests.stories.runner import World, listed, step, then

from accord.catalog import actions as catalog
from accord.catalog import queries as catalogue
from accord.catalog.records import Claim, ClaimStatus
from accord.clearance import actions as clearance
from accord.clearance import queries
from accord.deals import actions as deals
from accord.deals.records import Clause, Remuneration, Revocation, Selection, Terms
from accord.governance import actions as governance
from accord.governance import queries as features
from accord.integrity import queries as integrity
from accord.participation import actions as participation
from accord.participation.records import Source
from accord.parties import accounts
from accord.parties import actions as parties
from accord.parties.viewer import SYSTEM
from accord.terms.refusal import Refused
from accord.terms.right import Right
from accord.terms.territory import WORLD, TerritorySet
from accord.terms.use import Use

ACTOR = "acc_story"
WHERE = r"(everywhere(?: but [A-Z, and]+)?|in [A-Z, and]+)"
WORK_RIGHTS = (Right.MR, Right.PR, Right.SR)
KINDS = {"label": "label", "publisher": "publisher", "performer": "person", "singer": "person", "writer": "person"}
KINDS |= {"manager": "person", "collective": "collective", "platform": "platform"}


def territories(words: str) -> TerritorySet:
    """`everywhere`, `everywhere but JP`, `in FR and DE`."""
    if words.startswith("everywhere"):
        return WORLD - TerritorySet.of(*listed(words.partition(" but ")[2]))
    return TerritorySet.of(*listed(words.removeprefix("in ")))


def share(text: str) -> Fraction:
    """`12.5` → 1/8."""
    return Fraction(text) / 100


# --- people and music


@step(r"(Label|Publisher|Performer|Singer|Writer|Manager|Collective)s? ([\w, ]+?)(, with (?:a )?verified accounts?)?")
def _parties(world: World, kind: str, names: str, verified: str | None) -> None:
    for name in listed(names):
        world.call(name, parties.register_party(KINDS[kind.lower()], f"{name} Story", at=world.at, actor=ACTOR))
        if verified:
            _verify(world, name)


@step(r"(\w+) has a verified account")
def _verify(world: World, name: str) -> None:
    account = accounts.open_account(
        f"{name.lower()}@story.example", "a long story password", ["artist"], [world.id(name)], at=world.at
    )
    parties.verify_identity(world.id(name), account, "seen in person", "passport", at=world.at, actor=ACTOR)
    world.kept[f"account {name}"] = account


@step(r"Works? ([\w, ]+?) by ([\w, ]+)")
def _works(world: World, names: str, writers: str) -> None:
    for name in listed(names):
        by = [world.id(writer) for writer in listed(writers)]
        world.call(name, catalog.register_work(f"Work {name}", by, at=world.at, actor=ACTOR))


@step(r"Recordings? ([\w, ]+?) of (\w+) by (\w+), on label (\w+)(, sung by (\w+))?")
def _recordings(
    world: World, names: str, work: str, by: str, label: str, _sung: str | None, singer: str | None
) -> None:
    credits = [(world.id(by), "featured")] + ([(world.id(singer), "vocalist")] if singer else [])
    for name in listed(names):
        made = catalog.register_recording(
            f"Recording {name}",
            works=[world.id(work)],
            credits=credits,
            label=world.id(label),
            at=world.at,
            actor=ACTOR,
        )
        world.call(name, made)


@step(r"Stem (\w+) of (\w+)")
def _stem(world: World, name: str, recording: str) -> None:
    (stem,) = catalog.register_stems(
        world.id(recording), [(name, "sha256:" + "0" * 64, 20.0)], at=world.at, actor=ACTOR
    )
    world.call(name, stem)


@step(r"Album (\w+) with ([\w, ]+)")
def _album(world: World, name: str, tracks: str) -> None:
    ids = [world.id(track) for track in listed(tracks)]
    world.call(name, catalog.register_release(f"Album {name}", ids, at=world.at, actor=ACTOR))


# --- claims


def _claims(world: World, who: str, percent: str, of: str, where: str) -> list[str]:
    asset, rights = of.removeprefix("the master of "), WORK_RIGHTS
    if of != asset:
        rights = (Right.MASTER,)
    made = [
        catalog.assert_claim(
            world.id(asset), right, world.id(who), share(percent), territories(where), at=world.at, actor=ACTOR
        )
        for right in rights
    ]
    world.kept[f"claims of {who} to {asset}"] = made
    return made


@step(rf"(\w+) claims ([\d.]+) % of ((?:the master of )?\w+) {WHERE}")
def _claim(world: World, who: str, percent: str, of: str, where: str) -> None:
    for claim in _claims(world, who, percent, of, where):
        catalog.evidence_claim(claim, "the contract", at=world.at, actor=ACTOR)


@step(rf"(\w+) asserts ([\d.]+) % of ((?:the master of )?\w+) {WHERE}, without evidence")
def _assert_only(world: World, who: str, percent: str, of: str, where: str) -> None:
    _claims(world, who, percent, of, where)


@step(r"(\w+) sends the evidence for its claim to (\w+)")
def _evidence(world: World, who: str, asset: str) -> None:
    for claim in world.kept[f"claims of {who} to {asset}"]:
        catalog.evidence_claim(claim, "the contract", at=world.at, actor=ACTOR)


@step(r"The conflict about (\w+) is resolved for (\w+)")
def _resolve(world: World, asset: str, winner: str) -> None:
    for conflict in catalogue.conflicts([world.id(asset)]):
        stand = [c.id for c in _standing(asset, world) if c.id in conflict.claims and c.claimant == world.id(winner)]
        catalog.resolve_conflict(conflict.id, stand, "the earlier contract holds", at=world.at, actor=ACTOR)


def _standing(asset: str, world: World) -> list[Claim]:
    return catalogue.claims([world.id(asset)])


@then(r"(\w+)'s claim to (\w+) in ([A-Z]+) is (\w+), and on record")
def _claim_stands(world: World, who: str, asset: str, place: str, status: str) -> None:
    mine = [c for c in _standing(asset, world) if c.claimant == world.id(who) and place in c.territories]
    assert [c.status for c in mine] == [ClaimStatus(status)]


@then(r"a case asks (\w+) for the evidence of its claim to (\w+)")
def _case_of_evidence(world: World, who: str, asset: str) -> None:
    found = [c for c in integrity.cases(SYSTEM) if c.subject == world.id(asset) and c.maker == world.id(who)]
    assert found and all(c.kind == "claim-evidence" and c.due is not None for c in found)


@then(r"a case about the claims to (\w+) is open, with a deadline")
def _case_of_conflict(world: World, asset: str) -> None:
    (found,) = [c for c in integrity.cases(SYSTEM) if c.subject == world.id(asset) and c.kind == "claim-conflict"]
    assert found.due is not None and found.due > world.at


# --- features and deals


@step(rf"Features? ([\w, ]+?), for (\w+), offered {WHERE}, (?:has its|have their) controls open")
def _features(world: World, names: str, use: str, where: str) -> None:
    for feature in listed(names):
        at, promise = world.at, "nobody is in it without a yes"
        governance.propose_feature(feature, feature, [use], territories(where), at, ACTOR)
        governance.publish_policy(feature, at, ACTOR, release_label="made with AI", participation=promise)
        governance.publish_split(feature, 800_000, 0, 200_000, at, ACTOR)
        governance.open_controls(feature, at, ACTOR)


@step(r"([\w, ]+?) (?:is|are) launched")
def _launch(world: World, names: str) -> None:
    for feature in listed(names):
        for office in ("legal", "product", "trust", "comms"):
            governance.sign_off(feature, office, world.at, f"acc_{office}")
        clearance.launch(feature, world.at, ACTOR)


@step(
    rf"([\w, ]+?) (?:has an|have) active deals? for (\w+) in (\w+) {WHERE}"
    r"(?:, clause (\w+))?(?:, naming (\w+))?(, to be retired within (\d+) days of a revocation)?"
)
def _deal(
    world: World,
    names: str,
    use: str,
    feature: str,
    where: str,
    clause: str | None,
    voice: str | None,
    _retire: str | None,
    days: str | None,
) -> None:
    for name in listed(names):
        kind = catalogue_rights(name, world)
        terms = Terms(
            licensor=world.id(name),
            title=f"{name} licence",
            starts=date(2026, 1, 1),
            ends=None,
            clauses=(
                Clause(
                    number=clause or "1",
                    uses=(Use(use),),
                    features=(feature,),
                    territories=territories(where),
                    rights=kind,
                    selection=Selection(),
                    voice_persons=(world.id(voice),) if voice else (),
                ),
            ),
            remuneration=Remuneration(rate_ppm=700_000),
            revocation=Revocation(retire_within_days=int(days or 90)),
        )
        world.kept[f"deal of {name}"] = _signed(world, terms)


def catalogue_rights(name: str, world: World) -> tuple[Right, ...]:
    """What a licensor grants: labels their masters, publishers the works' rights."""
    return (Right.MASTER,) if name.startswith("L") else WORK_RIGHTS


def _signed(world: World, terms: Terms) -> str:
    deal = deals.open_deal(terms.licensor, terms.title, world.at, ACTOR)
    deals.negotiate(deal, terms, world.at, ACTOR)
    for office in ("legal", "product"):
        deals.approve(deal, office, world.at, f"acc_{office}")
    for party in (terms.licensor, "platform"):
        deals.sign(deal, party, world.at, ACTOR)
    deals.activate(deal, world.at, ACTOR)
    return deal


# --- choices


def _about(world: World, what: str | None) -> str | None:
    return None if what in (None, "everything") else world.id(str(what))


@step(rf"([\w, ]+?) says? (yes|no) to (\w+) in (\w+)(?: for (\w+))?(?: {WHERE})?")
def _choose(world: World, names: str, answer: str, use: str, feature: str, what: str | None, where: str | None) -> None:
    for name in listed(names):
        world.kept[f"choice of {name}"] = participation.choose(
            world.id(name),
            world.id(name),
            use,
            feature,
            territories(where) if where else WORLD,
            _about(world, what),
            answer,
            at=world.at,
            actor=world.kept.get(f"account {name}", ACTOR),
        )


@step(r"(\w+) takes back the yes to (\w+) in (\w+)")
def _take_back(world: World, name: str, use: str, feature: str) -> None:
    actor = world.kept[f"account {name}"]
    participation.revoke(world.id(name), world.id(name), use, feature, at=world.at, actor=actor)


@step(r"(\w+)'s verification is withdrawn")
def _unverify(world: World, name: str) -> None:
    account = world.kept[f"account {name}"]
    parties.withdraw_verification(world.id(name), account, "the account was sold", at=world.at, actor=ACTOR)


@step(r"(\w+) gives (\w+) mandate (\w+) for (\w+)")
def _mandate(world: World, person: str, representative: str, name: str, use: str) -> None:
    made = parties.register_mandate(
        world.id(representative), world.id(person), [use], "a signed letter", date(2026, 1, 1), at=world.at, actor=ACTOR
    )
    world.call(name, made)


@then(r"(\w+)'s yes for (\w+) to (\w+) in (\w+) is refused: (.+)")
def _refused_yes(world: World, representative: str, person: str, use: str, feature: str, because: str) -> None:
    try:
        participation.choose(
            world.id(person),
            world.id(representative),
            use,
            feature,
            source=Source.REPRESENTATIVE,
            at=world.at,
            actor=ACTOR,
        )
    except Refused as no:
        said = no.refusal.because.replace("`", "")
        assert world.named(said) == because, world.named(said)
    else:
        raise AssertionError("it was accepted")


# --- clearance


def answer(world: World, asset: str, use: str, feature: str) -> Any:
    """The answer now."""
    return queries.decide(world.id(asset), use, feature, world.at)


@then(rf"([\w, ]+?) (?:is|are) cleared for (\w+) in (\w+) {WHERE}")
def _cleared(world: World, names: str, use: str, feature: str, where: str) -> None:
    offered = features.feature(feature).territories
    for name in listed(names):
        found = answer(world, name, use, feature)
        assert found.cleared == territories(where) & offered, (found.cleared.named(), said(world, found))
        world.kept["answer"] = found


@then(rf"([\w, ]+?) (?:is|are) not cleared for (\w+) in (\w+) {WHERE}(?:: (.+))?")
def _not_cleared(world: World, names: str, use: str, feature: str, where: str, because: str | None) -> None:
    for name in listed(names):
        found = answer(world, name, use, feature)
        missing = found.missing_in(territories(where))
        assert not found.cleared & territories(where), found.cleared.named()
        if because is not None:
            lines = [world.named(short.because) for short in missing]
            assert because in lines, lines


@then(r"nothing else is missing for (\w+) to be cleared for (\w+) in (\w+)")
def _nothing_else(world: World, name: str, use: str, feature: str) -> None:
    assert len(answer(world, name, use, feature).shortfalls) == 1


@then(r"the album (\w+) is not cleared for (\w+) in (\w+) as a whole")
def _album_not_cleared(world: World, name: str, use: str, feature: str) -> None:
    whole, tracks = queries.decide_release(world.id(name), use, feature, world.at)
    assert not whole and any(one.cleared for one in tracks.values())


@then(r"asked as of (\d+ \w+ \d{4}), (\w+) was cleared for (\w+) in (\w+) (everywhere), by the same decision")
def _as_of(world: World, _day: str, name: str, use: str, feature: str, where: str) -> None:
    kept = world.kept["answer"]
    found = queries.decide_as_of(world.id(name), use, feature, kept.at)
    assert found.was_cleared == territories(where)
    assert found.decision == kept.decision and found.history


def said(world: World, found: Any) -> list[str]:
    """The sentences of an answer in the story's names."""
    return [world.named(short.because) for short in found.shortfalls]
