"""Release creations: credits, label, content credentials and journal proof inside WAV, FLAC and MP3."""

from __future__ import annotations

import typer

from accord.cli.console import console, out_json
from accord.cli.studio import Actor, At, Json, when
from accord.provenance import actions, queries
from accord.provenance.api import shown
from accord.provenance.records import Release

app = typer.Typer(help=__doc__, no_args_is_help=True)


@app.command()
def issue(creation: str, actor: Actor = "cli", at: At = "", json: Json = False) -> None:
    """Release a creation; refused while anything stands in its way."""
    _show(actions.release(creation, when(at), actor), json)


@app.command("list")
def list_releases(json: Json = False) -> None:
    """Every release, oldest first."""
    found = queries.releases()
    if json:
        out_json(shown(found))
        return
    for one in found:
        console.print(f"{one.id}  {one.at:%Y-%m-%d}  {one.feature:<10} {one.title}", markup=False)


@app.command()
def show(release: str, json: Json = False) -> None:
    """One release: label, files, sources, deals."""
    _show(queries.release(release), json)


@app.command()
def files(release: str) -> None:
    """Sign a release's files again and put them into the released folder."""
    _show(actions.write_files(release), False)


@app.command()
def withdraw(release: str, reason: str, actor: Actor = "cli", at: At = "") -> None:
    """Stop offering a release."""
    actions.withdraw(release, reason, when(at), actor)
    console.print(f"{release} is withdrawn")


def _show(found: Release, json: bool) -> None:
    if json:
        out_json(shown(found))
        return
    console.print(
        f"{found.id} `{found.title}` (creation {found.creation}), for {found.territories.named()}", markup=False
    )
    console.print(f"  {found.label}", markup=False)
    for file in found.files:
        console.print(f"  {queries.released_folder() / file.name}", markup=False)
    for deal in found.deals:
        console.print(f"  deal {deal.deal} clause {deal.clause} of {deal.licensor}", markup=False)
