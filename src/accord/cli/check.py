"""Check a sound file: which catalogue recordings and protected voices are in it, and where; a MIDI file: whose melody.

Exit codes: 0 nothing found, or only declared sources; 3 a match or a voice that nothing explains; 2 not audio and not MIDI.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from accord.catalog import queries as catalog
from accord.catalog.score import from_midi
from accord.cli.console import console, now, out_json
from accord.integrity import checking, queries, serving, tunes, voices
from accord.integrity.records import Match, VoiceMatch
from accord.parties import queries as parties
from accord.terms.refusal import BadInput


def command(
    file: Annotated[Path, typer.Argument(help="up to 24 hours, any format libsndfile reads; or MIDI")],
    declared: Annotated[list[str] | None, typer.Option("--declared", help="an asset used with permission")] = None,
    shards: Annotated[
        list[Path] | None,
        typer.Option("--shards", help="a folder of shards, to search in place of the segments that were cut"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="for machines")] = False,
) -> None:
    """Compare a sound with every fingerprinted recording and protected voice, or a MIDI file with every work's melody. Nothing is recorded."""
    if not file.is_file():
        raise BadInput(f"`{file}` is not a file", do="name a sound file")
    with open(file, "rb") as opened:
        notes = opened.read(4) == b"MThd"
    if notes:
        raise typer.Exit(
            _melodies(file.read_bytes(), frozenset(catalog.look_up(text).id for text in declared or ()), json)
        )
    sources = checking.with_parents(frozenset(catalog.look_up(text).id for text in declared or ()))
    matches, heard = checking.look_into_file(file, sources, serving.index_in(shards) if shards else None)
    foreign = [m for m in matches if m.recording not in sources]
    known = voices.explained(heard, "", sources, None, now())
    alike = [m for m in heard if m.person not in known]
    explained = sorted({m.recording for m in matches} & sources) + sorted(known)
    if json:
        out_json({"matches": matches, "voices": heard, "explained": explained, "clear": not foreign and not alike})
    else:
        _show(matches, sources)
        _show_voices(heard, known)
    raise typer.Exit(3 if foreign or alike else 0)


def _show_voices(heard: tuple[VoiceMatch, ...], known: dict[str, str]) -> None:
    names = parties.names(m.person for m in heard)
    for m in heard:
        why = f"explained: {known[m.person]}" if m.person in known else voices.in_words(m)
        console.print(
            f"{m.start_s:7.1f} to {m.end_s:7.1f} s has a voice like that of `{names[m.person]}`; {why}", markup=False
        )


def _melodies(midi: bytes, declared: frozenset[str], json: bool) -> int:
    """Show whose melodies are in a MIDI file; 3 when nothing explains one of them."""
    found = tunes.find_melodies(from_midi(midi))
    because = tunes.explained(found, declared)
    if json:
        out_json({"melodies": found, "explained": because, "clear": all(m.work in because for m in found)})
    else:
        titles = catalog.assets(ids=[m.work for m in found])
        for m in found:
            why = f"explained: {because[m.work]}" if m.work in because else "nothing explains it"
            console.print(f"{titles[m.work].title}: {tunes.in_words(m)}; {why}", markup=False)
        if not found:
            console.print(
                f"nothing found in {sum(len(c.works) for c in tunes.melodies())} melodies of works", markup=False
            )
    return 0 if all(m.work in because for m in found) else 3


def _show(matches: list[Match], sources: frozenset[str]) -> None:
    known = queries.titles(m.recording for m in matches)
    for m in matches:
        title = known.get(m.recording, m.recording)
        change = f"{m.semitones:+.1f} semitones, {100 * (m.tempo_factor - 1):+.1f} % tempo"
        why = "explained: declared" if m.recording in sources else f"likelihood {m.likelihood}"
        console.print(
            f"{m.query_start_s:7.1f} to {m.query_end_s:7.1f} s is `{title}` ({m.recording}) from {m.ref_start_s:.1f} s, "
            f"{change}; {m.evidence.hits} of {m.evidence.peaks} peaks where chance finds {m.evidence.chance:.0f}; {why}",
            markup=False,
        )
    if not matches:
        console.print(f"nothing found in {queries.index().hours:.1f} h of recordings", markup=False)
