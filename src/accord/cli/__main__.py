"""The `accord` command: finds the verb's module, opens the instance, turns errors into sentences and exit codes.

Exit codes: 0 done or yes · 2 bad input, in whole or in part · 3 refused or not proven · 1 our fault.
What was good beside bad input is kept only where a verb says so, and then each bad part is named.
"""

from __future__ import annotations

import ast
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

from accord import __version__
from accord.cli.console import console, errors, now
from accord.terms.refusal import BadInput, NotThere, Refused

HERE = Path(__file__).parent
NOT_VERBS = {"__init__", "__main__", "console", "pay_bank", "pay_beside", "pay_period", "pay_statement"}
USAGE = "usage: accord [--home DIR] VERB … (accord VERB --help says more)"


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command; returns the exit code and prints one clear sentence where something was wrong."""
    try:
        return _dispatch(arguments)
    except Refused as no:
        return _say(f"refused: {no.refusal.sentence()}", 3)
    except (BadInput, NotThere) as bad:
        return _say(str(bad), 2)
    except typer.Abort:
        return _say("stopped", 130)
    except KeyboardInterrupt:
        return _say("stopped", 130)
    except BrokenPipeError:
        return 0
    except Exception as error:  # the outermost door: our fault, said in one sentence, details kept
        return _usage_error(error) or _our_fault(error)


def verbs() -> list[str]:
    """Every verb, by name: the modules of this folder."""
    return sorted(file.stem.replace("_", "-") for file in HERE.glob("*.py") if file.stem not in NOT_VERBS)


def _dispatch(arguments: list[str]) -> int:
    home, rest = _global_options(arguments)
    if not rest or rest[0] in {"-h", "--help", "help"}:
        return _help()
    if rest[0] == "--version":
        console.print(f"accord {__version__}")
        return 0
    name, file = rest[0], HERE / f"{rest[0].replace('-', '_')}.py"
    if name not in verbs():
        raise BadInput(f"there is no verb `{name}`", do="`accord --help` lists them")
    if home is not None:
        os.environ["ACCORD_HOME"] = home
    if not _standalone(file):
        import accord

        accord.open(home)
        _warn(name, rest[1:])
    command = typer.main.get_command(_app(import_module(f"accord.cli.{file.stem}")))
    answer = command.main(rest[1:], prog_name=f"accord {name}", standalone_mode=False)
    return answer if isinstance(answer, int) else 0


def _warn(name: str, rest: list[str]) -> None:
    """What is to be known of the home, beside what the verb prints; a server says it itself, a rebuild mends it."""
    from accord.server.opening import told

    if (sentence := told()) and name != "serve" and (name, rest[:1]) != ("journal", ["rebuild"]):
        _say(f"note: {sentence}", 0)


def _global_options(arguments: list[str]) -> tuple[str | None, list[str]]:
    """`--home DIR` or `--home=DIR` before the verb."""
    if arguments[:1] == ["--home"]:
        if len(arguments) < 2:
            raise BadInput("`--home` needs a folder", do=USAGE)
        return arguments[1], arguments[2:]
    if arguments and arguments[0].startswith("--home="):
        return arguments[0].removeprefix("--home="), arguments[1:]
    return None, arguments


def _help() -> int:
    console.print(f"Accord {__version__}: the rights layer for generative music\n\n{USAGE}\n", markup=False)
    width = max(len(name) for name in verbs())
    for name in verbs():
        console.print(f"  {name:<{width}}  {_about(HERE / (name.replace('-', '_') + '.py'))}", markup=False)
    console.print(
        "\nexit codes: 0 done or yes, 2 bad input (in whole or in part), 3 refused or not proven, 1 our fault"
    )
    return 0


def _app(module: Any) -> typer.Typer:
    if hasattr(module, "app"):
        return module.app  # type: ignore[no-any-return]
    single = typer.Typer(add_completion=False)
    single.command(help=module.command.__doc__ or module.__doc__)(module.command)
    return single


def _about(file: Path) -> str:
    return (ast.get_docstring(ast.parse(file.read_text())) or "").split("\n")[0].rstrip(".")


def _standalone(file: Path) -> bool:
    """Whether the verb's module says `standalone = True`: it needs no instance."""
    return any(
        isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "standalone"
        and isinstance(node.value, ast.Constant)
        and node.value.value is True
        for node in ast.parse(file.read_text()).body
    )


def _usage_error(error: Exception) -> int:
    """2 for a mistake on the command line (typer's own exceptions say so by their exit code), else 0."""
    if getattr(error, "exit_code", None) == 2 and hasattr(error, "format_message"):
        return _say(error.format_message().rstrip("."), 2)
    return 0


def _say(sentence: str, code: int) -> int:
    # a hostile file's bytes may stand in the sentence: no control character reaches the terminal
    errors.print("".join(c if c.isprintable() else "�" for c in sentence), markup=False)
    return code


def _our_fault(error: Exception) -> int:
    kept = Path(f"accord-error-{now():%Y%m%dT%H%M%S}.txt").resolve()
    kept.write_text("".join(traceback.format_exception(error)))
    return _say(f"accord failed, which is our fault: {type(error).__name__}: {error} (details in {kept})", 1)


if __name__ == "__main__":
    main()
