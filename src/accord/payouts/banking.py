"""Where a party is paid: an account holder, an IBAN, the bank's BIC, as payment files write them (pure).

They are personal data: facts hold a reference to them in the private store, and people see the last four letters.
"""

from __future__ import annotations

import unicodedata

import msgspec
from stdnum import bic as bics
from stdnum import iban as ibans
from stdnum.exceptions import ValidationError

from accord.terms.refusal import BadInput

#: What the European Payments Council's rulebooks let a payment say; other letters are written by those nearest to them.
SAID = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-?:().,'+ ")
NEAREST = str.maketrans(
    {
        **{"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D", "ı": "i"},
        **{"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ħ": "h", "Ħ": "H", "&": "+", "_": "-"},
        **{"’": "'", "‘": "'", "`": "'", "–": "-", "—": "-", '"': "", "“": "", "”": "", "„": ""},
    }
)
LONGEST_HOLDER = 70  # of a name in a SEPA credit transfer


class BankAccount(msgspec.Struct, frozen=True, kw_only=True):
    """Checked: the IBAN's check digits hold, the BIC is well formed or empty, the holder can stand in a payment."""

    holder: str
    iban: str
    bic: str = ""

    @property
    def masked(self) -> str:
        """The country and the last four letters, enough to recognise it by."""
        return f"{self.iban[:2]} … {self.iban[-4:]}"


def bank_account(holder: str, iban: str, bic: str = "") -> BankAccount:
    """An account as it was typed. Raises: BadInput."""
    try:
        number = ibans.validate(iban)
    except ValidationError:
        raise BadInput(
            f"`{_cut(iban)}` is not an IBAN",
            why="its check digits, its length or its country do not fit",
            do="copy it from a statement of the bank",
        ) from None
    try:
        bank = bics.validate(bic) if bic.strip() else ""
    except ValidationError:
        raise BadInput(
            f"`{_cut(bic)}` is not a BIC", do="it has 8 or 11 letters and figures; leave it out within SEPA"
        ) from None
    name = plain(holder)
    if not name or len(name) > LONGEST_HOLDER:
        raise BadInput(
            f"the holder of an account needs a name of at most {LONGEST_HOLDER} letters", do="write it as the bank does"
        )
    return BankAccount(holder=name, iban=number, bic=bank)


def plain(words: str) -> str:
    """Words in the letters that payments allow: `Łódź & Söhne` as `Lodz + Sohne`. Raises: BadInput for other scripts."""
    spelled = unicodedata.normalize("NFKD", words.translate(NEAREST))
    letters = "".join(one for one in spelled if not unicodedata.combining(one))
    wrong = sorted({one for one in letters if one not in SAID})
    if wrong:
        raise BadInput(
            f"`{_cut(words)}` cannot stand in a payment",
            why=f"banks pass on Latin letters and figures, not `{''.join(wrong[:5])}`",
            do="write it in Latin letters, as the bank does",
        )
    return " ".join(letters.split())


def _cut(words: str) -> str:
    return words if len(words) <= 40 else f"{words[:40]}…"
