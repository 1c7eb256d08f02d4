"""The Django project. Whatever imports a part of it gets the locked time zone rules first."""

from ivent_site.zones import use_locked_rules

use_locked_rules()
