from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "yinke.customers"
    label = "customers"
