"""Cases of trust and safety: the queue, one case with its evidence, decisions and appeals."""

from __future__ import annotations

from typing import Annotated

import typer

from accord.cli.console import console, now, out_json
from accord.integrity import actions, queries, tunes, voices
from accord.integrity.api import outcome_of
from accord.integrity.records import Case, CaseKind, CaseState
from accord.integrity.spam_words import lines
from accord.parties.viewer import SYSTEM

app = typer.Typer(help=__doc__, no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="for machines")]
Reader = Annotated[str, typer.Option(help="the reading account; an appealed case needs another than the first")]


@app.command("list")
def list_cases(
    state: Annotated[str | None, typer.Option(help="open, decided, appealed or closed")] = None,
    kind: Annotated[
        str | None,
        typer.Option(help=", ".join(CaseKind)),
    ] = None,
    json: Json = False,
) -> None:
    """Cases, what is due first at the top."""
    found = queries.cases(SYSTEM, state=state, kind=kind)
    if json:
        out_json(found)
        return
    for case in found:
        due = f"due {case.due:%Y-%m-%d %H:%M}" if case.due else (case.outcome or "")
        console.print(
            f"{case.id:<14} {case.kind:<15} {case.state:<9} {due:<22} {case.subject}: {case.because}", markup=False
        )
    if not found:
        console.print("no cases", markup=False)
    if pace := queries.time_to_remediation(SYSTEM):
        console.print(
            f"of all cases, from opening to the first decision: median {pace.median_s / 3600:.1f} hours, nine in ten within "
            f"{pace.ninth_decile_s / 3600:.1f} hours ({pace.n} decided)",
            markup=False,
        )


@app.command()
def show(case: str, json: Json = False) -> None:
    """One case: what was found, the spans, who decided what."""
    found = queries.case(SYSTEM, case)
    out_json(found) if json else _show(found)


@app.command()
def decide(
    case: str,
    outcome: Annotated[str, typer.Argument(help="upheld or dismissed")],
    because: Annotated[str, typer.Option(help="what you saw")],
    reader: Reader,
    json: Json = False,
) -> None:
    """Decide a case; after an appeal this is the second reading, and final."""
    door = actions.decide_second if queries.case(SYSTEM, case).state is CaseState.APPEALED else actions.decide
    found = door(case, outcome_of(outcome), because, reader, now(), reader)
    out_json(found) if json else _show(found)


@app.command("pass-on")
def pass_on(
    case: str,
    because: Annotated[str, typer.Option(help="what is unclear")],
    reader: Reader,
    json: Json = False,
) -> None:
    """Leave a hard case to another reader."""
    found = actions.pass_on(case, because, reader, now(), reader)
    out_json(found) if json else _show(found)


@app.command()
def appeal(
    case: str,
    statement: Annotated[str, typer.Option(help="why the decision is wrong")],
    by: Annotated[str, typer.Option(help="the party the decision went against")],
    json: Json = False,
) -> None:
    """Ask for a second reader."""
    found = actions.appeal(case, statement, by, now(), by)
    out_json(found) if json else _show(found)


@app.command()
def lapse() -> None:
    """Close the decided cases whose time for an appeal is over, and erase the texts of old refused prompts."""
    closed, erased = actions.lapse(now(), "cli"), actions.forget_prompts(now(), "cli")
    console.print(f"{closed} cases closed, {erased} prompts erased", markup=False)


def _show(case: Case) -> None:
    console.print(f"{case.id} ({case.kind}) about `{case.subject}`: {case.state}", markup=False)
    console.print(case.because, markup=False)
    for m in case.evidence:
        console.print(
            f"  {m.query_start_s:.1f} to {m.query_end_s:.1f} s here is {m.ref_start_s:.1f} to {m.ref_end_s:.1f} s of "
            f"`{m.recording}`, {m.semitones:+.1f} semitones, {100 * (m.tempo_factor - 1):+.1f} % tempo, "
            f"likelihood {m.likelihood}",
            markup=False,
        )
    for melody in case.melodies:
        console.print(f"  {tunes.in_words(melody)}", markup=False)
    for line in lines(case.suspicion) if case.suspicion else ():
        console.print(f"  {line}", markup=False)
    for match in case.voices:
        console.print(
            f"  {match.start_s:.1f} to {match.end_s:.1f} s like `{match.person}`: {voices.in_words(match)}",
            markup=False,
        )
    for one in case.passed:
        console.print(f"  {one.at:%Y-%m-%d %H:%M} {one.reader} passed it on: {one.because}", markup=False)
    for reading in case.readings:
        console.print(
            f"  {reading.at:%Y-%m-%d %H:%M} {reading.reader}: {reading.outcome}: {reading.because}", markup=False
        )
    if case.decided_at:
        console.print(f"  first decided after {case.remediation_s(case.decided_at) / 3600:.1f} hours", markup=False)
    if case.appealed_at:
        console.print(f"  {case.appealed_at:%Y-%m-%d %H:%M} appealed by {case.appealed_by}", markup=False)
