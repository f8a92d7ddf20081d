"""Certificates, mobiles, card numbers and addresses: pure functions of a person's number."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yinke.demo.generate.days import as_date
from yinke.demo.generate.draws import Draws, Ids, Ints
from yinke.demo.generate.names import WORDS, encoded

_REGIONS: Ints = np.array(WORDS["regions"], dtype=np.int64)
_PREFIXES: Ints = np.array(WORDS["mobile_prefixes"], dtype=np.int64)
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
_CHECK = np.frombuffer(b"10X98765432", dtype=np.uint8)


@lru_cache(maxsize=1)
def _birth_digits() -> tuple[int, npt.NDArray[np.uint8]]:
    first = -15_000  # 1928
    texts = "".join(f"{as_date(day):%Y%m%d}" for day in range(first, 20_454))
    return first, np.frombuffer(texts.encode(), dtype=np.uint8).reshape(-1, 8)


def digits(values: Ints, width: int) -> npt.NDArray[np.uint8]:
    """``[row, position]``: decimal digits as ASCII.

    >>> digits(np.array([7, 42]), 3).tobytes()
    b'007042'
    """
    out = np.empty((len(values), width), dtype=np.uint8)
    rest = values
    for place in range(width - 1, -1, -1):
        rest, digit = np.divmod(rest, 10)
        out[:, place] = digit + 48
    return out


def fixed_texts(matrix: npt.NDArray[np.uint8]) -> pa.Array:
    """Rows of ASCII bytes as one Arrow column."""
    rows, width = matrix.shape
    block = pa.py_buffer(np.ascontiguousarray(matrix))
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), rows, [None, block]).cast(pa.binary())


def certificates(draws: Draws, ids: Ids, female: npt.NDArray[np.bool_], born: Ints) -> pa.Array:
    """18-digit resident ID numbers (GB 11643) with their ISO 7064 MOD 11-2 check character."""
    out = np.empty((len(ids), 18), dtype=np.uint8)
    out[:, :6] = digits(_REGIONS[draws.whole("region", ids, len(_REGIONS))], 6)
    first, table = _birth_digits()
    out[:, 6:14] = table[born - first]
    out[:, 14:17] = digits(2 * (draws.whole("sequence", ids, 499)) + np.where(female, 2, 1), 3)
    total = ((out[:, :17] - 48).astype(np.int64) * _WEIGHTS).sum(axis=1)
    out[:, 17] = _CHECK[total % 11]
    return fixed_texts(out)


def mobiles(draws: Draws, ids: Ids, generation: Ints) -> Ints:
    """11-digit mobile numbers; a new one per generation."""
    key = ids + generation.astype(np.uint64) * np.uint64(1 << 40)
    return _PREFIXES[draws.whole("prefix", key, len(_PREFIXES))] * 10**8 + draws.whole("mobile", key, 10**8)


def emails(draws: Draws, ids: Ids, generation: Ints, has: npt.NDArray[np.bool_]) -> pa.Array:
    """Addresses of e-mail at a host that exists nowhere (RFC 2606), of those who have one."""
    key = ids + generation.astype(np.uint64) * np.uint64(1 << 40)
    name = fixed_texts(digits(draws.whole("mailbox", key, 10**8) + 10**8, 9))
    ends = (pa.scalar(text, pa.binary()) for text in (b"@mail.example", b""))
    return pc.if_else(pa.array(has), pc.binary_join_element_wise(name, *ends), pa.scalar(b"", pa.binary()))


def luhn(stems: Ints) -> Ints:
    """Append the Luhn check digit.

    >>> int(luhn(np.array([7992739871]))[0])
    79927398713
    """
    total = np.zeros(len(stems), dtype=np.int64)
    rest, double = stems, True
    while rest.any():
        rest, digit = np.divmod(rest, 10)
        if double:
            digit = digit * 2
            digit = np.where(digit > 9, digit - 9, digit)
        total += digit
        double = not double
    return stems * 10 + (10 - total % 10) % 10


def addresses(draws: Draws, ids: Ids, generation: Ints) -> pa.Array:
    """District, road, number and room in GB18030 bytes."""
    key = ids + generation.astype(np.uint64) * np.uint64(1 << 40)
    district = encoded(WORDS["districts"]).take(
        pa.array(draws.whole("district", key, len(WORDS["districts"])))
    )
    road = encoded(WORDS["roads"]).take(pa.array(draws.whole("road", key, len(WORDS["roads"]))))
    house = pa.array(1 + draws.whole("house", key, 899)).cast(pa.string()).cast(pa.binary())
    room = pa.array(101 + draws.whole("room", key, 2600)).cast(pa.string()).cast(pa.binary())
    mark, unit = (
        pa.scalar("号".encode("gb18030"), pa.binary()),
        pa.scalar("室".encode("gb18030"), pa.binary()),
    )
    return pc.binary_join_element_wise(district, road, house, mark, room, unit, b"")
