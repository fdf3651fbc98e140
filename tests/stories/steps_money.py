"""Steps about usage, revenue, closes and statements: everything goes through the real doors."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction
from typing import Any

from tests.stories.runner import World, listed, step, then
from tests.stories.steps_clearance import ACTOR, WHERE, WORK_RIGHTS, catalogue_rights, territories

from accord.attribution.facts import CreationAttributed
from accord.attribution.records import ShareKind, ShareRow
from accord.catalog import actions as catalog
from accord.deals import actions as deals
from accord.deals.records import Clause, Remuneration, Terms
from accord.journal.actions import writing
from accord.metering import actions as metering
from accord.parties.viewer import SYSTEM
from accord.payouts import actions, files, queries
from accord.payouts.models import PaymentRow
from accord.payouts.records import StatementHead
from accord.terms.money import micros
from accord.terms.use import Use

MONEY = r"([\d,]+\.\d+)"
PERIOD = r"(\d{4}-Q\d)"


def statement(world: World, name: str, period: str) -> StatementHead:
    """The one statement of a party for a period."""
    (only,) = queries.statements(SYSTEM, period, world.id(name))
    return only


def balance(account: str) -> int:
    """What stands in an account; credits are positive here, as a party reads them."""
    return -next((one.amount_micros for one in queries.trial_balance().balances if one.account == account), 0)


# --- claims and deals


@step(rf"([\w, ]+?) claim a third each of (\w+) {WHERE}")
def _thirds(world: World, names: str, work: str, where: str) -> None:
    for name in listed(names):
        for right in WORK_RIGHTS:
            made = catalog.assert_claim(
                world.id(work), right, world.id(name), Fraction(1, 3), territories(where), at=world.at, actor=ACTOR
            )
            catalog.evidence_claim(made, "the contract", at=world.at, actor=ACTOR)


@step(
    rf"([\w, ]+?) (?:has an|have) active deals? for (\w+) in (\w+) {WHERE}, paying (\d+) % at parity"
    rf"(?:, with an advance of {MONEY})?(?:, with a threshold of {MONEY})?"
)
def _paying_deal(
    world: World, names: str, use: str, feature: str, where: str, rate: str, advance: str | None, least: str | None
) -> None:
    for name in listed(names):
        clause = Clause(
            number="1",
            uses=(Use(use),),
            features=(feature,),
            territories=territories(where),
            rights=catalogue_rights(name, world),
        )
        pay = Remuneration(
            rate_ppm=int(rate) * 10_000,
            parity=True,
            advance_micros=micros(advance or "0"),
            threshold_micros=micros(least or "0"),
        )
        starts, ends = date(2026, 1, 1), date(2030, 1, 1)
        terms = Terms(
            licensor=world.id(name), title=name, starts=starts, ends=ends, clauses=(clause,), remuneration=pay
        )
        deal = deals.open_deal(terms.licensor, terms.title, world.at, ACTOR)
        deals.negotiate(deal, terms, world.at, ACTOR)
        for office in ("legal", "product"):
            deals.approve(deal, office, world.at, f"acc_{office}")
        for party in (terms.licensor, "platform"):
            deals.sign(deal, party, world.at, ACTOR)
        deals.activate(deal, world.at, ACTOR)
        world.kept[f"deal of {name}"] = deal


@step(r"(\w+) disputes the claim of (\w+) to (\w+)")
def _dispute(world: World, by: str, who: str, asset: str) -> None:
    for claim in world.kept[f"claims of {who} to {asset}"]:
        catalog.dispute_claim(claim, world.id(by), "it is ours", at=world.at, actor=ACTOR)


# --- creations, usage, revenue


@step(r"Creation (\w+) of (\w+) is (.+)")
def _creation(world: World, name: str, feature: str, made_of: str) -> None:
    parts = [(Fraction(1), made_of.removeprefix("all "))] if made_of.startswith("all ") else []
    for part in listed(made_of) if not parts else ():
        share, asset = part.split(" ")
        parts.append((Fraction(share), asset))
    whole = max(share.denominator for share, _ in parts)
    rows = tuple(
        ShareRow(
            subject=world.id(asset), kind=ShareKind.SOURCE, units=int(share * whole), method="told", because="told"
        )
        for share, asset in parts
    )
    world.call(name, f"cre_story_{name}")
    with writing(ACTOR, world.at) as journal:
        journal.append(
            CreationAttributed(
                creation=world.id(name),
                feature=feature,
                total_units=whole,
                rows=rows,
                method_version="story",
                split_version=1,
            )
        )
    world.kept[f"feature of {name}"] = feature


@step(r"(\w+) is heard (\d+) times? in ([A-Z]{2})")
def _heard(world: World, name: str, times: str, place: str) -> None:
    one: dict[str, Any] = {
        "kind": "listen",
        "feature": world.kept[f"feature of {name}"],
        "creation": world.id(name),
        "user": "listener-1",
        "territory": place,
        "seconds": 30,
        "at": world.at,
    }
    events = [one | {"id": f"{name}-{world.at.isoformat()}-{n}"} for n in range(int(times))]
    report = metering.ingest(events, "story", world.at, ACTOR)
    assert report.accepted == int(times), report.rejected


@step(rf"(\w+) earned {MONEY} in ([A-Z]{{2}}) in {PERIOD}")
def _earned_revenue(world: World, feature: str, amount: str, place: str, period: str) -> None:
    metering.report_revenue(feature, place, period, micros(amount), "EUR", world.at, ACTOR)


@step(rf"{PERIOD} is closed")
def _close(world: World, period: str) -> None:
    (world.kept[f"report of {period}"],) = actions.close(period, world.at, ACTOR)


@step(r"everything payable is paid")
def _pay(world: World) -> None:
    assert actions.pay(world.at, ACTOR)


# --- what must be so


@then(rf"{MONEY} of {PERIOD} is due to the sources of (\w+)")
def _due_of_creation(world: World, amount: str, period: str, name: str) -> None:
    named = queries.closed(period).files
    reading = {
        (row["pool"], row["epoch"], row["kind"], row["subject"]): row["reading"]
        for row in files.table(named, "readings").to_pylist()
    }
    due: defaultdict[int, Fraction] = defaultdict(Fraction)
    for line in queries.as_closed(period).rows():
        if line["account"] != "platform":
            due[line["reading"]] += Fraction(line["weight"], line["whole_weight"])
    revenue = {pool.number: pool.revenue_micros for pool in files.pools(named)}
    heard = [row for row in files.table(named, "creations").to_pylist() if row["plays"]]
    plays = {number: sum(row["plays"] for row in heard if row["pool"] == number) for number in revenue}
    total = sum(
        Fraction(revenue[row["pool"]] * row["plays"] * part["units"], plays[row["pool"]] * part["whole_units"])
        * due[reading[row["pool"], row["epoch"], part["kind"], part["subject"]]]
        for row in heard
        for part in files.table(named, "credits").to_pylist()
        if row["creation"] == part["creation"] == world.id(name)
    )
    assert total == micros(amount), total


@then(rf"(\w+) earned {MONEY} in {PERIOD}, of which {MONEY} is payable")
def _earned(world: World, name: str, amount: str, period: str, payable: str) -> None:
    head = statement(world, name, period)
    assert (head.earned_micros, head.payable_micros) == (micros(amount), micros(payable)), head


@then(rf"(\w+) has {MONEY} of {PERIOD} in escrow, named after its claim to (\w+)")
def _escrow(world: World, name: str, amount: str, period: str, asset: str) -> None:
    head = statement(world, name, period)
    assert (head.escrow_micros, head.payable_micros) == (micros(amount), 0)
    (held,) = queries.escrow()
    assert -held.amount_micros == micros(amount)
    assert any(claim in held.account for claim in world.kept[f"claims of {name} to {asset}"])


@then(rf"(\w+) had {MONEY} recouped in {PERIOD} and has {MONEY} still to recoup")
def _recouped(world: World, name: str, amount: str, period: str, left: str) -> None:
    head = statement(world, name, period)
    assert head.recouped_micros == micros(amount), head
    document = queries.statement(SYSTEM, head.id)
    assert document["still_to_recoup"] == {world.kept[f"deal of {name}"]: str(micros(left))}


@then(rf"(\w+) carries {MONEY} forward from {PERIOD}")
def _carried(world: World, name: str, amount: str, period: str) -> None:
    assert statement(world, name, period).carried_micros == micros(amount)


@then(rf"the platform keeps {MONEY} of {PERIOD}")
def _residual(world: World, amount: str, period: str) -> None:
    assert world.kept[f"report of {period}"].residual_micros == micros(amount)


@then(rf"everything of {PERIOD} comes to {MONEY}")
def _whole(world: World, period: str, amount: str) -> None:
    assert sum(row["amount_micros"] for row in queries.as_closed(period).rows()) == micros(amount)


@then(r"debits equal credits")
def _balanced(world: World) -> None:
    assert queries.trial_balance().zero


@then(rf"each line of {PERIOD} can be walked back to its listens")
def _walked(world: World, period: str) -> None:
    for head in queries.statements(SYSTEM, period):
        for line in queries.statement(SYSTEM, head.id)["lines"]:
            steps = queries.explain(SYSTEM, head.id, line["line"])
            assert [one.step for one in steps][-3:] == ["claim", "deal", "rounding"]
            assert any(one.step == "plays" and "was heard" in one.because for one in steps)


@then(rf"{PERIOD} closed again gives the same statements")
def _same(world: World, period: str) -> None:
    assert queries.reproduce(period).same


@then(rf"(\w+) was paid {MONEY} and has {MONEY} left")
def _paid(world: World, name: str, amount: str, left: str) -> None:
    paid = PaymentRow.objects.filter(party=world.id(name)).values_list("amount_micros", flat=True)
    assert sum(paid) == micros(amount), list(paid)
    assert balance(f"balance:{world.id(name)}") == micros(left)
