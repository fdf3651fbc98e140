"""`accord clear --since`: what changed in what is cleared, in sentences, or as pages for a machine that keeps a copy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from accord.catalog import queries as catalog
from accord.clearance import queries
from accord.clearance.api import changes_plain
from accord.clearance.records import Changed, Changes
from accord.cli.console import console, now, out_json
from accord.terms.instant import Instant
from accord.terms.refusal import BadInput

#: Titles that one line names.
NAMED = 3


def say(since: str, use: str, feature: str, since_at: Instant | None, json: bool) -> None:
    """Print what changed since a position or a cursor up to now: every page as one JSON value, or in words."""
    pages = list(_pages(since, use, feature, since_at))
    if json:
        found = changes_plain(pages[-1])
        found["changes"] = [change for page in pages for change in changes_plain(page)["changes"]]
        out_json(found)
        return
    last, told = pages[-1], [change for page in pages for change in page.changes]
    differ = [change for change in told if change.before != change.after]
    count = f"{len(differ):,} {'asset is' if len(differ) == 1 else 'assets are'}"
    console.print(
        f"{count} cleared otherwise than before for {last.use.value} in {last.feature}:"
        f" from position {last.since:,} ({last.since_at:%-d %B %Y %H:%M} UTC)"
        f" to {last.until:,} ({last.until_at:%-d %B %Y %H:%M} UTC)",
        markup=False,
    )
    _in_words(differ)


def _pages(since: str, use: str, feature: str, since_at: Instant | None) -> Iterator[Changes]:
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


def _in_words(differ: list[Changed]) -> None:
    """What changed alike for the same causes is said once."""
    alike = defaultdict(list)
    for change in differ:
        alike[change.before, change.after, change.causes].append(change.asset)
    said = queries.told(differ)
    for (before, after, causes), assets in alike.items():
        titles = catalog.assets(assets[:NAMED])
        names = ", ".join(f"“{titles[asset].title}”" if asset in titles else asset for asset in assets[:NAMED])
        more = f" and {len(assets) - NAMED:,} more" if len(assets) > NAMED else ""
        console.print(f"  {names}{more}: cleared {before.named()} before, {after.named()} now", markup=False)
        for cause in causes:
            console.print(f"    {said[cause]}", markup=False)
