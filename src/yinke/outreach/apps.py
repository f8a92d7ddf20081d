from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "yinke.outreach"
    label = "outreach"

    def ready(self) -> None:
        """Plans of care turn a night's events into messages; messages and answers stand on the customer's timeline."""
        from yinke.care.services.make_tasks import BRINGERS, MESSENGERS
        from yinke.outreach.journeys.night import bring_tasks, take_events
        from yinke.outreach.services.plans_night import ask_for_messages

        MESSENGERS.extend((take_events, ask_for_messages))  # a plan may take reasons away
        BRINGERS.append(bring_tasks)
        from yinke.care.customer_timeline import MARKS, SOURCES, source_of

        SOURCES.append(
            source_of(
                "message", ("MESSAGE",), "COALESCE(m.gone_at, m.made_at)",
                "outreach_message m JOIN outreach_templateversion v ON v.id = m.version_id"
                " JOIN outreach_template t ON t.id = v.template_id",
                "m.customer_id = %(customer)s AND m.state <> 'CANCELLED'",
                id="m.id", says="m.state", before="m.channel", after="m.why", detail="t.name", who="m.by_id",
            )
        )  # fmt: skip
        SOURCES.append(
            source_of(
                "reply",
                ("MESSAGE",),
                "at",
                "outreach_reply",
                "customer_id = %(customer)s",
                says="meaning",
                before="channel",
            )
        )
        MARKS.append(
            "concat(count(*), ' ', max(id), ' ', string_agg(state, '' ORDER BY id)) FROM outreach_message WHERE customer_id = %(c)s"
        )
        MARKS.append("concat(count(*), ' ', max(id)) FROM outreach_reply WHERE customer_id = %(c)s")
