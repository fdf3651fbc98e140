"""Remix cleared recordings, stems, own takes, and creations whose makers agree: matched in tempo and key, on one beat, at one loudness."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from accord.catalog import queries as catalog
from accord.cli.console import console, errors, out_json, write_file
from accord.cli.make import finish
from accord.cli.studio import Actor, At, Json, figures_in_words, known_in_words, when
from accord.studio import actions
from accord.studio.plain import shown
from accord.studio.records import Fit, Match, RemixSource, Seat
from accord.terms.refusal import BadInput
from accord.terms.territory import TerritorySet

SOURCE = re.compile(
    r"(?P<asset>[A-Za-z0-9_-]+)(:(?P<start>[\d.]+)-(?P<end>[\d.]*))?(@(?P<offset>[\d.]+))?(x(?P<gain>[\d.]+))?"
    r"(,tempo=(?P<tempo>[\d.]+))?(,key=(?P<key>[A-G][#b]? (major|minor)))?"
)
#: Takes of one's own and creations are laid in by their ids.
MADE = re.compile(r"(tak|cre)_\d+")


def command(
    sources: Annotated[
        list[str],
        typer.Argument(
            help="ASSET, ISRC, own take or creation, then :FROM-TO, @OFFSET, xGAIN, ,tempo=96, ,key=E minor"
        ),
    ],
    feature: Annotated[str, typer.Option(help="a live feature that remixes")],
    creator: Annotated[str, typer.Option(help="the party that makes it")],
    tempo: Annotated[float | None, typer.Option(help="of the mix; default: the first source's")] = None,
    key: Annotated[str | None, typer.Option(help="of the mix; default: the first source's")] = None,
    territories: Annotated[
        str | None, typer.Option(help="where it must be cleared; default: wherever all sources are")
    ] = None,
    prompt: str | None = None,
    session: Annotated[str | None, typer.Option(help="a session of yours; default: a new one")] = None,
    match: Annotated[
        Path | None, typer.Option(help="make nothing: write how it would sound, some seconds, to this MP3 file")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="write the sound to this WAV file")] = None,
    actor: Actor = "cli",
    at: At = "",
    json: Json = False,
) -> None:
    """Make a remix, e.g. `accord remix FR-X01-26-00001:0-20 FR-X01-26-00002:0-20@10x0.5 --feature blend --creator PARTY`."""
    moment = when(at)
    wanted = tuple(source(text) for text in sources)
    where = TerritorySet.parse(territories) if territories else None
    sitting = session or Seat(creator, feature)
    if match is not None:
        _show(actions.match(sitting, wanted, moment, tempo, key, where, errors.print), match, json)
        return
    take = actions.remix(sitting, wanted, moment, actor, prompt, tempo, key, where, errors.print)
    finish(take, out, json)


def _show(found: Match, to: Path, json: bool) -> None:
    """What is known of each clip, what the mix does to it, and its figures; the sound goes into the file."""
    write_file(to, found.sound)
    if json:
        out_json({**shown(found), "sound": str(to)})
        return
    for fit in found.fits:
        console.print(f"{fit.known.asset}: {known_in_words(fit.known)}", markup=False)
        console.print(f"  {_done(fit)}", markup=False)
    console.print(figures_in_words(found.figures), markup=False)
    console.print(f"seconds {found.from_s:.1f} to {found.to_s:.1f}: {to}", markup=False)


def _done(fit: Fit) -> str:
    tempo = (
        "at its own speed" if fit.ratio == 1 else f"at {fit.tempo_bpm:g} beats a minute ({fit.ratio:.3f} times as fast)"
    )
    key = f"{fit.semitones:+d} semitones, {fit.key}" if fit.semitones else "in its own key"
    moved = f", moved by {fit.moved_s:.2f} s onto the beat" if fit.moved_s else ""
    return f"{tempo}; {key}; in at second {fit.from_s:.1f}{moved}"


def source(text: str) -> RemixSource:
    """One source as it is written on the command line. Raises: BadInput, NotThere."""
    found = SOURCE.fullmatch(text)
    if found is None:
        raise BadInput(f"`{text}` is not a source", do="write ASSET:0-20@10x0.5, each part after the asset if needed")
    part = found.groupdict()
    try:
        numbers = {name: float(part[name]) for name in ("start", "end", "offset", "gain", "tempo") if part[name]}
    except ValueError:
        raise BadInput(f"`{text}` holds something that is not a number") from None
    return RemixSource(
        asset=part["asset"] if MADE.fullmatch(part["asset"]) else catalog.look_up(part["asset"]).id,
        start_s=numbers.get("start", 0.0),
        end_s=numbers.get("end"),
        offset_s=numbers.get("offset", 0.0),
        gain=numbers.get("gain", 1.0),
        tempo_bpm=numbers.get("tempo"),
        key=part["key"],
    )
