"""Money as people say it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

UNITS = {
    "zh-hans": ((Decimal(10**8), " 亿"), (Decimal(10**4), " 万"), (Decimal(1), " 元")),
    "en": ((Decimal(10**9), "B"), (Decimal(10**6), "M"), (Decimal(10**3), "K"), (Decimal(1), "")),
}


def short(amount: Decimal, language: str) -> str:
    """An amount in CNY as it is said aloud: at most two decimals of the fitting unit, rounded half up.

    Args:
        language: ``zh-hans`` (万, 亿) or ``en`` (K, M, B).

    >>> short(Decimal("365000"), "zh-hans"), short(Decimal("365000"), "en")
    ('36.5 万', 'CNY 365K')
    >>> short(Decimal("99999999"), "zh-hans"), short(Decimal("8500"), "zh-hans"), short(Decimal("-1.5e6"), "en")
    ('1 亿', '8,500 元', '-CNY 1.5M')
    """
    sign, amount = ("-", -amount) if amount < 0 else ("", amount)
    for unit, word in UNITS[language]:
        scaled = (amount / unit).quantize(Decimal("0.01"), ROUND_HALF_UP)
        # what rounds up to a whole larger unit is said in that unit
        if scaled >= 1 or unit == 1:
            number = f"{scaled:,.2f}".rstrip("0").rstrip(".")
            return f"{sign}CNY {number}{word}" if language == "en" else f"{sign}{number}{word}"
    raise AssertionError(amount)  # pragma: no cover
