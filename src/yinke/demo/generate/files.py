"""The night's delivery: one folder per date, one data file and one control file per table, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np

from yinke.demo.generate.draws import Ints
from yinke.demo.generate.text import lines

Form = Literal["json", "delimited", "count"]


@dataclass(frozen=True)
class Control:
    """How a table's control file is written, in the three ways that core banks do."""

    form: Form
    mode: str
    sums: tuple[str, ...] = ()


CONTROLS: dict[str, Control] = {
    "ORG": Control("count", "FULL"), "STAFF": Control("count", "FULL"), "CALENDAR": Control("count", "FULL"),
    "FX": Control("count", "FULL"), "PROD": Control("count", "FULL"),
    "CUST_INFO": Control("json", "UPSERT"), "ACCT": Control("json", "UPSERT"),
    "ACCT_BAL": Control("json", "FULL", ("BAL",)), "TXN": Control("json", "INCR", ("AMT",)),
    "HOLDING": Control("delimited", "FULL"), "LOAN": Control("json", "UPSERT", ("BAL",)),
    "CARD": Control("delimited", "UPSERT"), "SIGN": Control("delimited", "UPSERT"),
    "PAYROLL": Control("json", "INCR", ("AMT",)), "CHNL_LOG": Control("delimited", "INCR"),
}  # fmt: skip


class _File:
    def __init__(self, path: Path, control: Control) -> None:
        self.path, self.control = path, control
        self.handle: BinaryIO = path.open("wb", buffering=0)
        self.hash = hashlib.sha256() if control.form == "json" else hashlib.md5(usedforsecurity=False)
        self.rows = self.bytes = 0
        self.sums = dict.fromkeys(control.sums, 0)

    def append(self, columns: list[Any], sums: dict[str, Ints]) -> None:
        data = lines(columns)
        self.handle.write(data)
        self.hash.update(data)
        self.rows += len(columns[0])
        self.bytes += len(data)
        for field, values in sums.items():
            self.sums[field] += int(np.sum(values))

    def close(self, day: date) -> None:
        self.handle.close()
        name = self.path.name
        if self.control.form == "count":
            text = str(self.rows)
        elif self.control.form == "delimited":
            text = "|+|".join((name, str(self.rows), str(self.bytes), self.hash.hexdigest()))
        else:
            text = json.dumps({
                "file": name, "biz_date": f"{day:%Y%m%d}", "mode": self.control.mode, "rows": self.rows, "bytes": self.bytes,
                "sha256": self.hash.hexdigest(), "schema_ver": "1",
                "sum_fields": {field: str(Decimal(total).scaleb(-2)) for field, total in self.sums.items()},
            })  # fmt: skip
        self.path.with_suffix(".OK").write_text(text + "\n", "ascii")


class Delivery:
    """The files of one date, written aside; ``finish`` makes the folder appear under its date.

    Rows become text in the background, in their order, while the next customers' day is computed.
    """

    def __init__(self, out: Path, day: date, writer: ThreadPoolExecutor) -> None:
        self.day = day
        self.folder = out / f"{day:%Y%m%d}"
        self.scratch = out / f".{day:%Y%m%d}.tmp"
        self._writer = writer
        self._pending: list[Future[None]] = []
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir(parents=True)
        self._files = {
            name: _File(self.scratch / f"{name}_{day:%Y%m%d}.dat", control)
            for name, control in CONTROLS.items()
        }

    def write(self, name: str, columns: list[Any], **sums: Ints) -> None:
        """Append rows; ``sums`` holds the fen of the columns that the control file adds up.

        The columns must not change afterwards: copies, not views of the state.
        """
        self._pending.append(self._writer.submit(self._files[name].append, columns, sums))

    def wait(self) -> None:
        """Wait until all that was given is on its way to the disk (bounds the memory)."""
        for done in self._pending:
            done.result()
        self._pending = []

    def finish(self) -> None:
        """Write the control files and rename the folder into place."""
        self.wait()
        for file in self._files.values():
            file.close(self.day)
        self.scratch.replace(self.folder)
