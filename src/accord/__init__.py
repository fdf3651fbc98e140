"""Accord: the rights layer for generative music.

`accord.open(home)` prepares the instance in `home` (tables, keys, folders) for use from Python; every room's
`actions` and `queries` can be called after it.
"""

from __future__ import annotations

import os
from pathlib import Path

__version__ = "0.1.0"


def open(home: str | os.PathLike[str] | None = None) -> Path:
    """Open the instance in `home` (default: `ACCORD_HOME`, else `./var`) and return its folder.

    Tables are made or brought up to date. Calling it again with the same folder does nothing.

    Raises: RuntimeError when another instance is already open in this process.
    """
    from accord.server.opening import open_instance

    return open_instance(home)
