"""A statement line in words, step by step, from the plays that earned it to the micro that rounded it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from accord.attribution.records import Attribution
from accord.governance.records import Split
from accord.payouts import files
from accord.payouts.order import PPM
from accord.payouts.readings import DIRECT_IN_DISPUTE
from accord.payouts.records import Line, Pool, Step
from accord.terms.money import text
from accord.terms.share import percent

MOST_LISTED = 4
Shares = Callable[[Iterable[str]], Iterable[Attribution]]


def explain_line(
    document: Mapping[str, Any],
    line: Mapping[str, Any],
    named: Mapping[str, str],
    segments: Sequence[str],
    shares: Shares = lambda creations: (),
) -> list[Step]:
    """The steps of one line; each names the fact or file that it rests on: listens rest on the segments they are in.

    `shares` hands out those of creations, as the close knew them: they say why.
    """
    pool = next(one for one in files.pools(named) if one.number == line["pool"])
    currency = document["currency"]
    return [
        *_creation_steps(line, pool, currency, named, _listed(segments), shares),
        Step(
            "asset",
            f"all of it together: {_money(line['earned_micros'], currency)} earned by {line['subject']}"
            f" in {line['feature']}, {line['territory']}",
            named["credits"],
        ),
        _claim_step(line),
        _deal_step(line),
        _rounding_step(line, currency, document),
        *_cap_step(line, currency),
    ]


def explain_fee(document: Mapping[str, Any], line: Mapping[str, Any], segments: Sequence[str]) -> list[Step]:
    """A fee: what was counted, what the deal is paid for it in all, whose part this is, and the rounding."""
    currency, whole = document["currency"], int(line["each_micros"]) * line["times"]
    times = _times(line["times"]).replace("once", "1 time")
    if line["about"]:
        counted = Step("run", f"{line['about']} was trained, with {line['subject']} in its set", line["about"])
    else:
        where = f"{line['feature']}, {line['territory']}"
        words = f"music with assets of {line['deal']} in it was made, remixed or exported {times} in {where}"
        counted = Step("uses", words, _listed(segments))
    raised = ""
    if "raised_from_micros" in line:
        raised = f" (its own {_money(line['raised_from_micros'], currency)}, raised by its most-favoured clause)"
    paid = (
        f"{line['deal']} is paid {_money(line['each_micros'], currency)} each time{raised}: {_money(whole, currency)}"
    )
    share, amount = Fraction(line["share"]), int(line["amount_micros"])
    words = (
        f"{share.numerator}/{share.denominator} × {_money(whole, currency)} = {_money(int(whole * share), currency)}"
    )
    steps = [counted, Step("deal", f"{paid}, funded by the platform", f"{line['deal']}, clause {line['clause']}")]
    steps += [_claim_step(line), Step("part", f"{line['subject']} and this claim: {words}")]
    if "of" in line:
        return [*steps, Step("difference", f"{_money(amount, currency)} more than was given for {line['of']} before")]
    over = amount - int(whole * share)
    return [*steps, Step("rounding", f"{_money(amount, currency)}{', a micro left over included' if over else ''}")]


def explain_adjustment(
    document: Mapping[str, Any],
    line: Mapping[str, Any],
    named: Mapping[str, str],
    segments: Sequence[str],
    lines: Iterable[Line],
    shares: Shares = lambda creations: (),
) -> list[Step]:
    """What came in, what the amount is now, step by step, and what was given for it before.

    `named` are the files of the closed period as it is divided now, `lines` its lines.
    """
    currency = document["currency"]
    numbers = {pool.number for pool in files.pools(named) if _same_place(pool, line, currency)}
    mine = [one for one in lines if one.pool in numbers and _same(one, line)]
    steps = [Step("adjustment", because, _facts(because)) for because in line["because"]]
    for one in mine:
        steps += explain_line(document, statement_line(one, line), named, segments, shares)
    if not mine:
        steps.append(Step("asset", f"{line['subject']} earns nothing of it any more", named["lines"]))
    given, now = line["given_micros"], line["restated_micros"]
    steps.append(Step("given", f"{_money(given, currency)} was given for it by the close of {line['of']} and since"))
    words = f"{_money(now, currency)} − {_money(given, currency)} = {_money(line['amount_micros'], currency)}"
    return [*steps, Step("difference", words)]


def with_split(steps: Sequence[Step], feature: str, splits: Iterable[Split]) -> list[Step]:
    """The steps with what the feature's published split says, before what the asset earned: attribution follows it."""
    said = [
        Step(
            "split",
            f"by split {one.version} of {feature} {_part(one.sources_ppm)} of a creation is its sources’,"
            f" {_part(one.cocreator_ppm)} its makers’ and {_part(one.model_ppm)} its model’s",
            f"split {one.version} of {feature}",
        )
        for one in splits
    ]
    at = next((place for place, step in enumerate(steps) if step.step == "asset"), len(steps))
    return [*steps[:at], *said, *steps[at:]]


def _part(ppm: int) -> str:
    return f"{percent(Fraction(ppm, PPM))} %"


def _same_place(pool: Pool, line: Mapping[str, Any], currency: str) -> bool:
    return (pool.feature, pool.territory, pool.currency) == (line["feature"], line["territory"], currency)


def _same(one: Line, line: Mapping[str, Any]) -> bool:
    """Whether a line is of what an adjustment is about; after a release from escrow it may be another party's."""
    to = one.recipient
    mine = (one.kind, one.subject, to.claimed, list(to.claims), to.share)
    names = ("kind", "subject", "claimed", "claims")
    return mine == (*(line[name] for name in names), Fraction(line["share"]))


def statement_line(one: Line, line: Mapping[str, Any]) -> dict[str, Any]:
    """A line as a statement writes it, with what the adjustment says of its place."""
    to = one.recipient
    cut = int(one.earned_micros * to.share) + one.over - one.amount_micros if to.share else 0
    return {
        **line,
        **({"capped_micros": str(cut)} if cut else {}),
        "account": to.account.value,
        "pool": one.pool,
        "reading": one.reading,
        "side": str(to.side),
        "claim_share": str(to.claim_share),
        "rate_ppm": to.rate_ppm,
        "earned_micros": str(one.earned_micros),
        "amount_micros": str(one.amount_micros),
        "left_over_micros": str(one.over),
    }


def _facts(because: str) -> str:
    """The fact that a sentence names in brackets, or the creation it is about."""
    _, _, inside = because.rpartition("(")
    return inside.removesuffix(")") if because.endswith(")") else because.split(" ")[0]


def _listed(segments: Sequence[str]) -> str:
    if len(segments) <= MOST_LISTED:
        return ", ".join(segments)
    return f"{segments[0]} to {segments[-1]} ({len(segments)} segments)"


def _creation_steps(
    line: Mapping[str, Any],
    pool: Pool,
    currency: str,
    named: Mapping[str, str],
    segments: str,
    shares: Shares,
) -> list[Step]:
    if "units" in files.names(named, "credits"):
        return [*_exchange_steps(pool, named), *_summed_steps(line, pool, named, segments, shares)]
    epochs = _epochs(line, named)
    where: dict[str, Any] = {"pool": pool.number, "epoch": epochs}
    mine = list(files.rows(named, "credits", kind=line["kind"], subject=line["subject"], **where))
    made = sorted({row["creation"] for row in mine})
    heard = {(r["creation"], r["epoch"]): r for r in files.rows(named, "creations", creation=made, **where)}
    steps = _exchange_steps(pool, named)
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


def _exchange_steps(pool: Pool, named: Mapping[str, str]) -> list[Step]:
    """What of a pool was reported in another currency, at which rate it was converted, and by which declaration."""
    place = (pool.feature, pool.territory, pool.currency)
    return [
        Step(
            "exchange",
            f"{_money(one.from_micros, one.from_currency)} was reported; at {one.rate.numerator}/{one.rate.denominator}"
            f" by rate table {one.table} it is {_money(one.amount_micros, one.currency)} of the pool",
            one.rates,
        )
        for one in files.exchanged(named)
        if (one.feature, one.territory, one.currency) == place
    ]


def _summed_steps(
    line: Mapping[str, Any], pool: Pool, named: Mapping[str, str], segments: str, shares: Shares
) -> list[Step]:
    """The second division: listens of each creation by its attribution, and what they come to; money is split only then."""
    made: defaultdict[str, list[Fraction]] = defaultdict(list)
    for row in files.rows(named, "credits", kind=line["kind"], subject=line["subject"]):
        made[row["creation"]].append(Fraction(row["units"], row["whole_units"]))
    plays = files.sums(named, "creations", ("pool",), "plays", pool=pool.number)[(pool.number,)]
    where: dict[str, Any] = {"pool": pool.number, "epoch": _epochs(line, named), "creation": sorted(made)}
    heard = list(files.rows(named, "creations", **where))
    why = _why(line, shares({row["creation"] for row in heard}))
    steps, part_of_pool = [], Fraction(0)
    by_method: defaultdict[str, Fraction] = defaultdict(Fraction)
    for row in heard:
        creation = row["creation"]
        part_of_pool += Fraction(row["plays"], plays) * sum(made[creation])
        said = f"{creation} was heard {_times(row['plays'])} of {plays:,} in {pool.feature}, {pool.territory}"
        steps.append(Step("plays", said, segments))
        if pool.weighs.cap:
            weight = percent(Fraction(row["weight_ppb"], 10**9))
            said = f"{pool.weighs.words}: that is {weight} % of what the pool weighs"
            steps.append(Step("weight", said, named["creations"]))
        for part, method, because in why.get(creation) or [(part, "", "") for part in made[creation]]:
            by_method[method] += part * row["weight_ppb" if pool.weighs.cap else "plays"]
            of = f"{part.numerator}/{part.denominator} of {creation} is {line['subject']}"
            steps.append(Step("attribution", f"{of}, {method}: {because}" if because else of, creation))
    return [
        *steps,
        *_method_step(by_method),
        Step("pool", _part_of(pool, line, part_of_pool), ", ".join(pool.reports) or named["pools"]),
    ]


def _method_step(by_method: Mapping[str, Fraction]) -> list[Step]:
    """By which methods the line's own money was divided, and how much by each; a creation may have been divided by others too."""
    whole = sum(by_method.values(), Fraction(0))
    if not whole or not all(by_method):
        return []
    ranked = sorted(by_method.items(), key=lambda pair: (-pair[1], pair[0]))
    if len(ranked) == 1:
        return [Step("method", f"all of this money was divided by one method: {ranked[0][0]}")]
    said = "; ".join(f"{percent(part / whole)} % {method}" for method, part in ranked)
    return [Step("method", f"this money was divided so: {said}")]


def _why(line: Mapping[str, Any], shares: Iterable[Attribution]) -> dict[str, list[tuple[Fraction, str, str]]]:
    """Creation → its parts that fall on the line's subject, each with its method and because, the largest first."""
    return {
        one.creation: [
            (Fraction(row.units, one.total_units), row.method, row.because)
            for row in sorted(one.rows, key=lambda row: -row.units)
            if (row.kind, row.subject) == (line["kind"], line["subject"]) and row.units
        ]
        for one in shares
    }


def _part_of(pool: Pool, line: Mapping[str, Any], part: Fraction) -> str:
    """What the listens come to together: the exact part of the pool, where every listen weighs the same."""
    whole, earned = _money(pool.revenue_micros, pool.currency), int(line["earned_micros"])
    if pool.weighs.cap:
        return f"{whole} are divided by what these come to, summed before any rounding: {_money(earned, pool.currency)}"
    words = f"{whole} × {part.numerator}/{part.denominator} = {_money(earned, pool.currency)}"
    exact = pool.revenue_micros * part
    if exact == earned:
        return words
    return words + (", a micro left over included" if earned > exact else ", rounded down to the micro")


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
    if "raised_from_ppm" in line:
        own = percent(Fraction(line["raised_from_ppm"], PPM))
        words += f" (its own {own} %, raised by its most-favoured clause: better was agreed elsewhere)"
    if line["account"] == "direct" or line["reason"] == DIRECT_IN_DISPUTE:
        words += f", {percent(kept)} % of that direct to the featured artist"
    elif kept != 1:
        words += f", {percent(1 - kept)} % of that direct to featured artists and {percent(kept)} % here"
    if "artists_raised_from_ppm" in line:
        own = percent(Fraction(line["artists_raised_from_ppm"], PPM))
        words += f" (its own part for them {own} %, raised by its most-favoured clause: better was agreed elsewhere)"
    return Step("deal", words, rests_on)


def _before_cap(line: Mapping[str, Any]) -> int:
    return int(line["amount_micros"]) + int(line.get("capped_micros", 0))


def _cap_step(line: Mapping[str, Any], currency: str) -> list[Step]:
    """What the deal's cap cut, where it cut anything."""
    if "capped_micros" not in line:
        return []
    words = (
        f"{line['deal']} earned more of the period than its cap: {_money(line['capped_micros'], currency)} of this is"
    )
    return [Step("cap", f"{words} the platform's, {_money(line['amount_micros'], currency)} is left", line["deal"])]


def _rounding_step(line: Mapping[str, Any], currency: str, document: Mapping[str, Any]) -> Step:
    share = Fraction(line["share"])
    exact = Fraction(int(line["earned_micros"])) * share
    amount = _money(_before_cap(line), currency)
    words = f"{share.numerator}/{share.denominator} × {_money(line['earned_micros'], currency)}"
    if exact.denominator == 1:
        words += f" = {amount}, without a rest"
    elif line["left_over_micros"] == "1":
        words += f" = {amount}, one micro left over included (largest rest, lowest id)"
    else:
        words += f" = {amount}, rounded down to the micro"
    return Step("rounding", words, _split_rule(document))


def _split_rule(document: Mapping[str, Any]) -> str:
    """The hash of the rule that rounded a line: the second division's, or the first's."""
    rules: Mapping[str, str] = document["rules"]
    return rules.get("payouts/rests") or rules["payouts/split"]


def _epochs(line: Mapping[str, Any], named: Mapping[str, str]) -> list[int]:
    """An epoch is of one territory."""
    return [row["epoch"] for row in files.rows(named, "readings", ["epoch"], reading=line["reading"])]


def _money(micros: int | str, currency: str) -> str:
    return f"{text(int(micros))} {currency}"


def _times(plays: int) -> str:
    return "once" if plays == 1 else f"{plays:,} times"


def _over(row: Mapping[str, Any]) -> str:
    return ", a micro left over included" if row["over_place"] else ""
