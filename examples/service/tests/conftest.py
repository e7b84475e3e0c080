"""What all the tests share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "support"))

BROWSERS = ("chromium", "firefox", "webkit")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--browser`` is here and not with the tests that use it, so that it is known wherever pytest is started."""
    parser.addoption("--browser", action="append", choices=BROWSERS, help="for tests/e2e; all three without it")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What needs a browser runs in each that was asked for."""
    if "browser_name" in metafunc.fixturenames:
        metafunc.parametrize("browser_name", metafunc.config.getoption("browser") or BROWSERS, scope="session")
