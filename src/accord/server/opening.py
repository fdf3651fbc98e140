"""Opening an instance: its folder, its settings, its tables."""

from __future__ import annotations

import os
from pathlib import Path

import django
from django.apps import apps

_opened: list[Path] = []
_to_tell: list[str] = []


def open_instance(home: str | os.PathLike[str] | None = None) -> Path:
    """Prepare the instance in `home` for this process and return the folder. See `accord.open`."""
    folder = Path(home or os.environ.get("ACCORD_HOME", "var")).resolve()
    if _opened:
        if _opened[0] != folder:
            raise RuntimeError(f"this process has already opened {_opened[0]}")
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["ACCORD_HOME"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accord.server.settings")
    if not apps.ready:  # a second set-up would close the log streams of others
        django.setup()
    _bring_up_to_date()
    _opened.append(folder)
    _to_tell.extend(filter(None, [_behind()]))
    return folder


def told() -> str:
    """What whoever opened the instance should know, once; nothing most of the time."""
    return _to_tell.pop() if _to_tell else ""


def _behind() -> str:
    from accord.journal.makers import behind

    return behind()


def _bring_up_to_date() -> None:
    """Make or migrate the tables, when they are not as the code expects."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
