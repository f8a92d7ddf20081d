"""Marks of the whole bank, read once and followed from then on: the database notes of whom something has changed.

A consent of millions takes seconds to read. It is read once, and afterwards only of those whose rows have changed
since, so that a count is exact and as fast as one of few. Each change, whoever makes it and by whatever way, is noted by
triggers with its transaction; whatever was not yet visible when a reader began has a number from ``xmin`` on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
from django.db import connection

from yinke.access.viewer import Viewer
from yinke.common.row_security import whole_bank
from yinke.customers.queries_kept import tags
from yinke.segments.marks import marks_of_bank, sources
from yinke.segments.rules.world import Following, Ids

MANY = 20_000
"""Rows changed by one statement from which on everybody is asked anew: that is quicker."""

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION yinke_mark_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$
DECLARE many bigint; found integer[];
BEGIN
    IF TG_NARGS = 0 THEN
        SELECT count(*), array_agg(DISTINCT customer_id) INTO many, found
        FROM (SELECT customer_id FROM changed LIMIT {MANY + 1}) first;
        IF many = 0 THEN RETURN NULL; END IF;
        IF many > {MANY} THEN found := NULL; END IF;
    END IF;
    INSERT INTO segments_markchange ("table", customer_ids, xid)
    VALUES (TG_TABLE_NAME, found, pg_current_xact_id()::text::bigint);
    RETURN NULL;
END $$;
"""
_ROWS = """
CREATE OR REPLACE TRIGGER mark_inserted AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION yinke_mark_changed();
CREATE OR REPLACE TRIGGER mark_deleted AFTER DELETE ON {table} REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION yinke_mark_changed();
CREATE OR REPLACE TRIGGER mark_updated_from AFTER UPDATE ON {table} REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION yinke_mark_changed();
CREATE OR REPLACE TRIGGER mark_updated_to AFTER UPDATE ON {table} REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION yinke_mark_changed();
"""
_TABLE = """
CREATE OR REPLACE TRIGGER mark_changed AFTER INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION yinke_mark_changed('everybody');
"""
_NOW = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_SINCE = f"""
WITH told AS (SELECT customer_ids FROM segments_markchange WHERE xid >= %s AND "table" = ANY (%s))
SELECT ({_NOW}), EXISTS (SELECT FROM told WHERE customer_ids IS NULL),
    (SELECT array_agg(DISTINCT one) FROM told, unnest(customer_ids) one)
"""


def lay_triggers() -> None:
    """Have the database note changes of all that marks are read from; doing it again changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_FUNCTION)
        for source in sources().values():
            for table in source.rows:
                cursor.execute(_ROWS.format(table=table))
            for table in source.tables:
                cursor.execute(_TABLE.format(table=table))


def following(biz_date: date, viewer: Viewer | None = None) -> Following:
    """The bank's marks as they stand on a date, to be followed.

    Read for the whole bank, whoever asks: what is told of them is counted within the viewer's scope.

    Args:
        viewer: who asks; only tags of their catalogue can be used. None: all tags.
    """
    there = sources()

    def ask(mark: str, among: Ids | None) -> Ids:
        with whole_bank():
            return marks_of_bank(biz_date, among)(frozenset([mark])).get(mark, np.zeros(0, np.int32))

    def follows(mark: str) -> int | None:
        source = there.get(mark.partition(":")[0])
        return _one(_NOW)[0] if source and (source.rows or source.tables) else None

    def since(mark: str, moment: int) -> tuple[Ids | None, int]:
        source = there[mark.partition(":")[0]]
        with whole_bank():
            now, everybody, some = _one(_SINCE, (moment, [*source.rows, *source.tables]))
        return None if everybody else np.array(some or (), np.int32), now

    return Following(ask, follows, since, _usable(viewer))


def _usable(viewer: Viewer | None) -> Callable[[str], bool]:
    def usable(mark: str) -> bool:
        name, _, value = mark.partition(":")
        if viewer is None or name != "tag":
            return True
        return value.isdigit() and len(value) < 10 and tags(viewer).filter(id=int(value)).exists()

    return usable


def _one(sql: str, values: Sequence[Any] = ()) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()
