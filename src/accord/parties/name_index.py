"""Finding parties by name without keeping names: keyed hashes of folded names, in a sender's scope or everybody's.

The key is the instance's own and never leaves it; a party's hashes are erased with its personal data.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from hashlib import sha256

from accord.journal.keys import secret
from accord.parties.models import NameRow
from accord.parties.rules import folded

CHUNK = 5000


def remember(party: str, names: Iterable[str], scope: str = "") -> None:
    """Let `party` be found by these names, in `scope` and in everybody's."""
    remember_all([(party, name) for name in names], scope)


def remember_all(pairs: Iterable[tuple[str, str]], scope: str) -> None:
    """`remember` for many (party, name) at once."""
    places = sorted({scope, ""})
    rows = [NameRow(digest=_digest(where, name), party=party) for party, name in pairs for where in places]
    NameRow.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)


def lookup(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """(scope, name) → party ids; the keys of the answer carry the folded name. Unknown names are left out."""
    by_digest = {_digest(scope, name): (scope, folded(name)) for scope, name in wanted}
    digests, found = list(by_digest), {}
    for start in range(0, len(digests), CHUNK):
        for row in NameRow.objects.filter(digest__in=digests[start : start + CHUNK]).order_by("party"):
            found.setdefault(by_digest[row.digest], []).append(row.party)
    return found


def forget(party: str) -> None:
    """Erase every hash that leads to `party`."""
    NameRow.objects.filter(party=party).delete()


def _digest(scope: str, name: str) -> str:
    return hmac.new(secret("names.key"), f"{scope}\n{folded(name)}".encode(), sha256).hexdigest()
