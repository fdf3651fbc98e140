"""The catalogue: works, recordings, scores, stems and releases; what is held at intake and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from accord.catalog import actions, queries
from accord.catalog.records import Asset, AssetKind
from accord.catalog.rules import read_terms
from accord.cli.console import console, now, out_json
from accord.parties import queries as parties
from accord.parties.viewer import SYSTEM
from accord.terms.instant import parse
from accord.terms.refusal import BadInput
from accord.terms.share import percent
from accord.terms.territory import TerritorySet

app = typer.Typer(help=__doc__, no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="for machines")]
Actor = Annotated[str, typer.Option(help="the account it is done for")]
At = Annotated[str, typer.Option(help="the instant it is done at [now]")]
Where = Annotated[str, typer.Option(help="where, such as WORLD-JP")]


@app.command("list")
def list_assets(
    kind: Annotated[AssetKind | None, typer.Option(help="only assets of this kind")] = None,
    text: Annotated[str, typer.Option(help="only titles that contain this")] = "",
    label: Annotated[str, typer.Option(help="only this label's (party id)")] = "",
    credited: Annotated[str, typer.Option(help="only what this person is credited on (party id)")] = "",
    held: Annotated[bool, typer.Option("--held", help="only what is held at intake")] = False,
    known: Annotated[int | None, typer.Option(help="as of this journal position")] = None,
    json: Json = False,
) -> None:
    """List assets."""
    ids = queries.credited(credited) if credited else None
    found = [
        asset
        for asset in queries.assets(ids, kind, known).values()
        if (not text or text.casefold() in asset.title.casefold())
        and (not label or asset.label == label)
        and (not held or asset.intake_holds)
    ]
    if json:
        out_json(found)
        return
    names = parties.names(asset.label for asset in found if asset.label)
    for asset in found:
        number = asset.identifier("isrc") or asset.identifier("iswc") or ""
        console.print(
            f"{asset.id:<14} {asset.kind:<10} {number:<12} {asset.title}  {names.get(asset.label or '', '')}"
            f"{'  HELD' if asset.intake_holds else ''}",
            markup=False,
        )
    console.print(f"{len(found):,} assets")


@app.command()
def show(
    asset: Annotated[str, typer.Argument(help="an asset id, ISRC or ISWC")],
    known: Annotated[int | None, typer.Option(help="as of this journal position")] = None,
    json: Json = False,
) -> None:
    """Show one asset with its people, its lineage and the claims to it."""
    found = queries.asset(queries.look_up(asset).id, known)
    claims = queries.claims([found.id], known)
    below = queries.children([found.id]).get(found.id, ())
    public = queries.public_domain(known, [found.id])
    if json:
        out_json({"asset": found, "claims": claims, "made_from_it": below, "public_domain": public})
        return
    _print(found, below)
    for statement in public:
        console.print(f"public domain {statement.territories.named()}: {statement.evidence}", markup=False)
    names = parties.names(claim.claimant for claim in claims)
    for claim in claims:
        console.print(
            f"claim {claim.id}: {names[claim.claimant]} {percent(claim.share)} % {claim.right}"
            f" {claim.territories.named()}, {claim.status}{', disputed' if claim.disputed else ''}",
            markup=False,
        )


@app.command()
def releases(json: Json = False) -> None:
    """List releases with their tracks."""
    found = queries.releases()
    if json:
        out_json(found)
        return
    for release in found:
        console.print(
            f"{release.id:<14} {release.icpn or '':<14} {release.title}  {len(release.tracks)} tracks", markup=False
        )


@app.command()
def permissions(
    release: Annotated[str, typer.Argument(help="a release id, ICPN or GRid [all]")] = "", json: Json = False
) -> None:
    """List what DDEX Deals let a platform do with releases; they claim no right."""
    found = queries.permissions(queries.release(release).id if release else None)
    if json:
        out_json(found)
        return
    for one in found:
        what = f"{', '.join(one.commercial_models)}: {', '.join(one.uses)}"
        when = f"from {one.starts or 'always'} to {one.ends or 'no end'}"
        console.print(f"{one.release:<14} {what}  {one.territories.named()}, {when}", markup=False)
    console.print(f"{len(found):,} permissions")


@app.command()
def deliveries(json: Json = False) -> None:
    """List the messages that were read in, newest first, with what was noticed about each."""
    found = queries.deliveries(SYSTEM)
    if json:
        out_json(found)
        return
    names = parties.names(delivery.sender for delivery in found)
    for one in found:
        counts = ", ".join(f"{count:,} {name}" for name, count in one.counts if count)
        console.print(
            f"{one.id:<14} {one.at:%Y-%m-%d}  {one.kind.upper()} from {names[one.sender]}: {counts}", markup=False
        )
        for finding in one.findings:
            console.print(f"  noticed: {finding}", markup=False)
    console.print(f"{len(found):,} deliveries")


@app.command()
def stats(json: Json = False) -> None:
    """Count what there is."""
    counts = queries.stats()
    if json:
        out_json(counts)
        return
    for name, count in counts.items():
        console.print(f"{count:>10,}  {name}")


@app.command()
def match(recording: str, work: str, actor: Actor = "cli", at: At = "") -> None:
    """Say that a recording embodies a work."""
    one, other = queries.look_up(recording).id, queries.look_up(work).id
    actions.match_work(one, other, at=parse(at) if at else now(), actor=actor)
    console.print(f"{one} embodies {other}")


@app.command()
def unmatch(recording: str, work: str, because: str, actor: Actor = "cli", at: At = "") -> None:
    """Say that a recording does not embody a work after all."""
    one, other = queries.look_up(recording).id, queries.look_up(work).id
    actions.unmatch_work(one, other, because, at=parse(at) if at else now(), actor=actor)
    console.print(f"{one} no longer embodies {other}")


@app.command("lift-hold")
def lift_hold(
    asset: str,
    because: Annotated[str, typer.Argument(help="why the reason no longer stands")],
    number: Annotated[int, typer.Option(help="which of its holds, counted from 1")] = 1,
    actor: Actor = "cli",
    at: At = "",
) -> None:
    """Lift a reason for which intake holds an asset."""
    found = queries.look_up(asset)
    if not 1 <= number <= len(found.intake_holds):
        raise typer.BadParameter(f"`{found.id}` has {len(found.intake_holds)} intake holds")
    hold = found.intake_holds[number - 1]
    actions.lift_intake_hold(found.id, hold, because, at=parse(at) if at else now(), actor=actor)
    console.print(f"{found.id} is no longer held because {hold}", markup=False)


@app.command()
def tune(
    title: str,
    evidence: Annotated[str, typer.Argument(help="why it is nobody's: life dates, first publication")],
    territories: Where = "WORLD",
    identifier: Annotated[list[str] | None, typer.Option(help="SCHEME:VALUE, such as iswc:T0345246801")] = None,
    actor: Actor = "cli",
    at: At = "",
) -> None:
    """Register an old tune that is in the public domain; prints the work's id."""
    named = [_pair(text) for text in identifier or ()]
    where = TerritorySet.parse(territories)
    console.print(
        actions.register_tune(title, evidence, where, identifiers=named, at=parse(at) if at else now(), actor=actor)
    )


@app.command("public-domain")
def public_domain(
    work: str,
    evidence: Annotated[str, typer.Argument(help="life dates, first publication")],
    territories: Where = "WORLD",
    actor: Actor = "cli",
    at: At = "",
) -> None:
    """State that nobody holds rights in a work, and where."""
    found, where = queries.look_up(work).id, TerritorySet.parse(territories)
    actions.state_public_domain(found, where, evidence, at=parse(at) if at else now(), actor=actor)
    console.print(f"{found} is in the public domain {where.named()}", markup=False)


@app.command("end-public-domain")
def end_public_domain(
    work: str,
    because: Annotated[str, typer.Argument(help="why it no longer stands")],
    territories: Where = "WORLD",
    actor: Actor = "cli",
    at: At = "",
) -> None:
    """End what was stated: the work needs claims there again, as any other does."""
    found, where = queries.look_up(work).id, TerritorySet.parse(territories)
    actions.end_public_domain(found, where, because, at=parse(at) if at else now(), actor=actor)
    console.print(f"{found} is no longer in the public domain {where.named()}", markup=False)


@app.command()
def encoding(
    work: Annotated[str, typer.Argument(help="the work it is an encoding of: an id or ISWC")],
    midi: Annotated[Path, typer.Argument(help="a MIDI file")],
    source: Annotated[str, typer.Option(help="the file or collection it comes from")],
    statement: Annotated[str, typer.Option(help="what it says of its own terms, word for word")] = "",
    title: Annotated[str, typer.Option(help="default: the work's")] = "",
    transcriber: str | None = None,
    owner: Annotated[str | None, typer.Option(help="whom its metadata names as owner")] = None,
    licence: str | None = None,
    licensor: Annotated[str | None, typer.Option(help="whom the licence comes from")] = None,
    actor: Actor = "cli",
    at: At = "",
) -> None:
    """Register somebody's encoding of a work under its own terms; reserved or unclear ones hold it."""
    found = queries.look_up(work)
    if not midi.is_file():
        raise BadInput(f"`{midi}` is not a file", do="name a MIDI file")
    terms = read_terms(source, statement, transcriber=transcriber, owner=owner, licence=licence, licensor=licensor)
    moment = parse(at) if at else now()
    score = actions.register_encoding(found.id, title or found.title, midi.read_bytes(), terms, at=moment, actor=actor)
    console.print(score)
    for hold in queries.asset(score).intake_holds:
        console.print(f"held: {hold}", markup=False)


def _pair(text: str) -> tuple[str, str]:
    scheme, found, value = text.partition(":")
    if not (scheme and found and value):
        raise BadInput(f"`{text}` names no identifier", do="write it as SCHEME:VALUE, such as iswc:T0345246801")
    return scheme.lower(), value


def _print(asset: Asset, below: tuple[str, ...]) -> None:
    names = parties.names([*(credit.party for credit in asset.credits), *filter(None, [asset.label])])
    numbers = ", ".join(f"{scheme.upper()} {value}" for scheme, value in asset.identifiers)
    console.print(f"{asset.id}  {asset.kind}  {asset.title}  {numbers}", markup=False)
    for credit in asset.credits:
        console.print(f"{credit.role}: {names[credit.party]} ({credit.party})", markup=False)
    marks = [
        word for word, on in (("demonstration", asset.demonstration), ("non-commercial", asset.non_commercial)) if on
    ]
    facts = {
        "label": names.get(asset.label or ""),
        "made from": ", ".join(asset.parents),
        "made from it": ", ".join(below),
        "length": f"{asset.duration_s:.1f} s" if asset.duration_s else None,
        "AI declared": asset.disclosure.contains_ai,
        "marks": ", ".join(marks),
    }
    for name, value in facts.items():
        if value:
            console.print(f"{name}: {value}", markup=False)
    for hold in asset.intake_holds:
        console.print(f"held: {hold}", markup=False)
