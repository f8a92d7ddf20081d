"""查找客户: what a customer is found by, and how it is kept without the name or number standing in the clear.

Names and numbers are encrypted. Beside them stand blind indexes (keyed hashes): of the whole name, mobile and
certificate number; of the name's first one, two and three characters; of its first one, two and three syllables
of pinyin; of the last four of mobile and certificate. Only the initials (zsf) stand in the clear, for sorting.
All are compared by ``=`` or a range, which PostgreSQL may look up in an index under row-level security too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from django.db.models import Q, QuerySet

from yinke.common.crypto import blind_indexes, blind_number
from yinke.customers.models import Customer
from yinke.customers.names import HAN, SURNAMES, normalise, plain_mobile, readings, syllables
from yinke.customers.syllables import SYLLABLES

NAME_KEYS = ("name_1", "name_2", "name_3", "reading_1", "reading_2", "reading_3")
LONGEST = 60
"""No name, pinyin or number is longer; what is typed beyond finds nobody."""
TAIL = 4
WHOLE_MOBILE = re.compile(r"1[3-9][0-9]{9}")
WHOLE_CERT = re.compile(r"[0-9]{17}[0-9X]|[A-Z]{1,2}[0-9]{7,9}[A-Z]?")
"""居民身份证 and the usual passports and permits."""


@lru_cache(maxsize=200_000)
def name_keys(name: str) -> tuple[int | None, ...]:
    """Blind indexes of a name's beginnings, in the order of ``NAME_KEYS``; None where it is shorter."""
    plain = normalise(name)
    read = syllables(plain)
    heads = [_name_key(plain[:n]) if len(plain) >= n else None for n in (1, 2, 3)]
    return *heads, *(_reading_key(read[:n]) if len(read) >= n else None for n in (1, 2, 3))


@lru_cache(maxsize=100_000)
def _name_key(start: str) -> int:
    return blind_number(f"name {start}")


@lru_cache(maxsize=100_000)
def _joined_key(reading: str) -> int:
    return blind_number(f"reading {reading}")


def _reading_key(read: list[str]) -> int:
    return _joined_key("".join(read))


@lru_cache(maxsize=50_000)
def _tail_of(tail: str) -> int:
    return blind_number(f"tail {tail}")


def tail_key(number: str | None) -> int | None:
    """Blind index of the last four of a mobile or certificate number; None for a shorter one."""
    return _tail_of(number[-TAIL:]) if number and len(number) > TAIL else None


def whole_number(q: str) -> str:
    """``mobile`` or ``cert`` if a whole one was typed, else empty: such a search is accounted for."""
    if WHOLE_MOBILE.fullmatch(plain_mobile(q)) and not re.search(r"[A-Za-z]", q):
        return "mobile"
    return "cert" if WHOLE_CERT.fullmatch(q.strip().upper()) else ""


def search(rows: QuerySet[Customer], q: str) -> QuerySet[Customer]:
    """Those of ``rows`` who fit what was typed; all if nothing was.

    Chinese: the whole name, or its first one to three characters. Letters: the pinyin whole or begun (zhangsanfeng, zhang s), or its
    initials (zsf), or a Latin name. Digits: the start of the customer number, the whole mobile or certificate
    number, or the last four of either.
    """
    q = q.strip()
    if not q:
        return rows
    if "\x00" in q or len(q) > LONGEST:  # no text of PostgreSQL holds the one; nobody's name the other
        return rows.none()
    if HAN.search(q):
        return rows.filter(_by_name(normalise(q)))
    letters = re.sub(r"[\s'’·-]", "", q).lower().replace("ü", "v")
    if letters.isascii() and letters.isalpha():
        return rows.filter(_by_reading(letters) | Q(name_index__in=blind_indexes(normalise(q))))
    return rows.filter(_by_number(q))


def _by_name(name: str) -> Q:
    if len(name) <= 3:
        return Q(**{f"name_{len(name)}": _name_key(name)})
    return Q(name_index__in=blind_indexes(name))


def _by_number(q: str) -> Q:
    found = Q(name_index__in=blind_indexes(normalise(q)))
    mobile = plain_mobile(q)
    if mobile:
        found |= Q(mobile_index__in=blind_indexes(mobile))
    found |= Q(cert_index__in=blind_indexes(q.upper()))
    if len(q) == TAIL:
        tail = _tail_of(q.upper())
        found |= Q(mobile_tail=tail) | Q(cert_tail=tail)
    return found | starts("cust_no", q.upper()) if q.isascii() else found


def starts(column: str, text: str) -> Q:
    """That a column of collation C starts with ASCII ``text``, as a range."""
    return Q(**{f"{column}__gte": text, f"{column}__lt": text[:-1] + chr(ord(text[-1]) + 1)})


def _by_reading(letters: str) -> Q:
    """Initials, or a reading begun; a surname of two readings (单: shan, dan) by the other one as well."""
    found = starts("pinyin", letters[:24])
    found |= _begun(letters)
    for surname, ordinary, own in _other_readings():
        if letters.startswith(ordinary):
            rest = letters[len(ordinary) :]
            found |= Q(**{f"name_{len(surname)}": _name_key(surname)}) & _begun(own + rest)
        elif letters[0] == ordinary[0] != own[0]:
            found |= Q(**{f"name_{len(surname)}": _name_key(surname)}) & starts(
                "pinyin", own[0] + letters[1:24]
            )
    return found


@lru_cache(maxsize=1)
def _other_readings() -> list[tuple[str, str, str]]:
    """(surname, a reading that the character has elsewhere, the surname's own)."""
    found = []
    for surname, own in SURNAMES.items():
        if len(surname) == 1:
            found += [
                (surname, other, own) for other in readings(surname) if other.isascii() and other != own
            ]
    return found


def _begun(letters: str) -> Q:
    """Customers whose reading begins with these letters, wherever a syllable is cut off."""
    keys = {size: {_joined_key(letters)} for size in (1, 2, 3)}  # a Latin name's words are no syllables
    longer = Q(pk__in=())
    for whole, partial in splits(letters):
        size = len(whole) + bool(partial)
        if size <= 3:
            ends = [s for s in SYLLABLES if s.startswith(partial)] if partial else [""]
            keys[size].update(_joined_key("".join(whole) + end) for end in ends)
        else:  # the first three exactly, the rest by its initials
            start = "".join(part[0] for part in whole) + partial[:1]
            longer |= Q(reading_3=_reading_key(whole[:3])) & starts("pinyin", start[:24])
    for size, wanted in keys.items():
        longer |= Q(**{f"reading_{size}__in": sorted(wanted)})
    return longer


def splits(letters: str) -> Iterator[tuple[list[str], str]]:
    """Ways to read letters as syllables, the last of which may be only begun.

    >>> sorted(splits("zhangs")), sorted(splits("fang"))
    ([(['zhang'], 's')], [(['fan'], 'g'), (['fang'], '')])
    >>> next(splits("lixiaoxiaoxiao"))
    (['li', 'xiao', 'xiao', 'xiao'], '')
    """

    def read(at: int, before: list[str]) -> Iterator[tuple[list[str], str]]:
        if at == len(letters):
            yield before, ""
            return
        rest = letters[at:]
        if len(rest) < 6 and rest in BEGINNINGS:
            yield before, rest
        for size in range(6, 0, -1):  # the longest first: so names are mostly read
            if letters[at : at + size] in SYLLABLES and size <= len(rest):
                yield from read(at + size, [*before, letters[at : at + size]])

    for count, found in enumerate(read(0, [])):
        if count == 256:  # 小晓晓 alone has 64, with syllables cut off more; what has so many is no name
            return
        yield found


BEGINNINGS = frozenset(s[:n] for s in SYLLABLES for n in range(1, len(s)))
"""What a syllable may be cut off at."""
