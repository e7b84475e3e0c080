"""A browser, and a service for it: that of BASE_URL, else one that the tests start."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import BrowserType, sync_playwright
from running import ROOT, service

INSTALLED_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE_MILLISECONDS = 10_000
FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def base_url():
    """Where the service is."""
    if given := os.environ.get("BASE_URL"):
        yield given.rstrip("/")
        return
    with service({"VERSION": "1.2.3-e2e"}) as url:
        yield url


@pytest.fixture(scope="session")
def playwright():
    """Playwright, once for all tests of a process."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright, browser_name):
    """The browser; the test is skipped, with the browser's name, where there is none."""
    kind: BrowserType = getattr(playwright, browser_name)
    path = _path_of(kind)
    if path is None:
        pytest.skip(f"{browser_name} is not here; `python -m playwright install {browser_name}` installs it")
    browser = kind.launch(executable_path=path)
    yield browser
    browser.close()


def _path_of(kind: BrowserType) -> str | None:
    """Playwright's own build, else the system's Chromium. Only Playwright's builds of the others can be driven."""
    if Path(kind.executable_path).exists():
        return kind.executable_path
    found = [shutil.which(name) for name in INSTALLED_CHROMIUMS] if kind.name == "chromium" else []
    return next((path for path in found if path), None)


@pytest.fixture
def page(browser, base_url, request):
    """The page, open. A test fails where a script of it fails; a failed test leaves its trace in reports/e2e/."""
    context = browser.new_context(base_url=base_url)
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    context.tracing.start(screenshots=True, snapshots=True)
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(error.message))
    page.goto("/")
    yield page
    trace = ROOT / "reports" / "e2e" / f"{request.node.name}.zip"
    context.tracing.stop(path=trace if request.node.stash.get(FAILED, False) or errors else None)
    context.close()
    assert errors == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Lets the fixture ``page`` know whether its test failed."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report
