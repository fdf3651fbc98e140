"""A statement line in words, step by step, from the plays that earned it to the micro that rounded it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from accord.payouts import files
from accord.payouts.order import PPM
from accord.payouts.records import Pool, Step
from accord.terms.money import text
from accord.terms.share import percent

MOST_LISTED = 4


def explain_line(
    document: Mapping[str, Any], line: Mapping[str, Any], named: Mapping[str, str], segments: Sequence[str]
) -> list[Step]:
    """The steps of one line; each names the fact or file that it rests on: listens rest on the segments they are in."""
    pool = next(one for one in files.pools(named) if one.number == line["pool"])
    currency = document["currency"]
    return [
        *_creation_steps(line, pool, currency, named, _listed(segments)),
        Step(
            "asset",
            f"all of it together: {_money(line['earned_micros'], currency)} earned by {line['subject']}"
            f" in {line['feature']}, {line['territory']}",
            named["credits"],
        ),
        _claim_step(line),
        _deal_step(line),
        _rounding_step(line, currency, document),
    ]


def _listed(segments: Sequence[str]) -> str:
    if len(segments) <= MOST_LISTED:
        return ", ".join(segments)
    return f"{segments[0]} to {segments[-1]} ({len(segments)} segments)"


def _creation_steps(
    line: Mapping[str, Any], pool: Pool, currency: str, named: Mapping[str, str], segments: str
) -> list[Step]:
    epochs = _epochs(line, named)
    mine = _rows(files.table(named, "credits"), pool.number, epochs, "kind", line["kind"], "subject", line["subject"])
    heard = {(r["creation"], r["epoch"]): r for r in _rows(files.table(named, "creations"), pool.number, epochs)}
    steps = []
    for row in mine:
        plays = heard[row["creation"], row["epoch"]]
        steps.append(
            Step(
                "plays",
                f"{row['creation']} was heard {_times(plays['weight'])} of {plays['whole_weight']:,} in {pool.feature},"
                f" {pool.territory}",
                segments,
            )
        )
        steps.append(
            Step(
                "pool",
                f"{_money(pool.revenue_micros, currency)} × {plays['weight']}/{plays['whole_weight']}"
                f" = {_money(plays['part_micros'], currency)}{_over(plays)}",
                ", ".join(pool.reports) or named["pools"],
            )
        )
        steps.append(
            Step(
                "attribution",
                f"{row['weight']}/{row['whole_weight']} of {row['creation']} is {row['subject']}:"
                f" {_money(row['part_micros'], currency)}{_over(row)}",
                row["creation"],
            )
        )
    return steps


def _claim_step(line: Mapping[str, Any]) -> Step:
    side, claim = Fraction(line["side"]), Fraction(line["claim_share"])
    if line["account"] == "creator":
        return Step("claim", "the co-creator's part, by the feature's published split", line["subject"])
    what = "the master" if line["claimed"] == line["subject"] else f"the work {line['claimed']}"
    part = "all" if side == 1 else f"{side.numerator}/{side.denominator}"
    words = f"{part} of it is for {what}; {percent(claim)} % of that is claimed"
    if line["reason"]:
        words += f" ({line['reason']})"
    return Step("claim", words, ", ".join(line["claims"]))


def _deal_step(line: Mapping[str, Any]) -> Step:
    rate = f"{percent(Fraction(line['rate_ppm'], PPM))} %"
    if not line["deal"]:
        return Step("deal", f"paid at {rate}")
    rests_on = f"{line['deal']}, clause {line['clause']}"
    # what the line's share is of side × claim × rate: less than all of it where featured artists are paid direct
    kept = Fraction(line["share"]) / (
        Fraction(line["side"]) * Fraction(line["claim_share"]) * Fraction(line["rate_ppm"], PPM)
    )
    words = f"the deal pays {rate} of what its sources earn"
    if line["account"] == "direct":
        words += f", {percent(kept)} % of that direct to the featured artist"
    elif kept != 1:
        words += f", {percent(1 - kept)} % of that direct to featured artists and {percent(kept)} % here"
    return Step("deal", words, rests_on)


def _rounding_step(line: Mapping[str, Any], currency: str, document: Mapping[str, Any]) -> Step:
    share = Fraction(line["share"])
    exact = Fraction(int(line["earned_micros"])) * share
    words = f"{share.numerator}/{share.denominator} × {_money(line['earned_micros'], currency)}"
    if exact.denominator == 1:
        words += f" = {_money(line['amount_micros'], currency)}, without a rest"
    elif line["left_over_micros"] == "1":
        words += f" = {_money(line['amount_micros'], currency)}, one micro left over included (largest rest, lowest id)"
    else:
        words += f" = {_money(line['amount_micros'], currency)}, rounded down to the micro"
    return Step("rounding", words, document["rules"]["payouts/split"])


def _epochs(line: Mapping[str, Any], named: Mapping[str, str]) -> list[int]:
    readings = files.table(named, "readings")
    mine = readings.filter(pc.equal(readings["reading"], line["reading"]))
    epochs: list[int] = mine["epoch"].to_pylist()
    return epochs


def _rows(table: pa.Table, pool: int, epochs: list[int], *equal: str) -> list[dict[str, Any]]:
    mask = pc.and_(pc.equal(table["pool"], pool), pc.is_in(table["epoch"], pa.array(epochs, pa.int64())))
    for column, value in zip(equal[::2], equal[1::2], strict=True):
        mask = pc.and_(mask, pc.equal(table[column], value))
    rows: list[dict[str, Any]] = table.filter(mask).to_pylist()
    return rows


def _money(micros: int | str, currency: str) -> str:
    return f"{text(int(micros))} {currency}"


def _times(plays: int) -> str:
    return "once" if plays == 1 else f"{plays:,} times"


def _over(row: Mapping[str, Any]) -> str:
    return ", a micro left over included" if row["over_place"] else ""
