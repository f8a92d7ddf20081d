"""随机分组: who is held out (对照), drawn by an experiment's secret seed, so that anybody who is given it can draw again.

Within each stratum customers are numbered as they come and fall into blocks of 20, of which the control share is held out:
*permuted blocks*, so that the arms stay alike however few come a night. Which places of a block are held out follows from
HMAC-SHA-256 of the seed, and so does the order of those who come on one night. Without the seed nobody can foretell an arm.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256

BLOCK = 20
"""Places of a block; so shares are steps of 5 %."""
SHARES = tuple(range(5, 55, 5))
"""Control shares in percent that may be chosen."""


def uniform(seed: bytes, text: str) -> float:
    """A number of [0, 1) that follows from seed and text, and looks random to who does not know the seed.

    >>> round(uniform(b"seed", "C00000001"), 6) == round(uniform(b"seed", "C00000001"), 6)
    True
    """
    digest = hmac.digest(seed, text.encode(), "sha256")
    return int.from_bytes(digest[:7], "big") / 2.0**56


def stratum(tier: int | None, band: str | None) -> str:
    """分层: tier rank and churn band at the time of assignment.

    >>> stratum(3, "HIGH"), stratum(None, None)
    ('T3-HIGH', 'T0-NONE')
    """
    return f"T{tier or 0}-{band or 'NONE'}"


def in_order(seed: bytes, cust_nos: Iterable[str]) -> list[str]:
    """The customers of one night in the order in which they are numbered."""
    return sorted(cust_nos, key=lambda cust_no: (uniform(seed, f"order|{cust_no}"), cust_no))


def is_held_out(seed: bytes, layer: str, number: int, share: int) -> bool:
    """Whether the ``number``-th customer (from 0) of a stratum is held out.

    Args:
        share: control share in percent, one of ``SHARES``.

    >>> sum(is_held_out(b"seed", "T3-HIGH", n, 20) for n in range(100))
    20
    """
    if share not in SHARES:
        raise ValueError(f"{share} % is no share of a block of {BLOCK}")
    block, place = divmod(number, BLOCK)
    return _rank(seed, layer, block)[place] < BLOCK * share // 100


@lru_cache(maxsize=4096)
def _rank(seed: bytes, layer: str, block: int) -> tuple[int, ...]:
    drawn = [uniform(seed, f"block|{layer}|{block}|{place}") for place in range(BLOCK)]
    order = sorted(range(BLOCK), key=lambda place: drawn[place])
    rank = [0] * BLOCK
    for found, place in enumerate(order):
        rank[place] = found
    return tuple(rank)


def seal_of(seed: bytes) -> str:
    """What is told of the seed beforehand (SHA-256): the seed shown at the end must fit it."""
    return sha256(seed).hexdigest()
