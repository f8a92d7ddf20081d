from django.apps import AppConfig


class EffectConfig(AppConfig):
    name = "yinke.effect"
    label = "effect"

    def ready(self) -> None:
        """Whoever makes tasks asks here first who is held out, and whom an experiment on a segment brings."""
        from yinke.care.services.by_hand import HELD_OUT
        from yinke.care.services.make_tasks import BRINGERS, HOLDERS
        from yinke.effect.queries import used_by
        from yinke.effect.services.bring import bring
        from yinke.effect.services.held_out import held_out
        from yinke.effect.services.hold_out import hold_out
        from yinke.segments.queries_store import USES

        BRINGERS.append(bring)
        HOLDERS.append(hold_out)
        HELD_OUT.append(held_out)
        USES.append(used_by)
