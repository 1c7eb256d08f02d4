"""Events and topics in the admin."""

from events.admin.event import EventAdmin
from events.admin.topic import TopicAdmin

__all__ = ["EventAdmin", "TopicAdmin"]
