"""The process that serves the API and the built front end."""

import os

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yinke.settings")
os.environ["YINKE_PROCESS"] = "web"  # connects as the role that owns nothing
application = get_wsgi_application()


def ready_application() -> WSGIHandler:
    """The application, which also gets ready for questions before they come."""
    from yinke.segments.warming import stay_ready  # the models are there only now

    stay_ready()
    return application
