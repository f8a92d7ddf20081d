from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "yinke.access"
    label = "access"
