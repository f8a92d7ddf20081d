from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    name = "yinke.segments"
    label = "segments"

    def ready(self) -> None:
        """Segments follow what people change of a customer."""
        from yinke.customers.hooks import MARKED
        from yinke.segments.live import follow

        MARKED.append(follow)
