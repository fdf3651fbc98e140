"""Creations as a list that is read only as far as somebody looks (shell)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from django.db.models import Q, QuerySet

from accord.studio import queries
from accord.studio.models import CreationRow
from accord.studio.records import Creation

AT_ONCE = 500


class Listed:
    """Creations, newest first, each part read when it is asked for: what a paginator pages."""

    def __init__(self, ids: list[str] | QuerySet[CreationRow, str]) -> None:
        self._ids = ids

    def count(self) -> int:
        """How many there are."""
        return len(self._ids) if isinstance(self._ids, list) else self._ids.count()

    def __getitem__(self, part: slice) -> list[Creation]:
        """Those of a part."""
        return queries.creations(self._ids[part])[::-1]

    def parts(self) -> Iterator[list[Creation]]:
        """All of them, so many at once."""
        for start in range(0, self.count(), AT_ONCE):
            yield self[start : start + AT_ONCE]


def creations(
    among: Iterable[str] | None = None,
    by: Collection[str] = (),
    *,
    alone: Collection[str] | None = None,
    words: str = "",
    feature: str = "",
) -> Listed:
    """Those `among` some (None: all) and those that parties in `by` made; of them those that `alone` made, with `words` in the
    title, of a `feature`. Ids that stand for a query of the database are joined and not read.
    """
    rows = CreationRow.objects.order_by("-position")
    if among is not None:
        rows = rows.filter(Q(id__in=among) | Q(creator__in=by))
    if alone is not None:
        rows = rows.filter(creator__in=alone)
    if feature:
        rows = rows.filter(feature=feature)
    if words:  # a database knows the capitals of its own alphabet alone
        titles = rows.values_list("id", "record__title").iterator()
        return Listed([one for one, title in titles if words.lower() in title.lower()])
    return Listed(rows.values_list("id", flat=True))
