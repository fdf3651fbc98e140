"""Currencies by their ISO 4217 code, with the decimals of the smallest unit that can be paid.

List one of the standard as of 2026, without metals, bonds, funds and test codes: nobody is paid in those.
"""

from __future__ import annotations

from accord.terms.refusal import BadInput

_CODES = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD "
    "BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN "
    "ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD "
    "IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD "
    "MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD "
    "OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP "
    "SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD "
    "UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG"
)
CODES = frozenset(_CODES.split(" "))
#: currencies whose smallest unit is not a hundredth
DECIMALS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"), 0),
    **dict.fromkeys(("PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def decimals(code: str) -> int:
    """How many decimals the smallest unit that can be paid has: 2 for EUR, 0 for JPY, 3 for OMR."""
    return DECIMALS.get(code, 2)


def checked(code: str, where: str = "") -> str:
    """The code of a currency. Raises: BadInput for anything else; a mistyped one would be a currency of its own."""
    if code not in CODES:
        raise BadInput(f"`{code[:20]}` is not a currency", where, do="use an ISO 4217 code, such as EUR")
    return code
