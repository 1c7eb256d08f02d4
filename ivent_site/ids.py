"""Identifiers that sort by creation and do not collide."""

import secrets
import time
import uuid


def uuid7() -> str:
    """A new UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80
    value |= 0x7 << 76 | secrets.randbits(12) << 64
    value |= 0b10 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))


def number_id() -> int:
    """A new number where one is needed: 41 bits of milliseconds, 22 random bits."""
    milliseconds = time.time_ns() // 1_000_000 & (1 << 41) - 1
    return milliseconds << 22 | secrets.randbits(22)
