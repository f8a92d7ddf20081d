from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "yinke.care"
    label = "care"

    def ready(self) -> None:
        """Restricted and deleted customers are approached no more; the customer list is narrowed by care's facts too.
        Own events stand among the night's reasons, and keep their segments open.
        """
        from yinke.care.own_events.night import bring
        from yinke.care.own_events.queries import used_by
        from yinke.care.services.make_tasks import BRINGERS
        from yinke.care.services.silence import silence
        from yinke.privacy.hooks import SILENCERS

        SILENCERS.append(silence)
        BRINGERS.append(bring)
        from yinke.care.customer_filters import narrow_by_care
        from yinke.customers.filters import MORE

        MORE.append(narrow_by_care)
        from yinke.care.services.follow_alerts import follow_alerts
        from yinke.customers.hooks import MARKED

        MARKED.append(follow_alerts)
        from yinke.care.queries.reached import reached
        from yinke.care.queries.wishes import undisturbed
        from yinke.segments.marks import SOURCES, Source
        from yinke.segments.queries_store import USES

        USES.append(used_by)
        SOURCES["do_not_disturb"] = Source(undisturbed, rows=("care_donotdisturb",))
        SOURCES["contact"] = Source(reached, rows=("care_contactrecord",))
