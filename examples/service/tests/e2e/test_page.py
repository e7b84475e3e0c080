"""The page in a real browser."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import expect
from running import wait_for


@pytest.fixture
def code():
    """A code that no other test uses."""
    return f"e2e-{uuid.uuid4().hex[:12]}"


def shorten(page, url: str, code: str = "") -> None:
    page.get_by_label("Address").fill(url)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Shorten").click()


def row(page, code: str):
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=code, exact=True))


def test_the_page_shows_the_version_that_answers(page):
    version = page.request.get("/version").json()["version"]
    expect(page.locator("#version")).to_have_text(version)


def test_somebody_shortens_an_address_and_is_led_there(page, base_url, code):
    shorten(page, f"{base_url}/healthz", code)
    expect(page.get_by_role("status")).to_have_text(f"Made {code}.")
    expect(page.get_by_label("Address")).to_have_value("")
    row(page, code).get_by_role("link", name=code, exact=True).click()
    expect(page).to_have_url(f"{base_url}/healthz")
    expect(page.locator("body")).to_contain_text("alive")


def test_a_code_is_made_where_none_is_typed(page, base_url):
    shorten(page, f"{base_url}/healthz")
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^Made \w{7}\.$"))


def test_a_code_that_is_taken_is_said_to_be(page, base_url, code):
    shorten(page, f"{base_url}/healthz", code)
    expect(page.get_by_role("status")).to_have_text(f"Made {code}.")
    shorten(page, f"{base_url}/version", code)
    expect(page.get_by_role("status")).to_have_text(f"code = {code}: is taken; choose another, or leave it out")
    expect(row(page, code)).to_have_count(1)


def test_what_is_no_address_is_refused_before_the_service_is_asked(page):
    posts = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    shorten(page, "javascript:alert(1)")
    expect(page.get_by_role("status")).to_have_text("The address must begin with http:// or https://.")
    assert posts == []


def test_a_removed_link_is_gone(page, base_url, code):
    shorten(page, f"{base_url}/healthz", code)
    page.get_by_role("button", name=f"Remove {code}").click()
    expect(page.get_by_role("status")).to_have_text(f"Removed {code}.")
    expect(row(page, code)).to_have_count(0)
    assert page.request.get(f"/s/{code}").status == 404


def test_a_visit_is_counted(page, base_url, code):
    shorten(page, f"{base_url}/healthz", code)
    expect(row(page, code)).to_have_count(1)
    page.request.get(f"/s/{code}")

    def seen() -> str:
        page.reload()
        return row(page, code).get_by_role("cell").nth(3).inner_text()

    wait_for("the visit", lambda: seen() == "1")


def test_an_address_is_shown_as_text_and_never_run(page, code):
    sly = "https://example.com/?<svg/onload=document.title='broken'>"
    shorten(page, sly, code)
    expect(row(page, code)).to_contain_text(sly)
    expect(page).to_have_title("Short links")


def test_a_service_that_is_away_is_said_to_be_away(page, base_url):
    page.route("**/api/**", lambda route: route.abort())
    shorten(page, f"{base_url}/healthz")
    expect(page.get_by_role("status")).to_have_text("The service cannot be reached.")
