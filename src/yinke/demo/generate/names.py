"""Names: pure functions of a person's number.

Surnames follow the Ministry of Public Security's name report (李 and 王 7 % each, the first hundred about
85 %); given names follow what was given in each era. About 1.5 % carry a minority name with ``·``, 0.5 % a
character that GB18030 writes in four bytes, as in every bank's files.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yinke.common.yaml_files import read_yaml
from yinke.demo.generate.draws import Draws, Ids, Ints

WORDS: dict[str, Any] = read_yaml(Path(__file__).parent / "words.yaml")
_TOP = (7.2, 7.0, 6.7, 5.4, 4.6, 3.1, 2.3, 2.0, 2.0, 1.8, 1.7, 1.5, 1.3, 1.2, 1.1, 1.1, 1.1, 1.0, 1.0, 0.9)


def encoded(texts: list[str] | tuple[str, ...]) -> pa.Array:
    """Texts as GB18030 bytes."""
    return pa.array([text.encode("gb18030") for text in texts], pa.binary())


@lru_cache(maxsize=1)
def _surnames() -> tuple[pa.Array, npt.NDArray[np.float64]]:
    tail = 0.86 * np.linspace(1.0, 0.25, len(WORDS["surnames"]) - len(_TOP))
    return encoded([*WORDS["surnames"], *WORDS["compound"]]), np.concatenate(
        [_TOP, tail, np.full(len(WORDS["compound"]), 0.05)]
    )


_GROUPS = (
    *(WORDS[era] for era in ("elder_m", "elder_f", "mid_m", "mid_f", "young_m", "young_f", "rare", "uyghur_father")), [""],
)  # fmt: skip


@lru_cache(maxsize=1)
def _given() -> tuple[pa.Array, Ints, Ints]:
    sizes = np.array([len(group) for group in _GROUPS], dtype=np.int64)
    return encoded([text for group in _GROUPS for text in group]), np.cumsum(sizes) - sizes, sizes


@lru_cache(maxsize=1)
def _heads() -> pa.Array:
    return pa.concat_arrays(
        [
            _surnames()[0],
            encoded(tuple(name + "·" for name in WORDS["uyghur_given"])),
            encoded(WORDS["tibetan"]),
        ]
    )


def nations(draws: Draws, ids: Ids) -> Ints:
    """Ethnicity codes (GB/T 3304): 1 汉, 4 藏, 5 维吾尔, 11 满, 8 壮, 3 回."""
    codes = np.array([1, 5, 4, 11, 8, 3], dtype=np.int64)
    return codes[draws.pick("nation", ids, [0.955, 0.013, 0.002, 0.012, 0.01, 0.008])]


def names(draws: Draws, ids: Ids, female: npt.NDArray[np.bool_], born: Ints) -> pa.Array:
    """Full names in GB18030 bytes."""
    nation = nations(draws, ids)
    table, shares = _surnames()
    head = draws.pick("surname", ids, shares)
    era = np.where(born < -1826, 0, np.where(born < 9131, 2, 4)) + female  # before 1965, before 1995, later
    group = np.where(draws.below("rare", ids, 0.005), 6, era)
    group = np.where(nation == 5, 7, np.where(nation == 4, 8, group))
    head = np.where(nation == 5, len(table) + draws.whole("uyghur", ids, len(WORDS["uyghur_given"])), head)
    head = np.where(
        nation == 4,
        len(table) + len(WORDS["uyghur_given"]) + draws.whole("tibetan", ids, len(WORDS["tibetan"])),
        head,
    )
    given, starts, sizes = _given()
    tail = starts[group] + (draws.bits("given", ids) >> np.uint64(40)).astype(np.int64) % sizes[group]
    return pc.binary_join_element_wise(_heads().take(pa.array(head)), given.take(pa.array(tail)), b"")
