from django.apps import AppConfig


class NightlyConfig(AppConfig):
    name = "yinke.nightly"
    label = "nightly"
