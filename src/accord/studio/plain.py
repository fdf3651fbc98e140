"""Records of the studio as plain JSON values, as whoever asked may know them. Pure."""

from __future__ import annotations

from typing import Any

import msgspec

from accord.studio.descent import is_creation, told


def shown(found: Any) -> Any:
    """Records as plain JSON values; of a lineage, what its maker may know (law 10)."""
    return _told(msgspec.to_builtins(found, enc_hook=lambda value: value.text()))


def _told(value: Any) -> Any:
    if isinstance(value, dict) and "through" in value:
        return value | {"through": told(value["through"]), "piece": _piece(value)}
    if isinstance(value, dict):
        return {key: _told(one) for key, one in value.items()}
    return [_told(one) for one in value] if isinstance(value, (list, tuple)) else value


def _piece(span: dict[str, Any]) -> str | None:
    """The take that a model wrote, unless it is inside what somebody else made."""
    return None if any(is_creation(name) for name in span["through"]) else span["piece"]
