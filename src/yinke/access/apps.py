from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    name = "yinke.access"
    label = "access"

    def ready(self) -> None:
        """Lay the row security once all tables are as they should be."""
        post_migrate.connect(_lay_row_security, sender=self)


def _lay_row_security(plan: Any = (), **_: Any) -> None:
    from yinke.common.row_security import install

    if not any(backwards for _, backwards in plan or ()):
        install()
