"""One person, several customer numbers; one phone, several persons: as every bank's files hold them.

One customer in two hundred is a second number of the one before: opened years ago at another counter with a
15-digit ID, a passport, or the name typed otherwise. One in thirty uses the phone of a relative.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yinke.demo.generate.draws import Bools, Draws, Ids, Ints
from yinke.demo.generate.numbers import digits, fixed_texts

SHARE, RELATIVES = 0.005, 0.033
TURNED = str.maketrans("张陈刘杨黄赵吴孙马郑谢许韩冯邓·", "張陳劉楊黃趙吳孫馬鄭謝許韓馮鄧•")
_ONE = np.uint64(1)


def second(draws: Draws, ids: Ids) -> Bools:
    """Who is a second number of the customer before."""
    return (ids > 0) & draws.below("second", ids, SHARE) & ~draws.below("second", ids - _ONE, SHARE)


def persons(draws: Draws, ids: Ids) -> Ids:
    """Of whom each customer number is: that person's first number."""
    return np.where(second(draws, ids), ids - _ONE, ids).astype(np.uint64)


def homes(draws: Draws, ids: Ids) -> Ids:
    """Whose branch each customer's is: a second number is mostly opened near the first."""
    return np.where(draws.below("near", ids, 0.7), persons(draws, ids), ids).astype(np.uint64)


def phones(draws: Draws, ids: Ids) -> Ids:
    """Whose phone each customer gave: a relative's, one's own, or on a second number an old one."""
    relative = draws.below("relative", ids, RELATIVES) & (ids > 3)
    kept = np.where(draws.below("kept-phone", ids, 0.7), persons(draws, ids), ids)
    return np.where(relative, ids - np.uint64(3), kept).astype(np.uint64)


def papers(draws: Draws, ids: Ids, born: Ints, certificates: pa.Array) -> tuple[Bools, pa.Array]:
    """Who showed a passport, and the certificate numbers: of second numbers a fifth are passports, and a quarter the
    15 digits of before 1999."""
    twin = second(draws, ids)
    how = draws.pick("paper", ids, [0.55, 0.25, 0.20])
    old, passport = twin & (how == 1) & (born < 10_000), twin & (how == 2)
    short = [text[:6] + text[8:17] for text in certificates.filter(pa.array(old)).to_pylist()]
    found = pc.replace_with_mask(certificates, pa.array(old), pa.array(short, pa.binary()))
    number = np.full((int(passport.sum()), 9), ord("E"), dtype=np.uint8)
    number[:, 1:] = digits(draws.whole("passport", ids[passport], 10**8), 8)
    return passport, pc.replace_with_mask(found, pa.array(passport), fixed_texts(number))


def spelled(draws: Draws, ids: Ids, names: pa.Array) -> pa.Array:
    """Names as they were typed: of second numbers a third with a space, in 繁体 or with another dot."""
    other = second(draws, ids) & draws.below("spelled", ids, 0.35)
    typed = [
        _otherwise(text.decode("gb18030")).encode("gb18030")
        for text in names.filter(pa.array(other)).to_pylist()
    ]
    return pc.replace_with_mask(names, pa.array(other), pa.array(typed, pa.binary()))


def _otherwise(name: str) -> str:
    turned = name.translate(TURNED)
    return turned if turned != name else f"{name[0]} {name[1:]}"
