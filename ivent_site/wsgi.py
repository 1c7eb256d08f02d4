"""The WSGI application that Zappa's handler and the laptop's server run."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ivent_site.settings")

application = get_wsgi_application()
