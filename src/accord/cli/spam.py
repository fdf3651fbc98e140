"""Spam among uploads: what the signals say, scores line by line, cases for readers, weights learned from their decisions."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from accord.cli.console import console, now, out_json
from accord.integrity import queries
from accord.integrity.api import weights_shown
from accord.integrity.records import Suspicion
from accord.integrity.spam_weights import FROM, SIGNALS
from accord.integrity.spam_words import lines, said, sentence

app = typer.Typer(help=__doc__, no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="for machines")]
Actor = Annotated[str, typer.Option(help="the account in whose name this is done")]


@app.command()
def signals(
    account: Annotated[str | None, typer.Option(help="the uploads of this account alone")] = None,
    json: Json = False,
) -> None:
    """What each upload shows, one line a signal: a number and a sentence. Nothing is recorded and nothing is stopped."""
    from accord.integrity import spam

    found = spam.signs(account)
    if json:
        out_json([{**msgspec.structs.asdict(sign), "says": sentence(sign)} for sign in found])
        return
    for sign in found:
        console.print(f"{sign.upload:<14} {sign.signal:<16} {sign.value:>7}  {sentence(sign)}", markup=False)
    if not found:
        console.print("no upload shows anything", markup=False)


@app.command()
def score(
    opens: Annotated[bool, typer.Option("--open", help="open or bring up to date the cases, for a reader")] = False,
    actor: Actor = "cli",
    json: Json = False,
) -> None:
    """Every account that shows something, the likeliest first: what each signal adds to its score. No upload is held by it."""
    from accord.integrity import spam

    looked = spam.look()
    opened, changed = spam.open_cases(looked, now(), actor) if opens else ([], [])
    if json:
        out_json({"weights": queries.spam_weights(), "looked": looked, "opened": opened, "changed": changed})
        return
    for account, suspicion in looked.suspicions.items():
        _show(account, suspicion)
    counted = f"{len(looked.suspicions)} of {looked.accounts} accounts show something, in {looked.uploads} uploads"
    console.print(f"{counted}; by {queries.spam_weights().origin}", markup=False)
    if opens:
        console.print(
            f"cases opened: {', '.join(opened) or 'none'}; brought up to date: {', '.join(changed) or 'none'}",
            markup=False,
        )


@app.command()
def train(
    seed: Annotated[int, typer.Option(help="of the folds on which the score is calibrated")],
    actor: Actor = "cli",
    json: Json = False,
) -> None:
    """Learn the weights from the cases of spam that readers decided; they count from here on."""
    from accord.integrity import spam

    spam.train(seed, now(), actor)
    weights(json)


@app.command()
def weights(json: Json = False) -> None:
    """The weights in force, where they come from, and the last look through all uploads for cases."""
    held, last = queries.spam_weights(), queries.last_spam_run()
    if json:
        out_json(weights_shown())
        return
    console.print(f"`{held.id}`: {held.origin}", markup=False)
    console.print(f"{'to begin with':<32} {held.base:>8.2f}", markup=False)
    for signal, weight in held.weights.items():
        console.print(
            f"{SIGNALS[signal]:<32} {weight:>+8.2f} from {FROM[signal]} on, again for each doubling", markup=False
        )
    looked = f"{last.at:%Y-%m-%d}, {last.uploads:,} uploads by `{last.weights}`" if last else "none yet"
    console.print(f"last look for cases: {looked}", markup=False)


def _show(account: str, suspicion: Suspicion) -> None:
    console.print(f"{account}: {said(suspicion)}", markup=False)
    for line in lines(suspicion):
        console.print(f"  {line}", markup=False)
