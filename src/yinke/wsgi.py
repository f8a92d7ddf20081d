"""The process that serves the API and the built front end."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yinke.settings")
os.environ["YINKE_PROCESS"] = "web"  # connects as the role that owns nothing
application = get_wsgi_application()
