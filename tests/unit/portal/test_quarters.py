"""The money that a revocation touches is told by the quarter."""

from __future__ import annotations

import pytest

from accord.portal.queries import last_quarter


@pytest.mark.parametrize(
    ("closed", "quarter"),
    [
        ([], ()),
        (["2026-06", "2026-07", "2026-08", "2026-09"], ("2026-07", "2026-08", "2026-09")),
        (["2025-10", "2026-09", "2026-10"], ("2026-10",)),
        (["2026-Q2", "2026-Q3"], ("2026-Q3",)),
    ],
)
def test_the_last_quarter_is_that_of_the_last_closed_month(closed: list[str], quarter: tuple[str, ...]) -> None:
    """Its closed months and no others; a period that is longer stands for itself."""
    assert last_quarter(closed) == quarter
