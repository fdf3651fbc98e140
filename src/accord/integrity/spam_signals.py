"""The spam signals over tables in hand: six SQL rules and their strongest rows by account, on either engine."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pyarrow as pa

from accord.engine.running import Engine, rule
from accord.integrity.records import Sign
from accord.integrity.spam_tables import fixed_tables
from accord.integrity.spam_weights import LIMITS, SIGNALS, Limits

RULES = (*SIGNALS, "strongest")
COLUMNS = ("upload", "value", "among", "other")


def signs_in(engine: Engine, tables: Mapping[str, pa.Table], limits: Limits = LIMITS) -> pa.Table:
    """Every sign of every upload (signal, upload, value, among, other); `tables`: uploads, artists and matched."""
    bounds = {name: [value] for name, value in msgspec.structs.asdict(limits).items()}
    for name, table in {**tables, **fixed_tables(), "limits": pa.table(bounds)}.items():
        engine.table(name, table)
    found = []
    for signal in SIGNALS:
        engine.run(rule(f"integrity/{signal}"), "found")
        rows = engine.fetch("found").select(COLUMNS)
        found.append(rows.add_column(0, "signal", pa.array([signal] * rows.num_rows, pa.string())))
        engine.drop("found")
    return pa.concat_tables(found)


def strongest(engine: Engine, signs: pa.Table) -> dict[str, list[Sign]]:
    """Account → its strongest sign of each signal; `uploads` is still a table of the engine."""
    engine.table("signs", signs)
    engine.run(rule("integrity/strongest"), "strongest")
    made: dict[str, list[Sign]] = {}
    for row in engine.fetch("strongest", "account, signal").to_pylist():
        made.setdefault(row.pop("account"), []).append(Sign(**row))
    return made
