"""One message by e-mail."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from operations.notify.channels import LOCAL, Mail
from operations.notify.delivery import UndeliveredError
from operations.notify.message import Message

SECONDS = 10.0
PERMANENT = 500


def letter(channel: Mail, message: Message) -> EmailMessage:
    """The same letter, by its Message-ID, however often it is sent."""
    made = EmailMessage()
    made["Subject"] = f"[lockgate] {message.title}"
    made["From"] = channel.sender
    made["To"] = ", ".join(channel.recipients)
    made["Date"] = formatdate(localtime=False)
    made["Message-ID"] = make_msgid(domain=channel.sender.rpartition("@")[2])
    made["Auto-Submitted"] = "auto-generated"
    lines = [message.title, "", *(f"{name}: {fact}" for name, fact in message.facts)]
    made.set_content("\n".join([*lines, *(("", message.url) if message.url else ())]) + "\n")
    return made


def send(channel: Mail, made: EmailMessage) -> None:
    """Raises ``UndeliveredError``, also where only some of the recipients are accepted."""
    try:
        with _connected(channel) as server:
            refused = server.send_message(made)
    except smtplib.SMTPRecipientsRefused as error:
        passing = all(code < PERMANENT for code, _ in error.recipients.values())
        raise UndeliveredError(f"the server refuses {', '.join(error.recipients)}", again=passing) from None
    except smtplib.SMTPResponseException as error:
        raise UndeliveredError(f"the server answers {error.smtp_code}", again=error.smtp_code < PERMANENT) from None
    except ssl.SSLError as error:
        raise UndeliveredError(f"no safe connection to {channel.host} ({error.reason or 'TLS failed'})", again=False) from None
    except smtplib.SMTPNotSupportedError as error:
        raise UndeliveredError(f"{channel.host} cannot do what is needed ({error})", again=False) from None
    except (OSError, smtplib.SMTPException) as error:
        raise UndeliveredError(f"{channel.host} does not answer ({type(error).__name__})", again=True) from None
    if refused:
        raise UndeliveredError(f"the server refuses {', '.join(refused)}; the others have it", again=False)


def _connected(channel: Mail) -> smtplib.SMTP:
    """Signed in where there is a user, and never before the connection is safe."""
    context = ssl.create_default_context()
    if channel.tls_at_once:
        server: smtplib.SMTP = smtplib.SMTP_SSL(channel.host, channel.port, timeout=SECONDS, context=context)
    else:
        server = smtplib.SMTP(channel.host, channel.port, timeout=SECONDS)
    try:
        if not channel.tls_at_once and channel.host != LOCAL:
            server.starttls(context=context)
        if channel.user:
            server.login(channel.user, channel.password)
    except BaseException:
        server.close()
        raise
    return server
