"""Sealing: between the shaping of a file's rows and everything after it, what identifies a person is sealed.

Stages, spills, buildings and published files never see it in the clear. Here, too, the rows of customers who were
deleted on request are refused: the core bank may go on sending them.
"""

from __future__ import annotations

import duckdb

from yinke.common.errors import Held
from yinke.lake.erased import Refusals
from yinke.lake.keys import LakeKeys
from yinke.lake.sealing import seal_rows
from yinke.lake.store import Lake
from yinke.lake.tables import Table

SHAPED = "shaped"


class Door:
    """What a lake lets in, and how.

    Raises:
        Held: ``keys``: an exchange of the lake's key is under way.
    """

    def __init__(self, lake: Lake) -> None:
        self.keys: LakeKeys = lake.keys
        if self.keys.moving:
            raise Held(
                "keys", "An exchange of the lake's key has begun and not ended", place="keys.json",
                remedy="Go on with it: yinke keys rotate; then run the date again",
            )  # fmt: skip
        self.refusals = Refusals(lake)

    def take(
        self, db: duckdb.DuckDBPyConnection, select: str, parameters: object, table: Table, into: str
    ) -> int:
        """Insert the rows that ``select`` gives into a stage, sealed.

        Args:
            into: ``INSERT INTO ... SELECT ... FROM shaped``.

        Returns:
            Rows of deleted customers that were refused.
        """
        rows = db.sql(select, params=parameters).to_arrow_table()
        refused = 0
        if self.refusals:
            kept = self.refusals.kept(rows, table)
            refused, rows = rows.num_rows - kept.num_rows, kept
        db.register(SHAPED, seal_rows(rows, table.name, self.keys))
        try:
            db.execute(into)
        finally:
            db.unregister(SHAPED)
        return refused
