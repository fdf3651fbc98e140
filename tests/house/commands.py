"""The command reference, made from the verbs themselves: `python -m tests.house.commands > docs/commands.md`."""

from __future__ import annotations

import inspect
import os
import tempfile
from importlib import import_module
from typing import Any

from accord.cli.__main__ import HERE, _about, _app, verbs


def reference() -> str:
    """docs/commands.md: every verb with its sub-verbs and options."""
    os.environ.setdefault("ACCORD_HOME", tempfile.mkdtemp())
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accord.server.settings")
    django.setup()
    import typer

    lines = [
        "# Commands",
        "Made from the verbs themselves; a test fails when it is out of date (`.venv/bin/python -m tests.house.commands > docs/commands.md`).",
        "",
        "`accord [--home DIR] VERB …` · exit codes: 0 done or yes, 2 bad input (in whole or in part), 3 refused or not proven, 1 our fault.",
    ]
    for name in verbs():
        file = HERE / f"{name.replace('-', '_')}.py"
        command = typer.main.get_command(_app(import_module(f"accord.cli.{file.stem}")))
        lines += ["", f"## accord {name}", f"{_about(file)}."]
        subs = getattr(command, "commands", None)
        lines += (
            [_line(f"accord {name} {sub}", found) for sub, found in subs.items()]
            if subs
            else [_line(f"accord {name}", command)]
        )
    return "\n".join(lines) + "\n"


def _line(words: str, command: Any) -> str:
    parts = [words]
    for parameter in command.params:
        if getattr(parameter, "hidden", False) or parameter.name in {"help", "install_completion", "show_completion"}:
            continue
        if parameter.param_type_name == "argument":
            parts.append(
                (parameter.name or "").upper() if parameter.required else f"[{(parameter.name or '').upper()}]"
            )
        else:
            option = max(parameter.opts, key=len)
            parts.append(option if parameter.required else f"[{option}]")
    about = inspect.cleandoc(command.help or "").split("\n")[0]
    return f"- `{' '.join(parts)}` — {about}"


if __name__ == "__main__":
    print(reference(), end="")
