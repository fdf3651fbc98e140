"""Works that were found to be in a recording after a period was closed: what waited for them is divided then (shell)."""

from __future__ import annotations

from collections.abc import Mapping

from accord.catalog.records import Asset, AssetKind
from accord.metering.periods import Span
from accord.payouts.models import RedistributedRow
from accord.payouts.unmatched import recording_of, works_in


def linked(span: Span, then: Mapping[str, Asset], now: Mapping[str, Asset], known: int) -> dict[str, Asset]:
    """The recordings in which no work was known `then` and some is `now`, as they are now.

    Left out are those of whose money of this or a later period something was given out meanwhile: it is not paid twice. (What
    was taken from an account counts as its oldest, so where a later period's was given out nothing of this one is left.)
    """
    found = {
        key: now[key]
        for key, one in then.items()
        if one.kind is AssetKind.RECORDING and not works_of(one, then) and key in now and works_of(now[key], now)
    }
    names = [works_in(key) for key in found]
    gone = RedistributedRow.objects.filter(asset__in=names, position__lte=known) if names else ()
    given_out = {recording_of(row.asset) for row in gone if Span(row.period).start >= span.start}
    return {key: one for key, one in found.items() if key not in given_out}


def works_of(recording: Asset, assets: Mapping[str, Asset]) -> list[str]:
    """The works that a recording is known to hold."""
    return [key for key in recording.parents if key in assets and assets[key].kind is AssetKind.WORK]
