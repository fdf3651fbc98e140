"""Protected voices: a person registers their own voice, sees what is kept, and takes it back.

Exit codes: 0 done; 2 no clean voice of one person, or nothing there; 3 it is not the person who says so.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from accord.cli.console import console, now, out_json
from accord.integrity import actions, queries
from accord.integrity.api import voice_shown
from accord.integrity.records import ProtectedVoice
from accord.parties import queries as parties
from accord.parties.viewer import SYSTEM
from accord.terms.refusal import BadInput

app = typer.Typer(help=__doc__, no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="for machines")]
Actor = Annotated[str, typer.Option(help="the account in whose name this is done")]


@app.command()
def protect(
    file: Annotated[Path, typer.Argument(help="20 seconds or more of the person alone, without music")],
    person: Annotated[str, typer.Option(help="whose voice it is")],
    actor: Annotated[str, typer.Option(help="the person's own verified account")],
    agreed: Annotated[
        bool,
        typer.Option(
            "--agreed",
            help="the person agrees that a print of their voice is kept and compared, also with what reviewers check",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Register a person's voice: from here on creations and uploads with a voice like it become a case."""
    if not file.is_file():
        raise BadInput(f"`{file}` is not a file", do="name a sound file")
    made = actions.protect_voice(person, file, agreed, now(), actor)
    out_json(_shown(made)) if json else _say(made)


@app.command("list")
def list_voices(
    person: Annotated[str, typer.Option(help="only this person's")] = "",
    ended: Annotated[bool, typer.Option("--ended", help="withdrawn ones too")] = False,
    json: Json = False,
) -> None:
    """The voices that are listened for."""
    found = [v for v in queries.voices(SYSTEM, ended) if person in ("", v.person)]
    if json:
        out_json([_shown(v) for v in found])
        return
    for voice in found:
        _say(voice)
    if not found:
        console.print("no voice is protected", markup=False)


@app.command()
def withdraw(voice: str, actor: Actor = "cli") -> None:
    """Stop listening for a voice, at once, and erase its print and sample."""
    actions.withdraw_voice(voice, now(), actor)
    console.print(f"`{voice}` is withdrawn; its print and sample are erased", markup=False)


def _shown(voice: ProtectedVoice) -> dict[str, object]:
    return {"voice": voice_shown(voice), "name": parties.names([voice.person])[voice.person]}


def _say(voice: ProtectedVoice) -> None:
    name = parties.names([voice.person])[voice.person]
    until = f", withdrawn on {voice.ended_at:%Y-%m-%d}" if voice.ended_at else ""
    console.print(
        f"{voice.id:<12} {name} ({voice.person}), {voice.voice_s:.0f} s of voice, {voice.at:%Y-%m-%d}{until}",
        markup=False,
    )
