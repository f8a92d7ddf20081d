from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    name = "yinke.access"
    label = "access"

    def ready(self) -> None:
        """Every login of Django begins a session of ours; row security is laid once all tables stand; numbers are asked many at once."""
        from django.contrib.auth.signals import user_logged_in

        from yinke.access.services import sessions
        from yinke.common.many import know_any_of

        know_any_of()
        user_logged_in.connect(sessions.begin, dispatch_uid="yinke.session")
        post_migrate.connect(_lay_row_security, sender=self)


def _lay_row_security(plan: Any = (), **_: Any) -> None:
    from yinke.common.row_security import install

    if not any(backwards for _, backwards in plan or ()):
        install()
