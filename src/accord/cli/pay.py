"""Close a period, read and explain statements, pay, and check that the books balance."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from accord.cli import pay_bank, pay_beside
from accord.cli.console import console, now, out_json, progress
from accord.cli.pay_bank import keep
from accord.parties.viewer import SYSTEM
from accord.terms.money import micros, text
from accord.terms.refusal import BadInput

app = typer.Typer(help=__doc__, no_args_is_help=True)
BESIDE = (
    *(pay_beside.rates, pay_beside.unmatched, pay_beside.match, pay_beside.redistribute),
    *(pay_beside.escrow, pay_beside.release, pay_beside.lump_sum, pay_beside.lump_sums),
)
for verb in (*BESIDE, pay_bank.out, pay_bank.file, pay_bank.runs, pay_bank.account):
    app.command()(verb)
Json = Annotated[bool, typer.Option("--json", help="for machines")]
OfDraft = Annotated[bool, typer.Option("--draft", help="of the draft that finance looks at, before it is locked")]
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


@app.command()
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


@app.command()
def draft(period: Annotated[str, typer.Argument(help="2026-07 or 2026-Q3")], json: Json = False) -> None:
    """Divide PERIOD's money to look at: what locking it would leave. Nothing is posted, a draft of before is replaced."""
    from accord.payouts import actions

    with progress() as bar:
        task = bar.add_task(f"drafting {period}", total=actions.STEPS)
        reports = actions.draft(period, now(), "cli", lambda step: bar.update(task, advance=1, description=step))
    if json:
        out_json(reports)
        return
    for report in reports:
        _print_report(report)
    console.print(
        f"a draft: `accord pay list --draft --period {period}` says what it leaves each party, `accord pay statement PARTY"
        f" {period} --draft` with the lines; approve it with `accord pay approve {period}`",
        markup=False,
    )


@app.command()
def approve(period: str, json: Json = False) -> None:
    """Agree to the draft of PERIOD, for finance: it may then be locked by `accord pay close`."""
    from accord.payouts import actions

    found = actions.approve(period, now(), "cli")
    out_json({"period": period, "draft": found}) if json else console.print(f"approved: {found}")


@app.command()
def close(period: Annotated[str, typer.Argument(help="2026-07 or 2026-Q3")], json: Json = False) -> None:
    """Lock PERIOD as its approved draft says; where nothing is drafted, draft and approve it in one."""
    from accord.payouts import actions

    with progress() as bar:
        task = bar.add_task(f"closing {period}", total=actions.STEPS)
        reports = actions.close(period, now(), "cli", lambda step: bar.update(task, advance=1, description=step))
    if json:
        out_json(reports)
        return
    for report in reports:
        _print_report(report)


@app.command()
def late(json: Json = False) -> None:
    """What came in for periods that are closed: usage, revenue, attributions. The next close adjusts them."""
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


@app.command("list")
def list_(
    period: Annotated[str | None, typer.Option(help="only this period")] = None,
    party: Annotated[str | None, typer.Option(help="only this party")] = None,
    of_draft: OfDraft = False,
    json: Json = False,
) -> None:
    """The statements, by period and party; with --draft what the draft of a period would make of them."""
    from accord.payouts import drafted, queries

    if of_draft and period is None:
        raise BadInput("a draft is of a period", do="name it with --period 2026-Q3")
    heads = drafted.statements(SYSTEM, str(period), party) if of_draft else queries.statements(SYSTEM, period, party)
    if json:
        out_json(heads)
        return
    for head in heads:
        console.print(
            f"{head.id}: earned {text(head.earned_micros)}, payable {text(head.payable_micros)},"
            f" carried forward {text(head.carried_micros)} {head.currency}"
        )
    if not heads:
        console.print("no statements yet: close a period with `accord pay close 2026-Q3`", markup=False)


@app.command()
def statement(
    party: str,
    period: str,
    json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="the lines as CSV")] = False,
    as_pdf: Annotated[bool, typer.Option("--pdf", help="a PDF file for whoever is paid")] = False,
    as_dsr: Annotated[bool, typer.Option("--dsr", help="a DDEX sales report, Royalty profile")] = False,
    as_proof: Annotated[bool, typer.Option("--proof", help="with what was paid, for `accord verify` to prove")] = False,
    to: Annotated[Path, typer.Option(help="the folder that files go into")] = Path(),
    of_draft: OfDraft = False,
) -> None:
    """The statement of PARTY for PERIOD, one per currency: to read, as JSON or CSV, or as a file (PDF, DDEX, proof)."""
    from accord.parties import queries as parties
    from accord.payouts import drafted, handing, proving, queries

    if of_draft and (as_pdf or as_dsr or as_proof):
        raise BadInput("a draft is handed out to nobody", do="read it here, as JSON or as CSV, and lock it first")
    read = drafted.statements_of if of_draft else queries.statements_of
    documents = read(SYSTEM, party, period)
    if as_pdf or as_dsr or as_proof:
        made = handing.pdf if as_pdf else handing.dsr if as_dsr else proving.proof
        for document in documents:
            keep(to, *made(SYSTEM, document["statement"]))
    elif json:
        out_json(documents)
    elif as_csv:
        _print_csv(documents)
    else:
        for document in documents:
            _print_statement(document, parties.names([party]).get(party, party))


@app.command()
def explain(
    statement: str,
    line: Annotated[str, typer.Argument(help="a line's number, or a sum: guarantee, recouped, withheld, payable …")],
    of_draft: Annotated[
        str, typer.Option("--draft", help="the period, for a line of its draft", metavar="PERIOD")
    ] = "",
    json: Json = False,
) -> None:
    """Walk LINE of STATEMENT back to its listens, or a sum of it to its clause and what was earned."""
    from accord.payouts import bound, drafted, queries

    if of_draft:
        if not line.isdecimal():
            raise BadInput(
                f"`{line}` is no line", do="name a line of the draft; sums are walked back once it is locked"
            )
        steps = drafted.explain(SYSTEM, of_draft, statement, int(line))
        reader = drafted.statement(SYSTEM, of_draft, statement)["party"]
    else:
        of_line = line.isdecimal()
        steps = (
            queries.explain(SYSTEM, statement, int(line)) if of_line else queries.explain_sum(SYSTEM, statement, line)
        )
        reader = queries.statement(SYSTEM, statement)["party"]
    if json:
        out_json(steps)
        return
    said = bound.named((text for step in steps for text in (step.because, step.rests_on)), reader)
    for step, because, rests_on in zip(steps, said[::2], said[1::2], strict=True):
        console.print(f"{step.step:<12} {because}", markup=False)
        if rests_on:
            console.print(f"{'':<12} rests on {rests_on}", markup=False, style="dim")


@app.command()
def balance(json: Json = False) -> None:
    """The trial balance: every account, and whether debits equal credits. Exit 1 when they do not."""
    from accord.payouts import queries

    found = queries.trial_balance()
    if json:
        out_json({"zero": found.zero, "debits": found.debits, "accounts": found.balances})
    else:
        for one in found.balances:
            side = "debit" if one.amount_micros > 0 else "credit"
            console.print(f"{text(abs(one.amount_micros)):>20} {one.currency} {side:<6} {one.account}", markup=False)
        for currency, debits in sorted(found.debits.items()):
            console.print(f"{found.postings:,} postings, debits {text(debits)} {currency}")
        console.print("debits equal credits" if found.zero else f"debits and credits differ: {found.off}")
    if not found.zero:
        raise typer.Exit(1)


@app.command(name="what-if")
def what_if(
    deal: Annotated[Path, typer.Argument(help="terms as JSON, as `accord deal terms` takes them")],
    period: Annotated[str, typer.Argument(help="2026-07 or 2026-Q3")],
    json: Json = False,
) -> None:
    """Who would have got what in PERIOD under the terms in DEAL, in the place of their licensor's deals, beside what they got."""
    from accord.deals import document
    from accord.parties import queries as parties
    from accord.payouts import supposing

    try:
        text_of = deal.read_bytes()
    except OSError as fault:
        raise BadInput(f"`{deal}` cannot be read", why=fault.strerror or str(fault)) from None
    found = supposing.what_if(document.parse(text_of, str(deal)), period)
    if json:
        out_json(found)
        return
    names = parties.names([row.party for row in found.rows if row.party])
    _print_what_if(found, names)


def _print_what_if(found: Any, names: dict[str, str]) -> None:
    from accord.payouts import bound

    instead = f"in the place of {', '.join(found.instead_of)}" if found.instead_of else "beside no deal of before"
    state = "as it was closed" if found.closed else "as it would be closed now"
    console.print(
        f"{found.period}, {state}, under the terms of {names.get(found.licensor, found.licensor)} {instead}",
        markup=False,
    )
    kinds = ("earned", "guarantee", "payable")
    console.print(f"{'':<34}" + "".join(f"{kind:>16}{'would':>16}" for kind in kinds))
    for row in found.rows:
        both = [(getattr(row.got, f"{kind}_micros"), getattr(row.would, f"{kind}_micros")) for kind in kinds]
        amounts = "".join(f"{text(got):>16}{text(would):>16}" for got, would in both)
        name = names.get(row.party, row.party or "the platform")
        console.print(f"{row.currency} {name[:30]:<30}{amounts}", markup=False)
    for words in bound.named(found.raises, found.licensor):
        console.print(f"it would raise others: {words}", markup=False)


@app.command()
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


@app.command()
def revenue(feature: str, territory: str, period: str, amount: str, currency: str = "EUR") -> None:
    """Report what FEATURE earned in TERRITORY over PERIOD; a later report of the same replaces it."""
    from accord.metering import actions

    if amount.startswith("-"):
        raise BadInput(f"`{amount}` is below zero", do="report the whole revenue of the period")
    console.print(actions.report_revenue(feature, territory, period, micros(amount), currency, now(), "cli"))


@app.command()
def plays(territory: str, period: str, plays: int, sessions: int, json: Json = False) -> None:
    """Report all PLAYS and SESSIONS of the platform in TERRITORY over PERIOD: what shares of listening are measured by."""
    from accord.metering import actions

    report = actions.report_platform_plays(territory, period, plays, sessions, now(), "cli")
    out_json({"report": report}) if json else console.print(report)


def _print_report(report: Any) -> None:
    console.print(f"{report.period}, {report.currency}: {report.plays:,} plays, {report.statements:,} statements")
    for words, name in ROWS:
        console.print(f"  {words:<28}{text(getattr(report, name)):>18}")
    if report.note:
        console.print(f"  {report.note}")


def _print_statement(document: dict[str, Any], name: str) -> None:
    from accord.payouts import bound, sheet

    console.print(f"{document['statement']}: {name}, {document['period']}, {document['currency']}", markup=False)
    lines = sheet.every(document)
    for line, row in zip(lines, bound.rows(lines, document), strict=True):
        of = f" {line['of']} adjusted" if line.get("of") else ""
        learned = f"learned from by {row['learned']}" if row["learned"] else ""
        because = "; ".join(part for part in (line.get("account", ""), sheet.said(line), learned) if part)
        console.print(
            f"{line['line']:>5}  {line.get('feature', ''):<10} {line.get('territory', ''):<2}"
            f" {_short(row['for'] or row['title']):<32}{text(sheet.paid(line)):>16}{of}  {because}",
            markup=False,
        )
    amounts = sheet.named_amounts(document)
    under = bound.deals((about for _, about, _ in amounts if about.startswith("dea_")), document["party"])
    for what, about, amount in amounts:
        console.print(f"       {what}: {under.get(about, about)} {text(amount)}", markup=False)
    payable, summary = ("payable", "Payable", int(document["summary"]["payable_micros"])), document["summary"]
    beside = [(name, sheet.words(name), int(summary[f"{name}_micros"])) for name in ("escrow", "threshold")]
    for _, words, amount in [*sheet.came_about(document), payable, *(one for one in beside if one[2])]:
        console.print(f"  {words:<36}{text(amount):>18}")
    for feature, said in sheet.attribution(document):
        console.print(f"  {feature}: {said}", markup=False)
    for note in document["notes"]:
        console.print(f"  {note}")


def _short(title: str) -> str:
    """At most 31 characters, so that amounts stand below each other."""
    return title if len(title) < 32 else f"{title[:30]}…"


def _print_csv(documents: list[dict[str, Any]]) -> None:
    """All lines in one table: what one of them does not say is an empty cell."""
    from accord.parties.spreadsheet import write_csv
    from accord.payouts import bound, sheet

    rows = [
        {"statement": document["statement"], "currency": document["currency"], "of": document["period"]}
        | line
        | {name: "; ".join(value) for name, value in line.items() if isinstance(value, list)}
        for document in documents
        for every in [sheet.every(document)]
        for line in sheet.told(document, every, bound.learned(document, every))
    ]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    write_csv(sys.stdout, columns, ([row.get(name, "") for name in columns] for row in rows))
