"""Double entry (pure). Debits are positive, credits negative; a posting that does not sum to zero cannot be made.

Accounts, per currency:
  revenue                   what the platform reported as earned (debit)
  pool:FEATURE:TERRITORY    a pool on its way to its recipients; zero after every close
  earned:PARTY              what a period's lines gave a party; zero after every close
  balance:PARTY             what a party has and has not been paid, carried forward (credit)
  payable:PARTY             what goes out with the next payment
  escrow:CLAIM:PARTY        a disputed share (credit)
  released:CLAIM:PARTY:DEAL  out of escrow, joins what the party earned at the next close (credit)
  unmatched:ASSET           nobody to pay yet (credit)
  residual:REASON           the platform's part (credit)
  matched:ASSET:PARTY:DEAL  waited unmatched, turned out to be the party's; joins it at the next close (credit)
  redistributed:ID:PARTY:   waited unmatched too long, given out; joins what the party earned at the next close (credit)
  lump:ID:PARTY:DEAL        part of a lump sum, joins the party's money at the next close
  lump-sums, breakage       settlements paid, and advances kept: what the platform bears (debit)
  reserve:DEAL:PARTY:PERIOD  kept back of what was due, until it is let go (credit)
  exchange:TABLE            between two currencies, in both (what was taken in here was given there)
  fees:use, fees:training-run  what the platform paid by count (debit)
  guarantees                what the platform added to reach minimum guarantees (debit)
  advance:DEAL              paid ahead and not yet earned (debit)
  tax:PARTY                 withheld, owed to a tax office (credit)
  bank                      money out (credit)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from accord.payouts.records import Posting, PostingEntry


class Unbalanced(Exception):
    """Debits and credits of a posting differ; a mistake in a rule, never in data."""


def posting(text: str, currency: str, entries: Mapping[str, int]) -> Posting:
    """A posting of the entries that are not zero, in account order. Raises: Unbalanced."""
    if off := sum(entries.values()):
        raise Unbalanced(f"`{text}` is off by {off} micros")
    made = tuple(PostingEntry(account, amount) for account, amount in sorted(entries.items()) if amount)
    return Posting(text=text, currency=currency, entries=made)


def balances(postings: Iterable[Posting]) -> dict[tuple[str, str], int]:
    """(currency, account) → balance; accounts that stand at zero are left out."""
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for one in postings:
        for entry in one.entries:
            sums[one.currency, entry.account] += entry.amount_micros
    return {key: amount for key, amount in sorted(sums.items()) if amount}


def off_balance(sums: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """Currencies in which debits and credits differ, and by how much; empty when the trial balance is zero."""
    totals: defaultdict[str, int] = defaultdict(int)
    for (currency, _), amount in sums.items():
        totals[currency] += amount
    return {currency: amount for currency, amount in totals.items() if amount}
