"""Writing a file so that a reader sees the old one or the new one, never half of one (shell)."""

from __future__ import annotations

import os
import threading
from pathlib import Path


def write_durably(file: Path, data: bytes) -> None:
    """Write beside, fsync, rename. The folder is made where it is missing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}.{threading.get_ident()}")
    with open(draft, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    os.replace(draft, file)
