from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "yinke.care"
    label = "care"

    def ready(self) -> None:
        """Restricted and deleted customers are approached no more."""
        from yinke.care.services.silence import silence
        from yinke.privacy.hooks import SILENCERS

        SILENCERS.append(silence)
