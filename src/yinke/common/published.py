"""A published business date as the contexts below the lake see it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Protocol


class PublishedDay(Protocol):
    """Where one business date's tables lie as Parquet (``lake.store.Day`` is one)."""

    @property
    def biz_date(self) -> date:
        """The business date."""
        ...

    def path(self, table: str) -> Path:
        """Where a table lies."""
        ...

    def has(self, table: str) -> bool:
        """Whether the day holds that table."""
        ...

    def opened(self, column: Any) -> Any:
        """The plain texts (an Arrow array) of a column that lies sealed."""
        ...
