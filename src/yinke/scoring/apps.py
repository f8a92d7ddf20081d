from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ScoringConfig(AppConfig):
    name = "yinke.scoring"
    label = "scoring"

    def ready(self) -> None:
        """Which model the nights use is written anew where a database was brought back."""
        from yinke.scoring.services.registry import lay_down

        def again(**_: Any) -> None:
            lay_down()

        post_migrate.connect(again, sender=self, weak=False, dispatch_uid="released models")
