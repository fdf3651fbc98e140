"""Make a piece with a feature's model: new, or your own MIDI continued or varied."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from accord.cli.console import errors, out_json, write_file
from accord.cli.studio import Actor, At, Json, print_take, when
from accord.parties.viewer import SYSTEM
from accord.studio import actions, queries
from accord.studio.asking import metre as metre_of
from accord.studio.asking import programs, request_of
from accord.studio.plain import shown
from accord.studio.records import Seat
from accord.terms.refusal import BadInput


def command(
    feature: Annotated[str, typer.Argument(help="a live feature with a model")],
    creator: Annotated[str, typer.Option(help="the party that makes it")],
    key: Annotated[str | None, typer.Option(help="such as `E minor`")] = None,
    metre: Annotated[str | None, typer.Option(help="such as 3/4")] = None,
    tempo: Annotated[float | None, typer.Option(help="quarter notes a minute")] = None,
    instruments: Annotated[str, typer.Option(help="General MIDI programs, highest voice first: 73,48,32")] = "",
    bars: int = 8,
    seed: int = 0,
    phrase: Annotated[Path | None, typer.Option(help="a MIDI file to open with")] = None,
    continue_: Annotated[Path | None, typer.Option("--continue", help="a MIDI file of yours to continue")] = None,
    vary: Annotated[Path | None, typer.Option(help="a MIDI file of yours to vary")] = None,
    prompt: Annotated[str | None, typer.Option(help="in words; names only those who agreed")] = None,
    session: Annotated[str | None, typer.Option(help="a session of yours; default: a new one")] = None,
    territory: str | None = None,
    out: Annotated[Path | None, typer.Option(help="write the sound to this WAV file")] = None,
    actor: Actor = "cli",
    at: At = "",
    json: Json = False,
) -> None:
    """Make a take; it is checked against the catalogue before it can be heard."""
    files = [file for file in (phrase, continue_, vary) if file is not None]
    if len(files) > 1:
        raise BadInput("only one of --phrase, --continue and --vary can be given")
    midi = _read(files[0]) if files else None
    settings = {
        "key": key, "metre": metre_of(metre), "tempo_bpm": tempo, "bars": bars, "seed": seed,
        "instruments": programs(instruments.split(",")),
    }  # fmt: skip
    asked, moment = request_of(settings, midi), when(at)
    sitting = session or Seat(creator, feature)
    door = actions.continue_midi if continue_ else actions.vary_midi
    say = errors.print
    if midi is None or phrase is not None:
        take = actions.make(sitting, asked, prompt, moment, actor, territory=territory, progress=say)
    else:
        take = door(sitting, midi, asked, prompt, moment, actor, territory=territory, progress=say)
    finish(take, out, json)


def finish(take: str, out: Path | None, json: bool) -> None:
    """Show a new take, and write its sound where that is asked for and allowed."""
    found = queries.take(SYSTEM, take)
    if json:
        out_json(shown(found))
    else:
        print_take(found)
    if found.case is not None:
        raise typer.Exit(3)
    if out is not None:
        write_file(out, queries.listen(SYSTEM, take))


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise BadInput(f"`{path}` is not a file", do="name a MIDI file")
    return path.read_bytes()
