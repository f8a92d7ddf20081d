from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "yinke.care"
    label = "care"

    def ready(self) -> None:
        """Restricted and deleted customers are approached no more; the customer list is narrowed by care's facts too."""
        from yinke.care.services.silence import silence
        from yinke.privacy.hooks import SILENCERS

        SILENCERS.append(silence)
        from yinke.care.customer_filters import narrow_by_care
        from yinke.customers.filters import MORE

        MORE.append(narrow_by_care)
        from yinke.care.services.follow_alerts import follow_alerts
        from yinke.customers.hooks import MARKED

        MARKED.append(follow_alerts)
        from yinke.care.queries.reached import reached
        from yinke.care.queries.wishes import undisturbed
        from yinke.segments.marks import SOURCES, Source

        SOURCES["do_not_disturb"] = Source(undisturbed, rows=("care_donotdisturb",))
        SOURCES["contact"] = Source(reached, rows=("care_contactrecord",))
