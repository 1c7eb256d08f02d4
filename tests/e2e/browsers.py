"""Headless Chromium, of the system's packages."""

import shutil
from typing import Any

from playwright.sync_api import Browser, Page

from .system import System

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# As root in a container, and without asking anybody outside for anything.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 375, "height": 740}


def open_page(
    browser: Browser, system: System, viewport: dict[str, int] = DESKTOP, **settings: Any
) -> Page:
    """A page of a browser of its own, with nobody signed in; `settings` as of its context."""
    context = browser.new_context(base_url=system.url, viewport=viewport, **settings)  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    return context.new_page()


def sign_in(page: Page, email: str) -> None:
    """Sign in as one of the laptop's staff."""
    page.goto("/admin/")
    page.get_by_label("Email").or_(page.locator("[name=username]")).first.fill(email)
    page.locator("[name=password]").fill("Ivent-local-1")
    page.locator("[name=password]").press("Enter")
