"""Ask whether something may be used, so, here, now; with the because."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import pyarrow.parquet as parquet
import typer

from accord.catalog import queries as catalog
from accord.catalog.records import AssetKind
from accord.clearance import queries, table
from accord.clearance.api import as_plain, changes_plain
from accord.clearance.records import Answer, CatalogueAnswer, Changes, HistoricalAnswer, Shortfall
from accord.cli.console import console, now, out_json, progress
from accord.terms.instant import parse
from accord.terms.refusal import BadInput
from accord.terms.territory import TerritorySet

Kind = Annotated[AssetKind | None, typer.Option(help="with --all: works, recordings, scores or stems alone")]


def command(
    asset: Annotated[str, typer.Argument(help="an ISRC, an ISWC or an asset's id")] = "",
    use: Annotated[str, typer.Option(help="train, analyse, style, remix, cover, voice, likeness")] = "",
    feature: Annotated[str, typer.Option(help="the feature it would be used in")] = "",
    territory: Annotated[str, typer.Option(help="where: JP, DE+FR; default: wherever the feature is offered")] = "",
    at: Annotated[str, typer.Option(help="an instant in the past: what the answer was (history)")] = "",
    known: Annotated[int | None, typer.Option(help="as known at this journal position (history)")] = None,
    since: Annotated[
        str, typer.Option(help="what changed: since this journal position, or the `next` of an answer")
    ] = "",
    all: Annotated[bool, typer.Option("--all", help="the whole catalogue")] = False,
    kind: Kind = None,
    out: Annotated[Path | None, typer.Option("-o", help="with --all: write every asset's answer as Parquet")] = None,
    json: Annotated[bool, typer.Option("--json", help="for machines")] = False,
) -> None:
    """May this be used, so, here, now? Exit 0 yes, 3 no, with what is missing and who could grant it.

    With --since: what changed in the whole catalogue, by which facts and days.
    """
    if since:
        if asset or territory or known is not None or all or kind or out:
            raise BadInput("--since is about the whole catalogue", do="give --use and --feature with it, and no asset")
        _since(since, use, feature, parse(at) if at else None, json)
        return
    if not use or not feature:
        raise BadInput("a clearance names its use and its feature", do="add --use train --feature compose")
    if all == bool(asset):
        raise BadInput("name one asset, or ask for --all", do="accord clear ISRC --use train --feature compose")
    if all and (territory or at or known is not None):
        raise BadInput(
            "the whole catalogue is decided now, and everywhere", do="leave out --territory, --at and --known"
        )
    if all:
        _whole(use, feature, kind, out, json)
        return
    if kind or out:
        raise BadInput("--kind and -o go with --all", do="leave them out when you ask about one asset")
    where = _asked(territory)
    found = catalog.look_up(asset).id
    if at or known is not None:
        _history(found, use, feature, parse(at) if at else now(), known, where, json)
        return
    answer = queries.decide(found, use, feature, now())
    yes = answer.covers(where if where else answer.offered)
    if json:
        out_json(as_plain(answer, where))
    else:
        _say(answer, where, yes)
    if not yes:
        raise typer.Exit(3)


def _asked(territory: str) -> TerritorySet | None:
    """The territories asked about; None for wherever the feature is offered. Raises: BadInput for none at all."""
    if not territory:
        return None
    where = TerritorySet.parse(territory)
    if not where:
        raise BadInput(f"`{territory}` names no territory", do="name one such as JP, or leave --territory out")
    return where


def _say(answer: Answer, where: TerritorySet | None, yes: bool) -> None:
    """The answer in sentences for people."""
    asked = where if where else answer.offered
    (name,) = queries.bound([answer.asset], answer)
    what = f"for {answer.use.value} in {answer.feature}"
    console.print(
        f"{'yes' if yes else 'no'}: {name} is {_where(answer.cleared & asked, asked, where)} {what}", markup=False
    )
    outside = asked - answer.offered
    if outside:
        console.print(f"  {answer.feature} is not offered {_in(outside)}", markup=False)
    _say_why_not(answer, answer.missing_in(asked))
    if answer.cleared & asked:
        _say_grounds(answer)
    console.print(f"  decision {answer.decision} at journal position {answer.known:,}", markup=False)


def _where(here: TerritorySet, asked: TerritorySet, where: TerritorySet | None) -> str:
    """`cleared wherever it is offered`, `cleared in FR and not in JP`, `not cleared in JP`."""
    if here == asked:
        return f"cleared {_in(here)}" if where else "cleared wherever it is offered"
    if not here:
        return f"not cleared {_in(asked)}" if where else "cleared nowhere"
    words = _in(here)
    return f"cleared {words}" if " but " in words else f"cleared {words} and not {_in(asked - here)}"


def _in(places: TerritorySet) -> str:
    words = places.named()
    return words if words.startswith("everywhere") else f"in {words}"


def _say_grounds(answer: Answer) -> None:
    """What the yes rests on, and what it asks of whoever uses it."""
    for word, ids in (("deals", answer.deals), ("choices", answer.choices)):
        if ids:
            console.print(f"  {word}: {', '.join(ids)}", markup=False)
    asked = answer.conditions
    terms = [
        f"credit “{asked.credit_line}”" if asked.credit_line else "",
        f"label “{asked.label_text}”" if asked.label_text else "",
        "no export" if asked.no_export else "",
        "non-commercial use alone" if asked.non_commercial else "",
        "for one model version" if asked.model_version_bound else "",
        f"at most {asked.monthly_cap:,} creations a month" if asked.monthly_cap else "",
    ]
    if any(terms):
        console.print("  conditions: " + "; ".join(filter(None, terms)), markup=False)


def _say_why_not(answer: Answer | HistoricalAnswer, short: tuple[Shortfall, ...]) -> None:
    for one, line in zip(short, queries.bound((one.because for one in short), answer), strict=True):
        who = queries.bound([one.could_grant], answer)[0] if one.could_grant else ""
        console.print(f"  {line}" + (f" (could be granted by {who})" if who else ""), markup=False)


def _history(
    asset: str, use: str, feature: str, at: object, known: int | None, where: TerritorySet | None, json: bool
) -> None:
    answer = queries.decide_as_of(asset, use, feature, at, known)  # type: ignore[arg-type]
    if json:
        out_json(as_plain(answer, where))
    else:
        was = (answer.was_cleared & where if where else answer.was_cleared).named()
        console.print(f"history, which authorises nothing: it was cleared {was}", markup=False)
        _say_why_not(answer, tuple(s for s in answer.shortfalls if not where or s.territories & where))
        console.print(f"  decision {answer.decision} at journal position {answer.known:,}", markup=False)
    if not (where <= answer.was_cleared if where else answer.was_cleared):
        raise typer.Exit(3)


def _whole(use: str, feature: str, kind: AssetKind | None, out: Path | None, json: bool) -> None:
    with progress() as bar:
        task = bar.add_task("clearing the catalogue", total=None)
        answer = queries.decide_all(
            use, feature, now(), kind, lambda done, total: bar.update(task, completed=done, total=total)
        )
    somewhere = int(answer.somewhere().sum())
    if out is not None:
        _write(answer, out)
    if json:
        counts = {"assets": len(answer.assets), "cleared": somewhere, "reasons": dict(answer.reasons.most_common())}
        about = {"use": answer.use, "feature": answer.feature, "known": answer.known, "at": answer.at}
        out_json({**counts, **about, "next": queries.stands_at(answer)})
        return
    console.print(
        f"{somewhere:,} of {len(answer.assets):,} assets are cleared for {answer.use.value} in {answer.feature}"
        f" somewhere it is offered (journal position {answer.known:,})",
        markup=False,
    )
    for code, count in answer.reasons.most_common():
        console.print(f"{count:>10,}  {code}", markup=False)
    if out is not None:
        console.print(f"written to {out}", markup=False)


def _since(since: str, use: str, feature: str, since_at: datetime | None, json: bool) -> None:
    """Every page of what changed since a position or a cursor, as one JSON value or in sentences."""
    pages = list(_pages(since, use, feature, since_at))
    last, changes = pages[-1], [change for page in pages for change in page.changes]
    if json:
        out_json(changes_plain(msgspec.structs.replace(last, changes=tuple(changes))))
        return
    differ = [change for change in changes if change.before != change.after]
    count = f"{len(differ):,} {'asset is' if len(differ) == 1 else 'assets are'}"
    console.print(
        f"{count} cleared otherwise than before for {last.use.value} in {last.feature}:"
        f" from position {last.since:,} ({last.since_at:%-d %B %Y %H:%M} UTC)"
        f" to {last.until:,} ({last.until_at:%-d %B %Y %H:%M} UTC)",
        markup=False,
    )
    for one in queries.alike(differ):
        console.print(f"  {one.what}: cleared {one.before.named()} before, {one.after.named()} now", markup=False)
        for because in one.because:
            console.print(f"    {because}", markup=False)


def _pages(since: str, use: str, feature: str, since_at: datetime | None) -> Iterator[Changes]:
    at = now()
    if since.isdecimal():
        if not use or not feature:
            raise BadInput("what changed names its use and its feature", do="add --use train --feature compose")
        page = queries.changes_since(use, feature, int(since), at, since_at)
    else:
        page = queries.changes(since, at)
    yield page
    while page.more:
        page = queries.changes(page.next, at)
        yield page


def _write(answer: CatalogueAnswer, out: Path) -> None:
    """One row per asset (see `table.of`). Raises: BadInput where it cannot be written."""
    try:
        parquet.write_table(table.of(answer, queries.stands_at(answer)), out)
    except OSError as fault:
        raise BadInput(f"`{out}` cannot be written", why=fault.strerror or str(fault)) from None
