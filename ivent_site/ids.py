"""Identifiers: UUIDv7, so that they sort by creation and never collide."""

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
