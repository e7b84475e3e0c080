"""Messages arrive at a real webhook and a real mail server; what cannot arrive is tried boundedly and said."""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from receivers import PASSWORD, free_port, post_office, webhook

from infra.errors import UsageError
from operations.notify.channels import Mail, Slack
from operations.notify.delivery import ATTEMPTS, LONGEST_WAIT, deliver
from operations.notify.message import Message, message

FAILURE = message("failure", "release of 1.2.0 failed", stack="prod", live="1.1.0 in blue")


def mail(server: str, **changes: object) -> Mail:
    values = {"sender": "lockgate@example.com", "recipients": ("ops@example.com", "dev@example.com"), "server": server}
    return Mail(**{**values, **changes})  # type: ignore[arg-type]


def told(made: Message, *channels: Slack | Mail) -> tuple[list[str], list[float]]:
    """The faults, and how long was waited between attempts."""
    waits: list[float] = []
    return [one.fault for one in deliver(made, channels, waits.append)], waits


def test_one_message_arrives_once_on_each_channel() -> None:
    with webhook() as slack, post_office() as post:
        assert told(FAILURE, Slack(webhook=slack.url), mail(post.url)) == (["", ""], [])
        (body,), (sent,) = slack.bodies, post.letters
    assert "*Failed: release of 1.2.0 failed*" in body["text"]
    assert body["link_names"] is False
    assert sent["Subject"] == "[lockgate] Failed: release of 1.2.0 failed"
    assert post.recipients == ["ops@example.com", "dev@example.com"]


def test_a_slow_run_is_told_by_slack_only() -> None:
    with webhook() as slack, post_office() as post:
        told(message("performance", "the build took 20 min"), Slack(webhook=slack.url), mail(post.url))
        assert (len(slack.bodies), post.letters) == (1, [])


def test_a_webhook_that_comes_back_is_told_then() -> None:
    with webhook(503, 429, Retry_After="3") as slack:
        assert told(FAILURE, Slack(webhook=slack.url)) == ([""], [3.0, 3.0])
        assert len(slack.bodies) == 3


def test_a_webhook_that_asks_for_an_hour_does_not_get_it() -> None:
    with webhook(*[429] * ATTEMPTS, Retry_After="3600") as slack:
        (fault,), waits = told(FAILURE, Slack(webhook=slack.url))
    assert fault == "the webhook answers 429 (tried 3 times)"
    assert waits == [LONGEST_WAIT] * (ATTEMPTS - 1)


@pytest.mark.parametrize("status", [302, 400, 404, 410])
def test_a_refusal_for_good_is_not_tried_again(status: int) -> None:
    with webhook(status, Location="http://127.0.0.1:1/") as slack:
        assert told(FAILURE, Slack(webhook=slack.url)) == ([f"the webhook answers {status}"], [])
        assert len(slack.bodies) == 1


def test_nobody_there_is_said_without_the_address() -> None:
    (slack, post), _ = told(
        FAILURE, Slack(webhook=f"http://127.0.0.1:{free_port()}/very-secret"), mail(f"smtp://127.0.0.1:{free_port()}")
    )
    assert slack == "the webhook does not answer (ConnectError) (tried 3 times)"
    assert post == "127.0.0.1 does not answer (ConnectionRefusedError) (tried 3 times)"


def test_a_channel_that_fails_keeps_no_other_from_being_told() -> None:
    with post_office() as post:
        (slack, mailed), _ = told(FAILURE, Slack(webhook=f"http://127.0.0.1:{free_port()}/x"), mail(post.url))
        assert slack
        assert not mailed
        assert len(post.letters) == 1


def test_a_busy_mail_server_gets_the_same_letter_again() -> None:
    with post_office("451 later", "451 later") as post:
        assert told(FAILURE, mail(post.url)) == ([""], [1.0])
        assert len(post.letters) == 1


def test_a_recipient_that_is_refused_is_named_while_the_others_have_the_letter() -> None:
    with post_office("550 unknown") as post:
        assert told(FAILURE, mail(post.url))[0] == ["the server refuses ops@example.com; the others have it"]
        assert post.recipients == ["dev@example.com"]


def test_a_wrong_password_is_said_without_it() -> None:
    with post_office(asks_who=True) as post:
        (fault,), waits = told(FAILURE, mail(post.url, user="bot", password="wrong-password"))  # noqa: S106
    assert fault == "the server answers 535"
    assert waits == []


def test_whoever_signs_in_may_send() -> None:
    with post_office(asks_who=True) as post:
        assert told(FAILURE, mail(post.url, user="bot", password=PASSWORD))[0] == [""]
        assert post.signed_in == ["bot"]


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate for localhost, which this machine trusts for the length of a test."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "key.pem").write_bytes(secret)
    (tmp_path / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    return context


def test_another_host_gets_the_password_by_starttls_only(tls: ssl.SSLContext) -> None:
    with post_office(host="localhost", tls=tls, asks_who=True) as post:
        assert told(FAILURE, mail(post.url, user="bot", password=PASSWORD))[0] == [""]
        assert len(post.letters) == 1


def test_another_host_without_starttls_gets_neither_password_nor_letter() -> None:
    with post_office(host="localhost", asks_who=True) as post:
        (fault,), _ = told(FAILURE, mail(post.url, user="bot", password=PASSWORD))
        assert "STARTTLS" in fault
        assert (post.signed_in, post.letters) == ([], [])


def test_a_certificate_that_nobody_vouches_for_is_refused(tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with post_office(host="localhost", tls=tls) as post:
        (fault,), _ = told(FAILURE, mail(post.url))
        assert fault.startswith("no safe connection to localhost")


@pytest.mark.parametrize(
    "url", ["http://hooks.example.com/x", "http://127.0.0.1.example.com/x", "http://127.0.0.1@example.com/x", "ftp://x/y"]
)
def test_a_webhook_without_tls_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(UsageError, match=r"\[secret\]: must begin with https") as caught:
        Slack(webhook=url)
    assert "example" not in str(caught.value)


@pytest.mark.parametrize(
    "changes", [{"server": "mail.example.com"}, {"sender": ""}, {"recipients": ()}, {"recipients": ("a b@example.com\nBcc: x",)}]
)
def test_a_mail_channel_that_cannot_work_does_not_construct(changes: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="correct it"):
        mail(**{"server": "smtps://mail.example.com", **changes})  # type: ignore[arg-type]


def test_a_channel_does_not_print_its_secret() -> None:
    shown = f"{Slack(webhook='https://hooks.example.com/T0')!r}{mail('smtp://127.0.0.1', user='bot', password=PASSWORD)!r}"
    assert "T0" not in shown
    assert PASSWORD not in shown
