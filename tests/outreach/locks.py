"""Whether a row is held by the transaction that the test is in."""

from __future__ import annotations

import threading
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet


def is_held(rows: QuerySet[Any]) -> bool:
    """Asked by another connection, as somebody else would."""
    found: list[bool] = []

    def ask() -> None:
        try:
            with transaction.atomic():
                list(rows.select_for_update(nowait=True, no_key=True))
            found.append(False)
        except OperationalError:
            found.append(True)
        finally:
            connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join(timeout=60)
    return found == [True]
