"""The catalogue: works, recordings, scores, stems and releases; what is held at intake and why."""

from __future__ import annotations

from typing import Annotated

import typer

from accord.catalog import actions, queries
from accord.catalog.records import Asset, AssetKind
from accord.cli.console import console, now, out_json
from accord.parties import queries as parties
from accord.parties.viewer import SYSTEM
from accord.terms.instant import parse
from accord.terms.share import percent

app = typer.Typer(help=__doc__, no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="for machines")]
Actor = Annotated[str, typer.Option(help="the account it is done for")]
At = Annotated[str, typer.Option(help="the instant it is done at [now]")]


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
