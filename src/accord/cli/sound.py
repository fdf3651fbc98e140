"""Make sound from words with a model that was trained elsewhere and is admitted to a feature."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from accord.cli.console import errors
from accord.cli.make import finish
from accord.cli.studio import Actor, At, Json, when
from accord.studio import outside
from accord.studio.records import Seat
from accord.training.adapters import SoundRequest


def command(
    feature: Annotated[str, typer.Argument(help="a live feature to which an outside model is admitted")],
    words: Annotated[str, typer.Argument(help="what it should sound like; names only those who agreed")],
    creator: Annotated[str, typer.Option(help="the party that makes it")],
    seconds: float = 10.0,
    seed: int = 0,
    model: Annotated[str | None, typer.Option(help="which outside model; default: the one registered last")] = None,
    session: Annotated[str | None, typer.Option(help="a session of yours; default: a new one")] = None,
    territory: str | None = None,
    out: Annotated[Path | None, typer.Option(help="write the sound to this WAV file")] = None,
    actor: Actor = "cli",
    at: At = "",
    json: Json = False,
) -> None:
    """Make a take of sound; it is checked against the catalogue before it can be heard. Needs the extra [outside]."""
    asked = SoundRequest(words, seconds, seed)
    sitting = session or Seat(creator, feature)
    take = outside.make(sitting, asked, when(at), actor, model, territory, progress=errors.print)
    finish(take, out, json)
