"""Announcements in the admin, and the pages around them."""

from notifications.admin.announcement import AnnouncementAdmin

__all__ = ["AnnouncementAdmin"]
