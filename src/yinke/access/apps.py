from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "yinke.access"
    label = "access"

    def ready(self) -> None:
        """Every login of Django, whoever asks for it, begins a session of ours."""
        from django.contrib.auth.signals import user_logged_in

        from yinke.access.services import sessions

        user_logged_in.connect(sessions.begin, dispatch_uid="yinke.session")
