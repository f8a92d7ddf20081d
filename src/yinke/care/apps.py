from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "yinke.care"
    label = "care"

    def ready(self) -> None:
        """The customer list is narrowed by tasks and contacts too, which the customers' context does not know."""
        from yinke.care.customer_filters import narrow_by_care
        from yinke.customers.filters import MORE

        MORE.append(narrow_by_care)
