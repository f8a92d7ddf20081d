from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SegmentsConfig(AppConfig):
    name = "yinke.segments"
    label = "segments"

    def ready(self) -> None:
        """Segments follow what people change of a customer. Thresholds know where approved changes lie; these are
        written anew where a database was brought back.
        """
        from yinke.common.thresholds import use_approved
        from yinke.customers.hooks import FIELD_NAMES, FIELD_USES, MARKED
        from yinke.segments.custom import held
        from yinke.segments.following import lay_triggers
        from yinke.segments.live import follow
        from yinke.segments.marks import SOURCES, Source
        from yinke.segments.queries_store import field_used
        from yinke.segments.rules.custom import MARK
        from yinke.segments.rules.parse import field_names
        from yinke.segments.services.standards import approved_file, lay_down

        MARKED.append(follow)
        FIELD_NAMES.append(field_names)
        FIELD_USES.append(field_used)
        SOURCES[MARK] = Source(held, rows=("customers_customvalue",))
        use_approved(approved_file)

        def again(**_: Any) -> None:
            lay_down()
            lay_triggers()

        post_migrate.connect(again, sender=self, weak=False, dispatch_uid="standards, marks")
