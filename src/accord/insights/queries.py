"""All figures, gathered from the rooms above and computed when asked for.

Figures are of everybody together and name no party: the platform's own people see all of them, and what the public
sees is what was published (participation, reach, safety).
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from accord.insights import (
    artist_revenue,
    attribution_completeness,
    click_through,
    dispute_resolution,
    gather_attribution,
    gather_cases,
    gather_deals,
    gather_money,
    gather_people,
    gather_plays,
    licensing_cycle,
    opt_in_rate,
    participation,
    play_share,
    remediation_time,
    retention,
    session_share,
    songwriter_revenue,
    trails,
    violations,
)
from accord.insights.records import Figure, Group
from accord.parties.spreadsheet import write_csv
from accord.parties.viewer import Viewer
from accord.terms.instant import Instant
from accord.terms.refusal import NotThere

#: What anybody may see; the rest is for the platform's own people, since few deals or people can be told from it.
PUBLIC_GROUPS = frozenset({Group.PARTICIPATION, Group.REACH, Group.SAFETY})


def figures(viewer: Viewer, at: Instant, group: Group | None = None) -> list[Figure]:
    """Every figure the viewer may see, in the order of the groups: what had happened by ``at``, and nothing since."""
    shown = [one for one in Group if (group is None or one is group) and (viewer.staff or one in PUBLIC_GROUPS)]
    return [figure for one in shown for figure in GATHER[one](at)]


def figure(viewer: Viewer, key: str, at: Instant) -> Figure:
    """One figure by key. Raises: NotThere for an unknown one, or one that is not for the viewer."""
    for found in figures(viewer, at):
        if found.key == key:
            return found
    raise NotThere(f"there is no figure `{key}`", do="`accord figures` lists them")


def as_csv(shown: list[Figure]) -> str:
    """Figures with their parts as CSV: one line for each headline (empty part) and each part."""
    out = io.StringIO(newline="")
    rows: list[tuple[Any, ...]] = []
    for one in shown:
        rows.append((one.group.value, one.key, "", one.value, one.unit, one.n, one.title, one.denominator, one.note))
        rows += (
            (one.group.value, one.key, part.label, part.value, part.unit or one.unit, part.n, one.title, "", "")
            for part in one.parts
        )
    write_csv(out, ("group", "figure", "part", "value", "unit", "n", "title", "denominator", "note"), rows)
    return out.getvalue()


def _participation(at: Instant) -> list[Figure]:
    return [
        opt_in_rate.compute(gather_people.asked(at)),
        participation.compute(gather_people.taking_part(at)),
        retention.compute(gather_people.staying(at), at),
    ]


def _reach(at: Instant) -> list[Figure]:
    found = gather_plays.reach(at)
    return [
        play_share.compute(found.plays, found.all_plays),
        session_share.compute(found.touched, found.sessions, found.all_sessions),
        click_through.compute(trails.counts(at)),
    ]


def _revenue(at: Instant) -> list[Figure]:
    closed = gather_money.closed(at)
    currency = gather_money.main_currency(closed)
    found = gather_money.earnings(gather_people.participants(at, gather_money.span(closed)), currency, closed, at)
    return [*artist_revenue.compute(found.artists, currency), *songwriter_revenue.compute(found.songwriters, currency)]


def _attribution(at: Instant) -> list[Figure]:
    closed = gather_money.closed(at)
    sources = gather_money.earnings((), gather_money.main_currency(closed), closed, at).sources
    return [
        attribution_completeness.compute(gather_attribution.creations(at), sources),
        dispute_resolution.compute(gather_cases.disputes(at)),
    ]


def _safety(at: Instant) -> list[Figure]:
    made, refused = gather_cases.creations_made(at), gather_cases.prompts_refused(at)
    return [
        violations.compute(gather_cases.cases(at), made, refused),
        remediation_time.compute(gather_cases.remedies(at)),
    ]


def _licensing(at: Instant) -> list[Figure]:
    return [licensing_cycle.compute(gather_deals.cycles(at))]


GATHER: dict[Group, Callable[[Instant], list[Figure]]] = {
    Group.PARTICIPATION: _participation,
    Group.REACH: _reach,
    Group.REVENUE: _revenue,
    Group.ATTRIBUTION: _attribution,
    Group.SAFETY: _safety,
    Group.LICENSING: _licensing,
}
