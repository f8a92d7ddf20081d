"""The process that serves the API and the built front end."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yinke.settings")
application = get_wsgi_application()
