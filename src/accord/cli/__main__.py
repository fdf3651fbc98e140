"""The `accord` command: finds the verb's module, opens the instance, turns errors into sentences and exit codes.

Exit codes: 0 done or yes · 2 bad input · 3 refused or not proven · 1 our fault.
"""

from __future__ import annotations

import ast
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import typer
from typer.core import TyperGroup

from accord import __version__
from accord.cli.console import errors, now
from accord.terms.refusal import BadInput, NotThere, Refused

HERE = Path(__file__).parent
NOT_VERBS = {"__init__", "__main__", "console"}


class Verbs(TyperGroup):
    """A group whose commands are the modules of this folder, loaded when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every verb, by name."""
        return sorted(file.stem.replace("_", "-") for file in HERE.glob("*.py") if file.stem not in NOT_VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The verb's command. Verbs marked `standalone = True` need no instance."""
        file = HERE / f"{name.replace('-', '_')}.py"
        if file.stem in NOT_VERBS or not file.is_file():
            return None
        if not _standalone(file):
            import accord

            accord.open(ctx.params.get("home"))
        module = import_module(f"accord.cli.{file.stem}")
        command = typer.main.get_command(_app(module))
        command.name = name
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line per verb from its module's first docstring line, without importing it."""
        rows = [(name, _about(HERE / f"{name.replace('-', '_')}.py")) for name in self.list_commands(ctx)]
        with formatter.section("Verbs"):
            formatter.write_dl(rows)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Plain help, since the verbs are not imported."""
        click.Group.format_help(self, ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Options, then verbs."""
        click.Group.format_options(self, ctx, formatter)


def _app(module: Any) -> typer.Typer:
    if hasattr(module, "app"):
        return module.app  # type: ignore[no-any-return]
    single = typer.Typer(add_completion=False)
    single.command(help=module.command.__doc__ or module.__doc__)(module.command)
    return single


def _about(file: Path) -> str:
    return (ast.get_docstring(ast.parse(file.read_text())) or "").split("\n")[0].rstrip(".")


def _standalone(file: Path) -> bool:
    return any(
        isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "standalone"
        and isinstance(node.value, ast.Constant)
        and node.value.value is True
        for node in ast.parse(file.read_text()).body
    )


@click.group(cls=Verbs, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--home", envvar="ACCORD_HOME", default="var", show_default=True, help="the folder that holds everything")
@click.version_option(__version__, prog_name="accord")
@click.pass_context
def accord_command(ctx: click.Context, home: str) -> None:
    """Accord: the rights layer for generative music."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command; returns the exit code and prints one clear sentence where something was wrong."""
    try:
        answer = accord_command.main(arguments, prog_name="accord", standalone_mode=False)
        return answer if isinstance(answer, int) else 0
    except Refused as no:
        return _say(f"refused: {no.refusal.sentence()}", 3)
    except (BadInput, NotThere) as bad:
        return _say(str(bad), 2)
    except click.ClickException as bad:
        return _say(bad.format_message().rstrip("."), 2)
    except (click.exceptions.Abort, KeyboardInterrupt):
        return _say("stopped", 130)
    except BrokenPipeError:
        return 0
    except Exception as error:  # the outermost door: our fault, said in one sentence, details kept
        return _our_fault(error)


def _say(sentence: str, code: int) -> int:
    errors.print(sentence, markup=False)
    return code


def _our_fault(error: Exception) -> int:
    kept = Path(f"accord-error-{now():%Y%m%dT%H%M%S}.txt").resolve()
    kept.write_text("".join(traceback.format_exception(error)))
    return _say(f"accord failed, which is our fault: {type(error).__name__}: {error} (details in {kept})", 1)


if __name__ == "__main__":
    main()
