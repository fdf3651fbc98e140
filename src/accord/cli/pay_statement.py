"""`accord pay`, statement by statement: read, handed out, each line walked back to its listens. Part of the verb `pay`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from accord.cli.console import console, out_json
from accord.cli.pay_bank import keep
from accord.parties.viewer import SYSTEM
from accord.terms.money import text
from accord.terms.refusal import BadInput

Json = Annotated[bool, typer.Option("--json", help="for machines")]
OfDraft = Annotated[bool, typer.Option("--draft", help="of the draft that finance looks at, before it is locked")]


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
