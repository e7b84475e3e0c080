"""What people read: what, where, what is live, and a link; short, and never a secret."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.notify.channels import Mail
from operations.notify.mail import letter
from operations.notify.masking import MASK
from operations.notify.message import LIMITS, message
from operations.notify.slack import text

SECRET = "s3cret-Wert/+="  # noqa: S105
PARTS = ("subject", "stack", "live", "detail")
MAIL = Mail(sender="a@example.com", recipients=("b@example.com",), server="smtps://mail.example.com")


def test_a_failure_says_what_where_what_is_live_why_and_where_to_look() -> None:
    made = message(
        "failure", "release of 1.2.0 failed", stack="prod", live="1.1.0 in blue", detail="smoke: 500", url="https://ci.example.com/1"
    )
    assert text(made) == (
        "*Failed: release of 1.2.0 failed*\nwhere: prod\nlive: 1.1.0 in blue\nwhy: smoke: 500\n<https://ci.example.com/1|Open>"
    )
    sent = letter(MAIL, made)
    assert sent["Subject"] == "[lockgate] Failed: release of 1.2.0 failed"
    assert "live: 1.1.0 in blue\nwhy: smoke: 500\n\nhttps://ci.example.com/1\n" in sent.get_content()


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    "form",
    [SECRET, SECRET.replace("/", "%2F").replace("+", "%2B").replace("=", "%3D"), base64.b64encode(SECRET.encode()).decode()],
)
def test_a_known_secret_is_masked_in_every_part_and_form(part: str, form: str) -> None:
    made = message("failure", **{"subject": "it", part: f"before {form} after"}, secrets=[SECRET])  # type: ignore[arg-type]
    assert getattr(made, part) == f"before {MASK} after"


def test_a_secret_is_masked_before_the_text_is_cut() -> None:
    made = message("failure", "x" * (LIMITS["subject"] - 8) + SECRET, secrets=[SECRET])
    assert SECRET[:4] not in made.subject


def test_each_line_of_a_secret_of_several_lines_is_masked() -> None:
    assert "line-two" not in message("failure", "saw line-two here", secrets=["line-one\nline-two"]).subject


@pytest.mark.parametrize("unknown", ["ghp_" + "a" * 36, "AKIA" + "A1" * 8, "https://hooks.slack.com/services/" + "T0/" * 8])
def test_what_looks_like_a_secret_is_hidden_though_nobody_named_it(unknown: str) -> None:
    assert unknown not in message("failure", f"saw {unknown}").subject


def test_a_password_in_an_address_is_masked() -> None:
    assert message("failure", "cannot reach postgres://app:pw@db/x").subject == f"cannot reach postgres://{MASK}@db/x"


@pytest.mark.parametrize("injected", ["<!channel> look", "<!here>", "<@U1>", "<https://evil.example.com|Open>", "&lt;!here&gt;"])
def test_no_text_is_a_mention_or_a_link_in_slack(injected: str) -> None:
    assert "<" not in text(message("failure", injected, stack=injected, detail=injected))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://x.example.com/>|<!channel>",
        "https://user:pw@example.com/",
        f"https://example.com/?t={SECRET.replace('/', '%2F').replace('+', '%2B').replace('=', '%3D')}",
        "https://example.com/" + "a" * LIMITS["url"],
    ],
)
def test_a_link_that_is_none_or_holds_a_secret_is_left_out(url: str) -> None:
    assert message("failure", "it", url=url, secrets=[SECRET]).url == ""


def test_a_line_break_makes_no_header() -> None:
    sent = letter(MAIL, message("failure", "it\r\nBcc: evil@example.com"))
    assert sent["Bcc"] is None
    assert sent["Subject"] == "[lockgate] Failed: it Bcc: evil@example.com"


@given(st.text(max_size=2000))
def test_any_text_is_cut_to_one_line_of_its_limit(any_text: str) -> None:
    made = message("failure", any_text, detail=any_text)
    assert len(made.subject) <= LIMITS["subject"]
    assert len(made.detail) <= LIMITS["detail"]
    assert made.detail.isprintable()
    letter(MAIL, made)
