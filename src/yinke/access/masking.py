"""屏蔽展示: how personal data looks to those who need not see it (JR/T 0171-2020 Annex A).

Each mask keeps what tells two people apart and hides the rest; an empty value stays empty.
"""

from __future__ import annotations

import re
from decimal import Decimal

DISTRICT = re.compile(r"^.{0,20}?(?:区|县|旗|市(?!辖|.{0,6}[区县]))")
BANDS = tuple(Decimal(edge) * 10_000 for edge in (1, 5, 10, 20, 50, 100, 300, 500, 1_000, 3_000, 10_000))
"""Edges of the balance bands, CNY."""


def mask_name(name: str | None) -> str:
    """姓名: two characters keep the first, longer ones first and last, names with · their first part.

    >>> mask_name("张三"), mask_name("张小丰"), mask_name("阿依古丽·买买提"), mask_name("John Smith")
    ('张*', '张*丰', '阿依古丽·***', 'J********h')
    """
    if not name:
        return ""
    if len(name) == 1:
        return "*"
    head, dot, tail = name.partition("·")
    if dot and head and tail:
        return f"{head}·{'*' * len(tail)}"
    if len(name) == 2:
        return f"{name[0]}*"
    return f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"


def _middle(text: str | None, first: int, last: int) -> str:
    if not text:
        return ""
    if len(text) < 2 * (first + last):  # too short to show that much: less than half stays visible
        keep = len(text) // 4
        first, last = keep, keep
    return f"{text[:first]}{'*' * (len(text) - first - last)}{text[len(text) - last :]}"


def mask_cert(number: str | None) -> str:
    """证件号: first and last character.

    >>> mask_cert("11010519491231002X")
    '1****************X'
    """
    return _middle(number, 1, 1)


def mask_mobile(number: str | None) -> str:
    """手机号: first three, last four.

    >>> mask_mobile("13812345678")
    '138****5678'
    """
    if number and len(number) == 11:
        return f"{number[:3]}****{number[-4:]}"
    return _middle(number, 1, 1)


def mask_account(number: str | None) -> str:
    """卡号/账号: first six, last four; a short number less.

    >>> mask_account("6228480402564890018"), mask_account("102938")
    ('622848*********0018', '1****8')
    """
    if number and len(number) >= 14:
        return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"
    return _middle(number, 1, 1)


def mask_address(address: str | None) -> str:
    """地址: down to the district.

    >>> mask_address("北京市海淀区中关村南大街5号"), mask_address("中山路8号")
    ('北京市海淀区****', '****')
    """
    if not address:
        return ""
    known = DISTRICT.match(address)
    return f"{known.group() if known else ''}****"


def mask_email(address: str | None) -> str:
    """邮箱: first letter and the domain.

    >>> mask_email("anna@example.com")
    'a***@example.com'
    """
    if not address:
        return ""
    name, at, domain = address.partition("@")
    return f"{name[:1] if len(name) > 1 else ''}***{at}{domain}" if at else "***"


def band(amount: Decimal) -> Decimal:
    """余额区间: the lower edge of the band an amount lies in, CNY; less than 10,000 is 0.

    >>> band(Decimal("734210.55")), band(Decimal("-3"))
    (Decimal('500000'), Decimal('0'))
    """
    return max((edge for edge in BANDS if edge <= amount), default=Decimal(0))
