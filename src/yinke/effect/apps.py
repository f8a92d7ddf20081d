from django.apps import AppConfig


class EffectConfig(AppConfig):
    name = "yinke.effect"
    label = "effect"

    def ready(self) -> None:
        """Whoever makes tasks asks here first who is held out."""
        from yinke.care.services.make_tasks import HOLDERS
        from yinke.effect.services.hold_out import hold_out

        HOLDERS.append(hold_out)
