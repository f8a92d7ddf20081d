from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    name = "yinke.segments"
    label = "segments"
