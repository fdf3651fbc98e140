"""Release creations: credits, label, content credentials and journal proof inside WAV, FLAC and MP3."""

from __future__ import annotations

from typing import Annotated

import typer

from accord.cli.console import console, out_json
from accord.cli.studio import Actor, At, Json, when
from accord.parties.viewer import SYSTEM
from accord.provenance import actions, queries
from accord.provenance import remixes as doors
from accord.provenance.api import shown
from accord.provenance.records import Release
from accord.studio import queries as creations

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


@app.command()
def remixes(
    creation: str,
    yes: Annotated[str, typer.Option(help="its maker says yes to remixes of it in this feature")] = "",
    no: Annotated[str, typer.Option(help="its maker says no, or takes the yes back, in this feature")] = "",
    actor: Actor = "cli",
    at: At = "",
    json: Json = False,
) -> None:
    """What the maker of CREATION says to remixes of it by others, and what was made with it; no answer is a no."""
    for feature, answer in ((yes, "yes"), (no, "no")):
        if feature:
            doors.say(creation, feature, answer, when(at), actor)
    said, made_with = doors.said(creations.creation(SYSTEM, creation)), doors.made_with(creation)
    if json:
        out_json({"said": shown(said), "made_with": [one.id for one in made_with]})
        return
    for one in said:
        words = f"yes since {one.leave.at:%Y-%m-%d} ({one.leave.id})" if one.leave else "no"
        console.print(f"remixes in {one.feature}: {words}", markup=False)
    for outer in made_with:
        console.print(f"heard in {outer.id}  {outer.title}", markup=False)


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
