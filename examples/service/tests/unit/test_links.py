"""What may be a link."""

from __future__ import annotations

import pytest

from shortlinks.links import CODE, MOST_CHARACTERS, BadRequestError, new_code, wanted


@pytest.mark.parametrize("url", ["https://example.com", "http://127.0.0.1:8080/a?b=c#d", "https://example.com/" + "a" * 2028])
def test_web_addresses_are_taken(url):
    assert wanted({"url": url}) == (url, "")


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        7,
        "example.com",
        "javascript:alert(1)",
        "ftp://example.com",
        "https://",
        "https://a b",
        "https://e.com\r\nSet-Cookie: a=b",
        "https://e.com:99999",
        "https://[::1",
        "https://example.com/" + "a" * MOST_CHARACTERS,
    ],
)
def test_anything_else_is_refused_with_the_rule(url):
    with pytest.raises(BadRequestError, match="must be an http or https address"):
        wanted({"url": url})


@pytest.mark.parametrize("code", ["ab", "a" * 33, "a b c", "../etc", "héé", 7])
def test_a_code_that_would_not_fit_into_an_address_is_refused(code):
    with pytest.raises(BadRequestError, match=r"code = .*must be 3 to 32"):
        wanted({"url": "https://example.com", "code": code})


@pytest.mark.parametrize("body", [None, [], "https://example.com", 3])
def test_a_body_that_is_no_object_is_refused(body):
    with pytest.raises(BadRequestError, match="must be an object"):
        wanted(body)


def test_an_error_does_not_repeat_a_long_value_whole():
    with pytest.raises(BadRequestError) as error:
        wanted({"url": "x" * 5000})
    assert len(str(error.value)) < 200


def test_codes_that_are_made_are_codes_and_differ():
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(CODE.fullmatch(code) for code in codes)
