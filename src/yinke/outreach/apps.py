from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "yinke.outreach"
    label = "outreach"

    def ready(self) -> None:
        """Plans of care turn a night's events into messages; messages and answers stand on the customer's timeline."""
        from yinke.care.services.make_tasks import BRINGERS, MESSENGERS
        from yinke.customers.hooks import FIELD_USES
        from yinke.outreach.campaigns.night import bring_leads, take_leads
        from yinke.outreach.campaigns.queries import used_by as used_by_campaigns
        from yinke.outreach.journeys.night import bring_tasks, take_events
        from yinke.outreach.journeys.uses import field_used
        from yinke.outreach.journeys.uses import used_by as used_by_journeys
        from yinke.outreach.points.night import bring_points
        from yinke.outreach.points.queries import used_by as used_by_missions
        from yinke.outreach.salons.night import bring_salons
        from yinke.outreach.services.plans_night import ask_for_messages
        from yinke.segments.queries_store import USES

        # a plan may take reasons away: only then leads are noted
        MESSENGERS.extend((take_events, ask_for_messages, take_leads))
        BRINGERS.extend((bring_tasks, bring_leads, bring_salons, bring_points))
        FIELD_USES.append(field_used)
        USES.extend((used_by_journeys, used_by_campaigns, used_by_missions))
        from yinke.care.customer_timeline import MARKS, SOURCES, source_of

        SOURCES.append(
            source_of(
                "message", ("MESSAGE",), "COALESCE(m.gone_at, m.made_at)",
                "outreach_message m JOIN outreach_templateversion v ON v.id = m.version_id"
                " JOIN outreach_template t ON t.id = v.template_id LEFT JOIN outreach_message f ON f.id = m.fallback_of_id",
                "m.customer_id = %(customer)s AND m.state <> 'CANCELLED'",
                id="m.id", says="m.state", before="m.channel", after="m.why", detail="t.name", who="m.by_id", payload="to_jsonb(f.channel)",
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
        SOURCES.append(
            source_of(
                "points", ("POINTS",), "p.at",
                "outreach_pointsentry p LEFT JOIN outreach_mission m ON m.id = p.mission_id LEFT JOIN outreach_reward r ON r.id = p.reward_id",
                "p.customer_id = %(customer)s", id="p.id", says="p.kind", before="p.points",
                detail="COALESCE(m.name, r.name, '')", who="p.by_id",
            )
        )  # fmt: skip
        MARKS.append("concat(count(*), ' ', max(id)) FROM outreach_pointsentry WHERE customer_id = %(c)s")
        journeys = "outreach_traveller t JOIN outreach_journey j ON j.id = t.journey_id"
        walked = "t.customer_id = %(customer)s AND t.held_out IS NOT TRUE"  # nobody is told who is held out
        for source, code, at in (("journey", "ENTERED", "t.entered_at"), ("goal", "REACHED", "t.reached_at")):
            where = f"{walked} AND {at} IS NOT NULL"
            SOURCES.append(
                source_of(
                    source, ("JOURNEY",), at, journeys, where, id="t.id", says=f"'{code}'", detail="j.name"
                )
            )
        asked = "outreach_salonguest g JOIN outreach_salon s ON s.id = g.salon_id"
        for source, code, at in (
            ("salon", "INVITED", "g.invited_at"), ("salon_answer", "g.state", "g.answered_at"), ("salon_came", "ATTENDED", "g.attended_at"),
        ):  # fmt: skip
            says = code if "." in code else f"'{code}'"
            where = f"g.customer_id = %(customer)s AND {at} IS NOT NULL"
            SOURCES.append(
                source_of(source, ("SALON",), at, asked, where, id="g.id", says=says, detail="s.name")
            )
        MARKS.append(
            "concat(count(*), ' ', max(id), ' ', max(answered_at), ' ', count(attended_at)) FROM outreach_salonguest WHERE customer_id = %(c)s"
        )
        MARKS.append(
            "concat(count(*), ' ', max(id), ' ', count(reached_at)) FROM outreach_traveller WHERE customer_id = %(c)s AND held_out IS NOT TRUE"
        )
