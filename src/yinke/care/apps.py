from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "yinke.care"
    label = "care"
