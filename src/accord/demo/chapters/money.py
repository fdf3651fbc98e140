"""Chapters 11 and 12: three months of use, counted once; every cent of it explained."""

from __future__ import annotations

from accord.catalog import actions as catalog_actions
from accord.catalog import queries as catalog
from accord.catalog.records import ClaimStatus
from accord.demo import usage
from accord.demo.stage import ACTOR, Stage, day
from accord.metering import actions as metering
from accord.parties import queries as parties
from accord.parties.viewer import SYSTEM
from accord.payouts import actions as payouts
from accord.payouts import bound
from accord.payouts import queries as statements
from accord.payouts.records import CloseReport
from accord.studio import queries as studio
from accord.studio.descent import recordings
from accord.terms.money import text
from accord.terms.right import Right

MONTHS = ("2026-07", "2026-08", "2026-09")
PLACES = ("DE", "FR", "GB", "US")
EVENTS, BATCH = 200_000, 25_000


def meter(stage: Stage) -> None:
    """200,000 events in batches as they arrived, with duplicates and late ones; revenue and all plays beside them."""
    creations = list(stage.kept["creations"].values())
    made = studio.creations(creations)
    features = {one.id: one.feature for one in made}
    since = {one.id: max(one.at, day("2026-07-05")) for one in made}
    events = usage.make_events(creations, features, PLACES, 4_000, MONTHS, 11, EVENTS, since)
    accepted = duplicates = rejected = 0
    with stage.working("counting events", EVENTS) as bar:
        for start in range(0, events.num_rows, BATCH):
            report = metering.ingest(events.slice(start, BATCH), usage.SOURCE, day("2026-10-02"), ACTOR)
            accepted, duplicates = accepted + report.accepted, duplicates + report.duplicates
            rejected += len(report.rejected)
            bar(min(start + BATCH, EVENTS))
    again = metering.ingest(events.slice(0, BATCH), usage.SOURCE, day("2026-10-02"), ACTOR)
    for month in usage.reports(events, MONTHS):
        metering.report_revenue(
            month.feature, month.territory, month.month, month.amount_micros, "EUR", day("2026-10-02"), ACTOR
        )
    for (territory, month), (plays, sessions) in usage.platform_plays(events, MONTHS, 11).items():
        metering.report_platform_plays(territory, month, plays, sessions, day("2026-10-02"), ACTOR)
    stage.say(
        f"{events.num_rows:,} events arrived: {accepted:,} counted, {duplicates:,} duplicates, {rejected} rejected"
    )
    stage.say(f"the first {BATCH:,} sent once more: {again.accepted} counted, {again.duplicates:,} duplicates")


def dispute(stage: Stage) -> None:
    """One publisher's share is disputed (escrow); another's claim falls away (unmatched). No use of the first stops."""
    used = {a for c in studio.creations(stage.kept["creations"].values()) for a in recordings(c.lineage)}
    works = {parent for asset in catalog.assets(used).values() for parent in asset.parents}
    held = [c for c in catalog.claims(sorted(works)) if c.right is Right.MR and c.status is ClaimStatus.ACCEPTED]
    first = held[0]
    second = next(c for c in reversed(held) if c.asset != first.asset)
    by, because = stage.kept["party"]["dario-venn"], "it was never assigned"
    catalog_actions.dispute_claim(first.id, by, because, at=day("2026-09-20"), actor=ACTOR)
    because = "its agreement turned out to have ended in June"
    catalog_actions.reject_claim(second.id, because, at=day("2026-09-28"), actor=ACTOR)
    names = parties.names([first.claimant, second.claimant])
    titles = {asset.id: asset.title for asset in catalog.assets([first.asset, second.asset]).values()}
    stage.say(
        f"{names[first.claimant]}'s share of “{titles[first.asset]}” is disputed: its money waits in escrow, no use stops"
    )
    stage.say(
        f"{names[second.claimant]}'s claim to “{titles[second.asset]}” falls away: its money is unmatched until somebody claims it"
    )


def pay(stage: Stage) -> None:
    """Advances are paid, the three months are closed one by one, and what is payable goes out."""
    payouts.pay_advances(day("2026-06-15"), ACTOR)
    reports = []
    for month in MONTHS:
        with stage.working(f"closing {month}") as bar:
            reports += payouts.close(
                month,
                day("2026-10-10"),
                stage.kept["account"]["finance"],
                lambda step: bar.bar.update(bar.task, description=str(step)),
            )
    rows = [
        [r.period, text(r.revenue_micros, 2), text(r.due_micros, 2), text(r.escrow_micros, 2), text(r.unmatched_micros, 2),
         text(r.residual_micros, 2), text(r.funded_micros, 2), text(r.advanced_micros, 2), text(r.recouped_micros, 2),
         str(r.statements)]
        for r in reports
    ]  # fmt: skip
    headings = [
        "month",
        "revenue",
        "due",
        "escrow",
        "unmatched",
        "residual",
        "guarantees",
        "advances",
        "recouped",
        "statements",
    ]
    stage.table(headings, rows, set(range(1, 10)))
    _balance(stage, reports)
    paid = payouts.pay(day("2026-10-20"), stage.kept["account"]["finance"])
    balance = statements.trial_balance()
    stage.say(f"{len(paid)} payments went out in whole cents; the rest stays in the balances")
    stage.say(
        f"debits {text(balance.debits_micros)} = credits {text(balance.credits_micros)} EUR"
        if balance.balanced
        else "NOT BALANCED"
    )
    stage.kept |= {"closes": reports, "balance": balance, "statements": statements.statements(SYSTEM)}
    _makers(stage)
    _explain(stage)


def _balance(stage: Stage, reports: list[CloseReport]) -> None:
    """Revenue is what went to parties, escrow, unmatched money and the platform: nothing more, nothing less.

    The first three are summed from the statements' lines, the residual from the ledger's accounts.
    """
    revenue, due = sum(r.revenue_micros for r in reports), sum(r.due_micros for r in reports)
    waiting, nobody = sum(r.escrow_micros for r in reports), sum(r.unmatched_micros for r in reports)
    residual, funded = sum(r.residual_micros for r in reports), sum(r.funded_micros for r in reports)
    advanced, recouped = sum(r.advanced_micros for r in reports), sum(r.recouped_micros for r in reports)
    stage.say(
        f"revenue {text(revenue)} = due to parties {text(due)} + escrow {text(waiting)} + unmatched {text(nobody)}"
    )
    stage.kept["whole"] = equal = revenue == due + waiting + nobody + residual
    stage.say(f"  + platform's residual {text(residual)}: {'they balance' if equal else 'THEY DO NOT BALANCE'}")
    stage.say(
        f"funded by the platform beyond revenue: {text(funded)} of guarantees and {text(advanced)} of advances,"
        f" of which {text(recouped)} came back"
    )


def _makers(stage: Stage) -> None:
    """What the two who made things earned over the quarter; of Tove's one creation Robin earns too."""
    earned = {
        who: sum(h.earned_micros for h in stage.kept["statements"] if h.party == stage.kept["party"][who])
        for who in ("robin", "tove")
    }
    stage.say(
        f"Robin earned {text(earned['robin'], 2)} EUR by what Robin made and by the remix of it, Tove {text(earned['tove'], 2)}"
    )


def _explain(stage: Stage) -> None:
    heads = [head for head in stage.kept["statements"] if head.payable_micros > 0] or stage.kept["statements"]
    head = max(heads, key=lambda one: one.earned_micros)
    name = parties.names([head.party])[head.party]
    stage.say(f"one line of {name}'s statement of {head.period}, walked back to its listens:")
    steps = statements.explain(SYSTEM, head.id, 1)
    for step, because in zip(steps, bound.named(step.because for step in steps), strict=True):
        stage.say(f"  · {step.step}: {because}")
