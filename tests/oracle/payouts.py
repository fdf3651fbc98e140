"""The plain twin of a close: loops and fractions, one event at a time, nothing shared with the rules it checks.

`divide` is the definition of a split. `close` goes from single events to what each recipient gets, in the three steps
that DESIGN.md names, and also says what each recipient would get if money could be divided for ever.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from math import lcm


def divide(whole: int, parts: list[tuple]) -> dict:
    """Give `whole` micros to (order, key, weight) parts: floors, then one micro each to the largest rests, in order."""
    total = sum(weight for _, _, weight in parts)
    if total == 0:
        return {}
    exact = {key: Fraction(whole * weight) / total for _, key, weight in parts}
    given = {key: int(value) for key, value in exact.items()}
    left = whole - sum(given.values())
    queue = sorted(parts, key=lambda part: (-(exact[part[1]] - given[part[1]]), part[0]))
    for _, key, _ in queue[:left]:
        given[key] += 1
    return given


def plays(events: list[dict], epochs, pools) -> dict:
    """(pool, creation, epoch) → listens, one event at a time."""
    counted: dict = defaultdict(int)
    seen = set()
    for event in events:
        if (event["source"], event["id"]) in seen or event["kind"] != "listen":
            continue
        seen.add((event["source"], event["id"]))
        for pool in pools:
            if (pool.feature, pool.territory) != (event["feature"], event["territory"]):
                continue
            for epoch in epochs:
                start, end = epoch.start.replace(tzinfo=None), epoch.end.replace(tzinfo=None)
                if epoch.territory == event["territory"] and start <= event["at"] < end:
                    counted[pool.number, event["creation"], epoch.number] += 1
    return dict(counted)


def close(events, pools, epochs, attributions, reader):
    """(amounts, exact): each maps (pool, kind, subject, recipients, recipient key) to micros, whole and exact."""
    heard = plays(events, epochs, pools)
    shares: dict = defaultdict(list)
    for row in attributions:
        if row.units:
            shares[row.creation].append((row.kind, row.subject, row.units))
    gathered: dict = defaultdict(int)
    exact: dict = defaultdict(Fraction)
    for pool in pools:
        mine = [((c, e), (c, e), n) for (p, c, e), n in heard.items() if p == pool.number]
        total = sum(n for _, _, n in mine)
        by_creation = divide(pool.revenue_micros, mine)
        for (creation, epoch), amount in by_creation.items():
            rows = shares.get(creation) or [("unattributed", creation, 1)]
            parts = divide(amount, [((kind, subject), (kind, subject), units) for kind, subject, units in rows])
            whole_units = sum(units for _, _, units in rows)
            for kind, subject, units in rows:
                found = reader(pool.number, epoch, kind, subject)
                key = (pool.number, kind, subject, found)
                gathered[key] += parts[kind, subject]
                played = Fraction(heard[pool.number, creation, epoch], total)
                exact[key] += pool.revenue_micros * played * Fraction(units, whole_units)
    amounts, wholes = {}, {}
    for (pool, kind, subject, found), amount in gathered.items():
        parts = divide(amount, [((f"{one.rank}{one.party}", one.key), one.key, one.share) for one in found])
        for one in found:
            amounts[pool, kind, subject, found, one.key] = parts[one.key]
            wholes[pool, kind, subject, found, one.key] = exact[pool, kind, subject, found] * one.share
    return amounts, wholes


def within_caps(lines: list[tuple], caps: dict[str, int]) -> dict:
    """Lines are (place, order, deal, amount); place → what a deal's cap leaves of it, cut by the same share."""
    left = {}
    for place, _, deal, amount in lines:
        mine = [one for one in lines if one[2] == deal]
        earned = sum(one[3] for one in mine)
        if deal in caps and earned > caps[deal]:
            left[place] = divide(caps[deal], [(one[1], one[0], one[3]) for one in mine])[place]
        else:
            left[place] = amount
    return left


def fees_for_uses(used, attributions, reader, pays) -> dict:
    """(place, deal, asset, recipient key) → micros: one use at a time, each worth the deal's fee, then one division."""
    parts: dict = defaultdict(Fraction)
    orders: dict = {}
    for place, creation, epoch, uses in used:
        for _ in range(uses):
            of_deals: dict = defaultdict(dict)
            for row in attributions:
                if row.creation != creation or row.kind != "source":
                    continue
                for one in reader(place, epoch, row.kind, row.subject):
                    if one.deal and one.account in ("due", "direct", "escrow"):
                        of_deals[one.deal][row.subject, one.key] = row.units * one.share
                        orders[row.subject, one.key] = (f"{one.rank}{one.party}", row.subject, one.key)
            for deal, mine in of_deals.items():
                whole = sum(mine.values())
                for key, part in mine.items():
                    parts[place, deal, *key] += part / whole if whole else 0
    found = {}
    for place, deal in sorted({key[:2] for key in parts}):
        mine = {key[2:]: part for key, part in parts.items() if key[:2] == (place, deal)}
        fee = pays[deal].fee_per_use_micros * sum(mine.values())
        if fee:
            amounts = divide(int(fee), [(orders[key], key, part) for key, part in mine.items()])
            found |= {(place, deal, *key): amount for key, amount in amounts.items()}
    return found


def exchange(pools: list[tuple], rate: Fraction) -> dict:
    """Pools of one currency, (number, micros) → micros in another: the whole part of their sum, and each its part of it."""
    whole = Fraction(sum(amount for _, amount in pools)) * rate
    return divide(whole.numerator // whole.denominator, [(number, number, amount) for number, amount in pools])


def left_waiting(entries: list[tuple]) -> list[tuple]:
    """(name, micros) put in or taken out, in order → what is left of each, one micro-step at a time from the oldest."""
    left: list = []
    for name, amount in entries:
        if amount > 0:
            left.append([name, amount])
    out = -sum(amount for _, amount in entries if amount < 0)
    while out and left:
        step = min(out, left[0][1])
        left[0][1] -= step
        out -= step
        if not left[0][1]:
            left.pop(0)
    return [tuple(one) for one in left]


WHOLE_LISTENER = 10**12
LARGEST_WHOLE = 10**15


def listens(events: list[dict], epochs, pools) -> list[tuple]:
    """(pool, epoch, stretch, creation, user) of every listen that counts, one event at a time."""
    found = []
    for event in events:
        for pool in pools:
            if event["kind"] != "listen" or (pool.feature, pool.territory) != (event["feature"], event["territory"]):
                continue
            stretch = (event["at"].year, event["at"].month) if pool.weighs.monthly else 0
            for epoch in epochs:
                start, end = epoch.start.replace(tzinfo=None), epoch.end.replace(tzinfo=None)
                if epoch.territory == event["territory"] and start <= event["at"] < end:
                    found.append((pool.number, epoch.number, stretch, event["creation"], event.get("user") or ""))
    return found


def weigh(pool, mine: list[tuple]) -> list[int]:
    """What each of a pool's listens weighs: one; or a listener's most in even parts, by the creation's boost."""
    model = pool.weighs
    weights = []
    for _, _, stretch, creation, user in mine:
        if not model.cap:
            weights.append(1)
            continue
        heard = [one for one in mine if one[2] == stretch and one[4] == user]
        weight = WHOLE_LISTENER * min(len(heard), model.cap) // (len(heard) * model.cap)
        same = [one for one in mine if one[2:4] == (stretch, creation)]
        people = {one[4] for one in same} - {""}
        boosted = len(same) >= model.boost_plays and len(people) >= model.boost_listeners
        weights.append(weight * (model.boost if boosted else 1))
    return weights


def close_whole(events, pools, epochs, attributions, reader):
    """The second division: (amounts, exact) as `close` gives them. A pool is split once, then each asset once."""
    shares: dict = defaultdict(list)
    for row in attributions:
        if row.units:
            shares[row.creation].append((row.kind, row.subject, row.units))
    scale = lcm(*(sum(units for _, _, units in rows) for rows in shares.values()))
    scale = min(scale, LARGEST_WHOLE)
    every = listens(events, epochs, pools)
    amounts, exact = {}, {}
    for pool in pools:
        mine = [one for one in every if one[0] == pool.number]
        gathered: dict = defaultdict(int)
        wholly: dict = defaultdict(Fraction)
        placed = []
        for (_, epoch, _, creation, _), weight in zip(mine, weigh(pool, mine), strict=True):
            rows = shares.get(creation) or [("unattributed", creation, 1)]
            whole = sum(units for _, _, units in rows)
            for kind, subject, units in rows:
                key = (kind, subject, reader(pool.number, epoch, kind, subject))
                placed.append(((pool.number, epoch), key))
                gathered[key] += weight * (scale * units // whole)
                wholly[key] += weight * Fraction(units, whole)
        divisor = sum(gathered.values()) // 2**62 + 1
        first = {}  # readings of one asset come in the order of the epochs that they are first read in
        for (_, epoch, *_), key in placed:
            first[key] = min(first.get(key, epoch), epoch)
        order = {key: (key[0], key[1], first[key]) for key in gathered}
        parts = divide(pool.revenue_micros, [(order[key], key, w // divisor) for key, w in gathered.items()])
        for key, part in parts.items():
            kind, subject, found = key
            split = divide(part, [((f"{one.rank}{one.party}", one.key), one.key, one.share) for one in found])
            for one in found:
                amounts[pool.number, kind, subject, found, one.key] = split[one.key]
                due = pool.revenue_micros * wholly[key] / sum(wholly.values())
                exact[pool.number, kind, subject, found, one.key] = due * one.share
    return amounts, exact


def kept_back(due: list[tuple], ppm: dict[str, int]) -> dict:
    """(deal, party, micros) due, line by line → (deal, party) → what its deal keeps back: whole micros of the exact share."""
    exact: dict = defaultdict(Fraction)
    for deal, party, amount in due:
        exact[deal, party] += Fraction(amount * ppm[deal], 1_000_000)
    return {key: int(share) for key, share in exact.items() if int(share)}


def let_go(earned: list[int], ppm: int, periods: int) -> list[int]:
    """What comes out of reserve at each close of one deal and party: what was kept back `periods` closes before."""
    if not periods:
        return [0 for _ in earned]
    kept = [int(Fraction(amount * ppm, 1_000_000)) for amount in earned]
    return ([0] * periods + kept)[: len(earned)]


def in_reserve(earned: list[int], ppm: int, periods: int) -> int:
    """What stands in reserve after so many closes: all that was kept back, less all that came out."""
    kept = [int(Fraction(amount * ppm, 1_000_000)) for amount in earned] if periods else []
    return sum(kept) - sum(let_go(earned, ppm, periods))


def fees_for_runs(runs: list[tuple], reader, pays) -> dict:
    """(run, deal, asset, recipient key) → micros. A run is (name, asset → attribution, [(place, epoch, territories)]).

    One territory at a time: each asset of a deal has one part, or what attribution gave it, divided among the deal's own
    parts of it. Where attribution gave none of a deal's assets anything, the parts are equal.
    """
    found: dict = {}
    for name, weights, stands in runs:
        each: dict = defaultdict(dict)
        for asset, weight in weights.items():
            for place, epoch, territories in stands:
                for _ in range(territories):
                    for deal, mine in _parts_by_deal(reader(place, epoch, "source", asset)).items():
                        for one, part in mine:
                            equal, given = each[deal].get((asset, one.key), (0, 0))
                            each[deal][asset, one.key] = (equal + part, given + part * weight)
                            each[deal, "order"][asset, one.key] = (f"{one.rank}{one.party}", asset, one.key)
        for deal in [deal for deal in each if not isinstance(deal, tuple)]:
            if deal not in pays or not pays[deal].fee_per_training_run_micros:
                continue
            by = 1 if pays[deal].training_fee_by == "attribution" else 0
            if not any(parts[by] for parts in each[deal].values()):
                by = 0
            queue = [(each[deal, "order"][key], key, parts[by]) for key, parts in each[deal].items()]
            amounts = divide(pays[deal].fee_per_training_run_micros, queue)
            found |= {(name, deal, *key): amount for key, amount in amounts.items() if each[deal][key][by]}
    return found


def _parts_by_deal(recipients) -> dict:
    """Deal → its recipients with their exact parts of what the deal has of an asset."""
    found: dict = defaultdict(list)
    for one in recipients:
        if one.deal and one.account in ("due", "direct", "escrow"):
            found[one.deal].append(one)
    return {
        deal: [(one, Fraction(one.share) / sum(other.share for other in mine)) for one in mine]
        for deal, mine in found.items()
    }


def lump_sum(whole: int, ppm: int, by: str, assets: dict, licensor: str) -> dict:
    """Party → micros of a lump sum. Assets are name → (earned, plays, people): an asset at a time, a person at a time."""
    weights: dict = defaultdict(Fraction)
    for earned, plays, people in assets.values():
        weight = {"equal": 1, "attribution": max(0, earned), "usage": plays}[by]
        for person in people or [licensor]:
            weights[person] += Fraction(weight, len(people or [licensor]))
    theirs = int(Fraction(whole * ppm, 1_000_000)) if any(weights.values()) else 0
    found: dict = defaultdict(int)
    for party, amount in divide(theirs, [(party, party, weight) for party, weight in weights.items()]).items():
        found[party] += amount
    found[licensor] += whole - theirs
    return {party: amount for party, amount in found.items() if amount}
