"""The order of deductions, as data: what happens to a period's revenue, step by step, by a version that statements name.

gross           revenue as reported, one pool per feature, territory and currency, is posted
exchange        a pool that deals count in another currency is converted by the period's rate table
split           pool → creations by plays → assets by attribution → recipients by side, claim and the deal's rate
platform share  what the rates leave of each pool is the platform's residual; the pool stands at zero after it
cap             what a deal earned above its cap goes to the residual under that name
fees            fees per use and per training run, funded by the platform and posted so
joined          what waited for a close joins what parties earned: out of escrow, matched later, redistributed, lump sums
guarantee       what a deal earned is topped up to its minimum guarantee, funded by the platform and posted so
reserve         a share of what was earned is kept back for some periods; what was kept long enough is released
recoupment      what the licensor earned goes against the advance still open, per deal or per collateral group
threshold       a balance below the party's threshold is carried forward
withholding     tax is kept back from what would be paid
payable         whole minor units go out; the rest stays in the balance

One runner (`settling`) takes the steps in the order written here; another order is another version, never an edit.
Versions 1 and 2 named only their last five steps; what they did before those stands in `before`.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import msgspec

from accord.clearance.needs import NEEDS
from accord.terms.currency import decimals
from accord.terms.money import MICROS
from accord.terms.right import Right
from accord.terms.use import Use

PPM = 1_000_000


SETTLED = ("guarantee", "recoupment", "threshold", "withholding", "payable")
WHOLE = (
    *("gross", "exchange", "split", "platform share", "cap", "fees", "joined"),
    *("guarantee", "reserve", "recoupment", "threshold", "withholding", "payable"),
)


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """One version. Shares of the sides are those of a recording's earnings where no deal asks for parity.

    `creator_ppm` and `model_ppm` say what co-creators and the model's owner are paid of what attribution gives them;
    the model is the platform's own, so its part is the platform's. `threshold_micros` is for parties without a deal.
    `adjusts`: a close divides again the closed periods that something came in for (version 1 left it waiting).
    `everywhere`: a correction divides every closed period again, and not only those that it touches.
    `raises`: a better deal raises the rates of those that hold a most-favoured clause.
    `division`: which of the five divisions splits the pools (`first` to `fourth`, `division`): the first knew no models
    of pools, the others give the same by ever faster rules.
    `says_attribution`: statements say how far the money of a model's pieces followed attribution (until version 5 they did not).
    `artists_apart`: of a master in dispute the featured artists' direct part stands in escrow to their own names (until
    version 8 all of it stood to the label's).
    `own_currency`: a balance waits for the thresholds of deals in its own currency (until version 8 for any deal's).
    `says_raised`: statements say what a most-favoured clause raised besides rates: fees, and what artists are paid direct.
    `every_unit`: smallest units are those of every currency (until version 8 of eight of those that do not have cents).
    `by_its_use`: in a feature that trains and mixes, what a model learned from is paid under clauses for training and what is
    heard under the others (until version 8 either under any clause for the feature).
    `once`: what a creation owes one subject by several ways (two models that learned from it, its making and its own notes) is
    one share, so a listen is counted once (until version 9 once for each way: more plays were told than were heard).
    `exchange_alone`: a change of what was converted is posted also where nothing else happens in the currency it came into
    (until version 10 it was not: up to a micro's worth stayed out of the books of the other currency).
    `works_apart`: of a recording in which no work is known the works' side waits in an account of its own, and is divided once
    a work is found to be in it (until version 10 it waited with the master's, and went with it).
    `each_model`: of a creation of several models a statement tells each by what it learned from itself (until version 10 by all).
    `before`: steps that are taken first and that the version's statements do not name.
    """

    version: str
    adjusts: bool = True
    steps: tuple[str, ...] = SETTLED
    before: tuple[str, ...] = ()
    everywhere: bool = False
    raises: bool = True
    division: int = 1
    says_attribution: bool = False
    artists_apart: bool = False
    own_currency: bool = False
    every_unit: bool = False
    says_raised: bool = False
    by_its_use: bool = False
    once: bool = False
    exchange_alone: bool = False
    works_apart: bool = False
    each_model: bool = False
    plain_master: Fraction = Fraction(3, 4)
    creator_ppm: int = PPM
    threshold_micros: int = 1_000_000

    @property
    def run(self) -> tuple[str, ...]:
        """Every step in the order in which it is taken."""
        return self.before + self.steps

    def does(self, step: str) -> bool:
        """Whether the version has a step."""
        return step in self.run

    def minor_micros(self, currency: str) -> int:
        """The smallest amount that a close by this version makes payable, in micros."""
        known = self.every_unit or currency in UNITS_UNTIL_8
        return minor_micros(currency) if known else MICROS // 100


UNNAMED = ("pools", "joined")
NINE = Order(
    version="9",
    steps=WHOLE,
    division=5,
    says_attribution=True,
    artists_apart=True,
    own_currency=True,
    every_unit=True,
    says_raised=True,
    by_its_use=True,
)
TEN = msgspec.structs.replace(NINE, version="10", once=True)
ORDERS = {
    order.version: order
    for order in (
        Order(version="1", adjusts=False, before=UNNAMED, everywhere=True, raises=False),
        Order(version="2", before=UNNAMED, everywhere=True, raises=False),
        Order(version="3", steps=WHOLE),
        Order(version="4", steps=WHOLE, division=2),
        Order(version="5", steps=WHOLE, division=3),
        Order(version="6", steps=WHOLE, division=3, says_attribution=True),
        Order(version="7", steps=WHOLE, division=4, says_attribution=True),
        Order(version="8", steps=WHOLE, division=5, says_attribution=True),
        NINE,
        TEN,
        msgspec.structs.replace(TEN, version="11", exchange_alone=True, works_apart=True, each_model=True),
    )
}
CURRENT = ORDERS["11"]

#: currencies whose smallest unit versions 1 to 8 knew where it is not a hundredth
UNITS_UNTIL_8 = ("JPY", "KRW", "CLP", "ISK", "VND", "BHD", "KWD", "TND")


def minor_micros(currency: str) -> int:
    """The smallest amount that can be paid, in micros: 10 000 for a cent."""
    return MICROS // int("1" + "0" * minor_units(currency))


def minor_units(currency: str) -> int:
    """How many decimals an amount that can be paid has."""
    return decimals(currency)


def collecting_rights(uses: Iterable[Use]) -> tuple[Right, ...]:
    """The rights in a work that collect for a feature with these uses: those that had to be granted for them.

    One table says who must agree and who is paid (`clearance.needs`), so nobody is asked and not paid, or the reverse.
    """
    wanted = {right for use in uses for right in NEEDS[use].work_rights}
    return tuple(right for right in Right if right in wanted)
