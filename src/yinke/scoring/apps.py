from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ScoringConfig(AppConfig):
    name = "yinke.scoring"
    label = "scoring"

    def ready(self) -> None:
        """Rules may ask for standing alerts and proposals. Which model the nights use is written anew where a database was brought back."""
        from yinke.scoring.services.alerts import alerted
        from yinke.scoring.services.registry import lay_down
        from yinke.scoring.services.values import proposed
        from yinke.segments.marks import SOURCES, Source

        SOURCES["churn"] = Source(alerted, rows=("scoring_churnalert",))
        SOURCES["next_product"] = Source(proposed, tables=("scoring_customervalue",))

        def again(**_: Any) -> None:
            lay_down()

        post_migrate.connect(again, sender=self, weak=False, dispatch_uid="released models")
