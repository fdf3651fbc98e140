"""The studio: sessions, takes, listening, comparing, editing, choosing, submitting."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from accord.cli.console import console, now, out_json, write_file
from accord.parties.viewer import SYSTEM
from accord.studio import actions, concepts, others, queries, use_policy, voting
from accord.studio.asking import whole_numbers
from accord.studio.boundaries import MOST_FEATURE, MOST_PERSON, Boundary, UsePolicy
from accord.studio.plain import shown
from accord.studio.records import ClipAnalysis, MixFigures, Take
from accord.studio.tree import branches, current
from accord.terms.instant import Instant, parse
from accord.terms.refusal import BadInput

app = typer.Typer(help=__doc__, no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="for machines")]
Actor = Annotated[str, typer.Option(help="the account in whose name this is done")]
At = Annotated[str, typer.Option(help="the instant, 2026-06-25T09:00:00Z; default: now")]


@app.command("open")
def open_session(creator: str, feature: str, actor: Actor = "cli", at: At = "") -> None:
    """Sit down as CREATOR (a party) in FEATURE; prints the session's id."""
    console.print(actions.open_session(creator, feature, when(at), actor))


@app.command()
def sessions(json: Json = False) -> None:
    """Every session, newest first."""
    found = queries.sessions(SYSTEM)
    if json:
        out_json(shown(found))
        return
    for one in found:
        console.print(
            f"{one.id}  {one.at:%Y-%m-%d %H:%M}  {one.feature:<10} {one.creator}  {len(one.takes)} takes", markup=False
        )


@app.command()
def show(session: str, json: Json = False) -> None:
    """One session and its takes, with who did what."""
    found = queries.session(SYSTEM, session)
    if json:
        out_json(shown(found))
        return
    for take in found.takes:
        print_take(take)


@app.command()
def take(take: str, json: Json = False) -> None:
    """One take."""
    found = queries.take(SYSTEM, take)
    if json:
        out_json(shown(found))
    else:
        print_take(found)


@app.command()
def listen(take: str, out: Annotated[Path, typer.Option(help="where to write the WAV")] = Path("take.wav")) -> None:
    """Write a take's sound to a file; refused while it is checked or held."""
    write_file(out, queries.listen(SYSTEM, take))
    console.print(f"{out}", markup=False)


@app.command()
def compare(first: str, second: str, json: Json = False) -> None:
    """Two takes side by side."""
    found = queries.compare(SYSTEM, first, second)
    if json:
        out_json(shown(found))
        return
    for what, a, b in found.rows:
        console.print(f"{'= ' if a == b else '≠ '}{what:<16} {a}  |  {b}", markup=False)


@app.command()
def edit(take: str, change: str, actor: Actor = "cli", at: At = "", json: Json = False) -> None:
    """Edit a take by hand (`transpose 2`, `tempo 96`, `trim 0 12.5`, `gain -3`); the edit is a new take."""
    _made(actions.edit(take, change, when(at), actor), json)


@app.command()
def vary(
    take: str,
    bars: Annotated[str, typer.Option(help="bars to write again, 3 or 3,4; default: all")] = "",
    voice: Annotated[
        list[str] | None, typer.Option(help="a voice to write again, by its stem's name; default: all")
    ] = None,
    seed: Annotated[int, typer.Option(help="another seed, another variation")] = 0,
    strength: Annotated[float, typer.Option(help="the part of the notes there that may change, 0 to 1")] = 0.7,
    actor: Actor = "cli",
    at: At = "",
    json: Json = False,
) -> None:
    """Have some bars or voices of TAKE written again by its model, every other note kept; that is a new take."""
    _made(actions.vary_take(take, whole_numbers(bars), tuple(voice or ()), when(at), actor, seed, strength), json)


@app.command("others")
def others_of(
    feature: str,
    creator: Annotated[str, typer.Option(help="the party that would remix; its own creations are left out")] = "",
    words: Annotated[str, typer.Option(help="words of the title")] = "",
    at: At = "",
    json: Json = False,
) -> None:
    """Creations of others that may be remixed in FEATURE now: `accord remix CREATION:0-20 …` lays one in."""
    found = others.others(feature, creator, when(at), words)
    if json:
        out_json(shown(found))
        return
    for one in found:
        console.print(
            f"{one.creation}  {one.duration_s:6.1f} s  {one.title}, by {one.maker}, for {one.territories.named()}",
            markup=False,
        )


@app.command()
def recheck(actor: Actor = "cli", at: At = "") -> None:
    """Finish the checks that something interrupted; until then nobody hears those takes."""
    for left in queries.unchecked():
        actions.check_take(left.id, when(at), actor)
        print_take(queries.take(SYSTEM, left.id))


@app.command()
def undo(session: str, actor: Actor = "cli", at: At = "") -> None:
    """Go back to the take that the current one of SESSION was made from; nothing is lost."""
    print_take(queries.take(SYSTEM, actions.undo(session, when(at), actor)))


@app.command()
def export(
    take: str,
    out: Annotated[Path, typer.Option(help="where to write the ZIP file")] = Path("take.zip"),
    actor: Actor = "cli",
    at: At = "",
) -> None:
    """Write a take's mix, stems and notes to a ZIP file, where the feature and the deals allow `export`."""
    write_file(out, actions.export(take, when(at), actor))
    console.print(f"{out}", markup=False)


@app.command()
def tree(session: str) -> None:
    """The takes of SESSION as a tree: what was made from what; the current one is marked."""
    found = queries.session(SYSTEM, session)
    now = current(found.takes)
    for one, depth in branches(found.takes):
        mark = "*" if now is not None and one.id == now.id else " "
        console.print(f"{mark} {'  ' * depth}{one.id}  {one.kind.value}, {one.state.value}", markup=False)


@app.command()
def ask(
    first: str,
    second: str,
    question: Annotated[str, typer.Option(help="what the audience is asked")] = "",
    audience: Annotated[int, typer.Option(help="how many may vote, 5 to 500")] = 40,
    actor: Actor = "cli",
    at: At = "",
) -> None:
    """Ask a small audience which of two takes of a session it prefers; prints the link's path."""
    made = concepts.open_concept(first, second, question, audience, when(at), actor)
    console.print(f"{made}  /concepts/{made}/{concepts.mark(made)}", markup=False)


@app.command()
def asked(concept: str) -> None:
    """What an audience said so far, with an interval that is valid however often one looks."""
    found = concepts.by_id(concept)
    now_ = voting.standing(found.votes_first, found.votes)
    said = {1: "the first is preferred", 2: "the second is preferred", None: "neither is ahead"}[now_.leads]
    console.print(
        f"{found.votes} of {found.audience} votes, {found.votes_first} for {found.first}: between {100 * now_.low:.0f} % and "
        f"{100 * now_.high:.0f} % prefer it; {said}{f' (ended: {found.closed})' if found.closed else ''}",
        markup=False,
    )


@app.command()
def policy(
    feature: str,
    person_takes: Annotated[int, typer.Option(help="takes a person may make a day")] = MOST_PERSON,
    feature_takes: Annotated[int, typer.Option(help="takes everybody may make a day")] = MOST_FEATURE,
    refuse: Annotated[
        list[str] | None, typer.Option(help="`words | why | what is allowed instead | who could allow it`")
    ] = None,
    publish: Annotated[bool, typer.Option("--publish", help="publish these as the next version")] = False,
    actor: Actor = "cli",
    at: At = "",
) -> None:
    """Show the use policy of FEATURE, or publish its next version."""
    if publish:
        bounds = tuple(Boundary(*_four(text)) for text in refuse or ())
        wanted = UsePolicy(feature=feature, person_takes=person_takes, feature_takes=feature_takes, boundaries=bounds)
        use_policy.publish(wanted, when(at), actor)
    now_ = use_policy.in_force(feature)
    console.print(
        f"version {now_.version}: {now_.person_takes:,} takes a person a day, {now_.feature_takes:,} in all",
        markup=False,
    )
    for one in now_.boundaries:
        console.print(f"  `{one.words}`: {one.because}; instead: {one.instead}; {one.who} could allow it", markup=False)


def _four(text: str) -> list[str]:
    parts = [part.strip() for part in text.split("|")]
    if len(parts) != 4:
        raise BadInput(
            f"`{text}` is not a boundary", do="write words | why | what is allowed instead | who could allow it"
        )
    return parts


@app.command()
def choose(take: str, actor: Actor = "cli", at: At = "") -> None:
    """Choose a take over its session's others."""
    found = queries.take(SYSTEM, take)
    actions.choose(found.session, take, when(at), actor)
    console.print(f"{take} is chosen in {found.session}")


@app.command()
def submit(take: str, title: str = "", actor: Actor = "cli", at: At = "", json: Json = False) -> None:
    """Submit a take as a creation; clearance is decided again."""
    creation = queries.creation(SYSTEM, actions.submit(take, when(at), actor, title))
    if json:
        out_json(shown(creation))
    else:
        console.print(f"{creation.id} `{creation.title}`, for {creation.territories.named()}", markup=False)


@app.command()
def creations(json: Json = False) -> None:
    """Every creation, in the order they were submitted."""
    found = queries.creations()
    if json:
        out_json(shown(found))
        return
    for one in found:
        console.print(f"{one.id}  {one.feature:<10} {one.duration_s:6.1f} s  {one.title}", markup=False)


def when(at: str) -> Instant:
    """The instant given, or now."""
    return parse(at) if at else now()


def print_take(take: Take) -> None:
    """A take in a few lines: what it is, its figures, who did what."""
    held = f" (case {take.case})" if take.case else ""
    known = [take.key or "", f"{take.tempo_bpm:g} beats a minute" if take.tempo_bpm else ""]
    said = [f"{take.kind.value}, {take.state.value}{held}, {take.duration_s:.1f} s", *filter(None, known)]
    console.print(f"{take.id}  {', '.join(said)}, for {take.territories.named()}", markup=False)
    for one in take.analyses:
        console.print(f"  {one.asset}: {known_in_words(one)}", markup=False)
    for span in take.lineage:
        console.print(f"  heard: {span.asset} {span.from_s:.2f}–{span.to_s:.2f} s at gain {span.gain:g}", markup=False)
    if take.figures:
        console.print("  " + figures_in_words(take.figures), markup=False)
    for deed in take.made_by:
        console.print(f"  {deed.kind.value}, by {deed.by}: {deed.what}", markup=False)


def known_in_words(one: ClipAnalysis) -> str:
    """Tempo and key of a clip, each with how it is known."""
    tempo, key = _known(one.tempo_known, one.tempo_confidence), _known(one.key_known, one.key_confidence)
    return f"{one.tempo_bpm:g} beats a minute ({tempo}), {one.key} ({key})"


def figures_in_words(figures: MixFigures) -> str:
    """How well a mix fits, and how loud it is."""
    text = f"{figures.loudness_lufs:.1f} LUFS, true peak {figures.true_peak_dbtp:.1f} dBTP"
    if figures.beat_offset_ms is not None:
        text += (
            f", beats {figures.beat_offset_ms:g} ms apart, keys {figures.key_distance_fifths} fifths apart as planned"
        )
        text += f" and {figures.key_distance_heard_fifths} as heard"
    return text


def _known(how: str, confidence: float) -> str:
    return {"score": "from the score, exact", "mix": "as it was mixed", "user": "as you said"}.get(
        how, f"estimated, confidence {confidence:.2f}"
    )


def _made(take: str, json: bool) -> None:
    found = queries.take(SYSTEM, take)
    if json:
        out_json(shown(found))
    else:
        print_take(found)
