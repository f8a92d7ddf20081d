from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PrivacyConfig(AppConfig):
    name = "yinke.privacy"
    label = "privacy"

    def ready(self) -> None:
        """Encryption takes its keys from this context's table; the lake's are opened with the same master key."""
        from django.conf import settings

        from yinke.common.crypto import use_keys
        from yinke.lake.keys import use_master
        from yinke.privacy.consents import granted
        from yinke.privacy.services.keys import note_first_key, stored_keys
        from yinke.privacy.services.policies import seed_policies
        from yinke.segments.marks import SOURCES, Source

        use_keys(stored_keys)
        use_master(lambda: (settings.YINKE.data_key, settings.YINKE.cipher))
        SOURCES["consent"] = Source(
            granted, rows=("privacy_consent", "privacy_restriction"), tables=("privacy_policy",)
        )

        def migrated(**_: Any) -> None:
            note_first_key()
            seed_policies()

        post_migrate.connect(migrated, sender=self, weak=False, dispatch_uid="privacy.first_key")
