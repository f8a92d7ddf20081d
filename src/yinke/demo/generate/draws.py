"""Chance that does not depend on the order of work: every draw is a hash of (seed, purpose, day, id).

So a customer lives the same life whatever the block he is computed in, and no generator's state is kept.
The hash is the finaliser of SplitMix64 (Steele, Lea & Flood, OOPSLA 2014).
"""

from __future__ import annotations

import zlib
from functools import lru_cache
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.uint64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MASK = (1 << 64) - 1
_GOLD, _C1, _C2 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
LEVELS = 4096


def _mix_int(x: int) -> int:
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


class Draws:
    """All chance of one demo bank.

    >>> draws = Draws(1)
    >>> ids = np.arange(4, dtype=np.uint64)
    >>> bool((draws.bits("x", ids)[2:] == draws.bits("x", ids[2:])).all())
    True
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed & MASK

    @lru_cache(maxsize=4096)  # noqa: B019 one object per process
    def key(self, purpose: str, day: int = 0) -> int:
        """The hash key of a purpose on a day."""
        return _mix_int(
            _mix_int(self.seed + zlib.crc32(purpose.encode()) * 0x9E3779B97F4A7C15 & MASK) + day & MASK
        )

    def bits(self, purpose: str, ids: Ids, day: int = 0) -> Ids:
        """64 random bits per id."""
        x = ids * _GOLD
        x += np.uint64(self.key(purpose, day))
        x ^= x >> _S30
        x *= _C1
        x ^= x >> _S27
        x *= _C2
        x ^= x >> _S31
        return x

    def unit(self, purpose: str, ids: Ids, day: int = 0) -> Floats:
        """A number in [0, 1) per id."""
        return np.asarray((self.bits(purpose, ids, day) >> _S11) * 2.0**-53, dtype=np.float64)

    def below(self, purpose: str, ids: Ids, share: float | Floats, day: int = 0) -> Bools:
        """True with the given probability."""
        return self.unit(purpose, ids, day) < share

    def whole(self, purpose: str, ids: Ids, count: int, day: int = 0) -> Ints:
        """A whole number in [0, count) per id."""
        return ((self.bits(purpose, ids, day) >> np.uint64(32)) * np.uint64(count) >> np.uint64(32)).astype(
            np.int64
        )

    def pick(self, purpose: str, ids: Ids, shares: npt.ArrayLike, day: int = 0) -> Ints:
        """An index per id, with probability in proportion to ``shares``."""
        edges = np.cumsum(np.asarray(shares, dtype=np.float64))
        found: Ints = np.searchsorted(edges, self.unit(purpose, ids, day) * edges[-1], side="right").astype(
            np.int64
        )
        return found

    def lognormal(self, purpose: str, ids: Ids, sigma: float, day: int = 0) -> Floats:
        """A factor with mean 1 per id, log-normal with ``sigma``."""
        level = (self.bits(purpose, ids, day) >> np.uint64(52)).astype(np.int64)
        return lognormal_levels(sigma)[level]

    def number(self, purpose: str, day: int, *more: int) -> float:
        """One number in [0, 1) that belongs to no customer."""
        key = self.key(purpose, day)
        for word in more:
            key = _mix_int(key + word * 0x9E3779B97F4A7C15 & MASK)
        return (key >> 11) * 2.0**-53


def rounded(values: npt.NDArray[Any]) -> Ints:
    """To whole numbers (fen).

    >>> rounded(np.array([1.2, 2.7])).tolist()
    [1, 3]
    """
    whole: Ints = np.round(values).astype(np.int64)
    return whole


@lru_cache(maxsize=1)
def normal_levels() -> Floats:
    """The standard normal distribution's quantiles at ``LEVELS`` even steps."""
    normal = NormalDist()
    return np.array([normal.inv_cdf((level + 0.5) / LEVELS) for level in range(LEVELS)])


@lru_cache(maxsize=32)
def lognormal_levels(sigma: float) -> Floats:
    """Quantiles of the log-normal distribution with mean 1."""
    values = np.exp(sigma * normal_levels())
    return np.asarray(values / values.mean(), dtype=np.float64)


@lru_cache(maxsize=1)
def poisson_levels() -> npt.NDArray[np.uint8]:
    """``[10 × mean, level]``: quantiles of the Poisson distribution for means 0.0 to 12.7."""
    quantile = (np.arange(LEVELS) + 0.5) / LEVELS
    table = np.zeros((128, LEVELS), dtype=np.uint8)
    for row in range(1, 128):
        mean = row / 10
        steps = np.arange(1, 40)
        chances = np.exp(-mean) * np.concatenate([[1.0], np.cumprod(mean / steps)])
        table[row] = np.searchsorted(np.cumsum(chances), quantile)
    return table
