"""`POST /v1/usage` from the body's bytes to the answer's, for the platform's own machines (shell).

What it does not answer itself goes to the full operation (`api.usage`), which says what is wrong with it.
"""

from __future__ import annotations

from datetime import UTC, datetime

from accord.metering import door
from accord.parties.viewer import Role, Viewer
from accord.terms.refusal import BadInput

MAY_SEND = (Role.MACHINE, Role.ADMIN)


def at_hand(viewer: Viewer, body: bytes) -> bytes | None:
    """None: what must be durable first is always waited for."""
    return None


def answer(viewer: Viewer, body: bytes) -> bytes | None:
    """The answer, once the batch is durable."""
    if not viewer.has(*MAY_SEND):
        return None
    try:
        return door.take(body, viewer.account or "", datetime.now(UTC))
    except (BadInput, *door.NOT_KEPT):  # nothing of it was counted; the full operation says why, or finds room
        return None
