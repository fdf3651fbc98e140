"""`accord pay`, period by period: what came in for it, its draft, its close, made again. Part of the verb `pay`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from accord.cli.console import console, now, out_json, progress
from accord.terms.money import micros, text
from accord.terms.refusal import BadInput

Json = Annotated[bool, typer.Option("--json", help="for machines")]
ROWS = (
    ("revenue", "revenue_micros"),
    ("due to parties", "due_micros"),
    ("  of it, adjustments", "adjusted_micros"),
    ("in escrow", "escrow_micros"),
    ("unmatched", "unmatched_micros"),
    ("the platform's residual", "residual_micros"),
    ("guarantees, by the platform", "funded_micros"),
    ("advances, by the platform", "advanced_micros"),
    ("released from escrow", "released_micros"),
    ("fees, by the platform", "fees_micros"),
    ("kept back in reserve", "reserved_micros"),
    ("out of reserve", "reserve_released_micros"),
    ("matched later", "matched_micros"),
    ("unmatched money given out", "redistributed_micros"),
    ("lump sums", "lump_sums_micros"),
    ("recouped from advances", "recouped_micros"),
    ("withheld as tax", "withheld_micros"),
    ("payable now", "payable_micros"),
    ("carried forward", "carried_micros"),
)


def revenue(feature: str, territory: str, period: str, amount: str, currency: str = "EUR") -> None:
    """Report what FEATURE earned in TERRITORY over PERIOD; a later report of the same replaces it."""
    from accord.metering import actions

    if amount.startswith("-"):
        raise BadInput(f"`{amount}` is below zero", do="report the whole revenue of the period")
    console.print(actions.report_revenue(feature, territory, period, micros(amount), currency, now(), "cli"))


def plays(territory: str, period: str, plays: int, sessions: int, json: Json = False) -> None:
    """Report all PLAYS and SESSIONS of the platform in TERRITORY over PERIOD: what shares of listening are measured by."""
    from accord.metering import actions

    report = actions.report_platform_plays(territory, period, plays, sessions, now(), "cli")
    out_json({"report": report}) if json else console.print(report)


def periods(json: Json = False) -> None:
    """Where each period stands: open, grace (late events come in), draft (finance looks at it), locked; since when, by whom."""
    from accord.payouts import states

    found = states.standings(now())
    if json:
        out_json(found)
        return
    for one in found:
        console.print(_standing(one), markup=False)
        for words in one.came_in:
            console.print(f"         since the draft: {words}", markup=False)
    if not found:
        console.print("no revenue is reported for any period yet")


def _standing(one: Any) -> str:
    words = f"{one.period:<8} {one.state} since {one.since:%Y-%m-%d %H:%M}"
    if one.by:
        words += f" by {one.by}"
    if one.state == "draft":
        return f"{words}, {f'approved by {one.approved_by}' if one.approved else 'not approved yet'}"
    return f"{words}, drafted by {one.drafted_by}, approved by {one.approved_by}" if one.approved else words


def draft(period: Annotated[str, typer.Argument(help="2026-07 or 2026-Q3")], json: Json = False) -> None:
    """Divide PERIOD's money to look at: what locking it would leave. Nothing is posted, a draft of before is replaced."""
    from accord.payouts import actions

    _divided("drafting", actions.draft, period, json)
    if not json:
        console.print(
            f"a draft: `accord pay list --draft --period {period}` says what it leaves each party, `accord pay statement"
            f" PARTY {period} --draft` with the lines; approve it with `accord pay approve {period}`",
            markup=False,
        )


def approve(period: str, json: Json = False) -> None:
    """Agree to the draft of PERIOD, for finance: it may then be locked by `accord pay close`."""
    from accord.payouts import actions

    found = actions.approve(period, now(), "cli")
    out_json({"period": period, "draft": found}) if json else console.print(f"approved: {found}")


def close(period: Annotated[str, typer.Argument(help="2026-07 or 2026-Q3")], json: Json = False) -> None:
    """Lock PERIOD as its approved draft says; where nothing is drafted, draft and approve it in one."""
    from accord.payouts import actions

    _divided("closing", actions.close, period, json)


def _divided(doing: str, divide: Callable[..., Any], period: str, json: bool) -> None:
    """Divide a period's money with a bar for its steps, and print what came of it."""
    from accord.payouts.actions import STEPS

    with progress() as bar:
        task = bar.add_task(f"{doing} {period}", total=STEPS)
        reports = divide(period, now(), "cli", lambda step: bar.update(task, advance=1, description=step))
    if json:
        out_json(reports)
        return
    for report in reports:
        _print_report(report)


def _print_report(report: Any) -> None:
    console.print(f"{report.period}, {report.currency}: {report.plays:,} plays, {report.statements:,} statements")
    for words, name in ROWS:
        console.print(f"  {words:<28}{text(getattr(report, name)):>18}")
    if report.note:
        console.print(f"  {report.note}")


def late(json: Json = False) -> None:
    """What came in for periods that are closed: usage, revenue, attributions, assets and their works. The next close adjusts them."""
    from accord.payouts import queries

    found = queries.late()
    if json:
        out_json(found)
        return
    for one in found:
        for because in one.because:
            console.print(f"{one.period}: {because}", markup=False)
    if not found:
        console.print("nothing waits: every closed period is divided by all that is known")


def reproduce(period: str, json: Json = False) -> None:
    """Close PERIOD again, as the journal stood then, and compare every byte. Exit 3 when anything differs."""
    from accord.payouts import queries

    found = queries.reproduce(period)
    if json:
        out_json({"period": period, "same": found.same, "differing": found.differing})
    else:
        console.print(
            "the same bytes" if found.same else f"these files differ: {', '.join(found.differing)}", markup=False
        )
    if not found.same:
        raise typer.Exit(3)
