"""The journal: verify it, rebuild the tables from it, publish a checkpoint, prove a fact."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from accord.cli.console import console, out_json, progress
from accord.journal import actions, queries

app = typer.Typer(help=__doc__, no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="for machines")]


@app.command()
def verify(json: Json = False) -> None:
    """Recompute the tree from every fact and compare it with the signed checkpoints and the published tiles."""
    with progress() as bar:
        task = bar.add_task("recomputing the tree", total=None)
        verdict = actions.verify(lambda done, size: bar.update(task, completed=done, total=size))
    if json:
        out_json(verdict)
    else:
        console.print(f"{verdict.size:,} facts, {verdict.checkpoints} checkpoints, root {verdict.root}")
        for fault in verdict.faults:
            console.print(f"fault: {fault}", markup=False)
        console.print("verified" if not verdict.faults else "NOT verified")
    if verdict.faults:
        raise typer.Exit(3)


@app.command()
def rebuild(json: Json = False) -> None:
    """Drop every table of facts and make it again from the journal; says whether anything differs."""
    before = queries.table_digest()
    with progress() as bar:
        task = bar.add_task("replaying", total=None)
        size = actions.rebuild(lambda done, total: bar.update(task, completed=done, total=total))
    after = queries.table_digest()
    changed = sorted(table for table in after if before[table] != after[table])
    if json:
        out_json({"facts": size, "tables": len(after), "changed": changed})
    else:
        console.print(f"{size:,} facts replayed into {len(after)} tables")
        console.print("changed: " + ", ".join(changed) if changed else "every row is as before")
    if changed:
        raise typer.Exit(3)


@app.command()
def checkpoint() -> None:
    """Publish the tiles and a signed checkpoint of everything so far; lost and damaged tiles are written again."""
    console.print(actions.publish(mend=True).note, markup=False, end="")


@app.command()
def prove(position: int) -> None:
    """Print the inclusion proof of one fact, with the fact and its salt."""
    out_json(queries.inclusion(position))


@app.command()
def show(position: int) -> None:
    """Print one fact."""
    out_json(queries.entry(position))


@app.command()
def stats(json: Json = False) -> None:
    """Count the facts by kind."""
    counts = Counter(entry.kind for entry in queries.facts_of())
    if json:
        out_json(dict(counts))
        return
    for kind, count in sorted(counts.items()):
        console.print(f"{count:>8,}  {kind}")
