"""``yinke worker smpp`` in a process of its own, on the test's database: python -m tests.outreach.listen"""

from __future__ import annotations

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"


def main() -> None:
    """Until it is told to stop."""
    import django

    django.setup()
    from django.db import connection

    connection.settings_dict["NAME"] = os.environ["TEST_DATABASE"]
    from yinke.cli import worker

    worker("smpp")


if __name__ == "__main__":
    main()
