"""What must hold between the settings of a Prometheus of the stack's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from infra.settings.breach import Breach
from infra.settings.rules_servers import servers

if TYPE_CHECKING:
    from infra.settings.model import Settings

_IMAGES = {
    "monitoring__exporter_image": "monitoring.exporterImage",
    "monitoring__prometheus_image": "monitoring.prometheusImage",
    "monitoring__alertmanager_image": "monitoring.alertmanagerImage",
}
_PORTS = ("node_port", "monitoring__prometheus_node_port", "monitoring__alertmanager_node_port", "monitoring__grafana_node_port")


def _servers(settings: Settings) -> Iterator[Breach]:
    yield from servers(settings, "monitoring__namespace", _IMAGES, "monitoring.namespace")


def _source(settings: Settings) -> Iterator[Breach]:
    signed_in = settings.github__token or settings.github__app_private_key
    if settings.monitoring__namespace and not (settings.github__repository and signed_in):
        yield Breach(
            field="monitoring__namespace",
            others=("github__repository", "github__token"),
            rule="needs github.repository and github.token (or an App) beside it: whose runs are measured",
            fix="set github.repository OWNER/NAME",
        )


def _ports(settings: Settings) -> Iterator[Breach]:
    taken: dict[int, str] = {}
    for field in _PORTS:
        port = getattr(settings, field)
        if port is not None and port in taken:
            yield Breach(
                field=field,
                others=(taken[port],),
                rule="must be another port than that of a Service beside it",
                fix=f"set {_key(field)} {30000 if port == 32767 else port + 1}",
            )
        elif port is not None:
            taken[port] = field


def _key(field: str) -> str:
    group, _, name = field.partition("__")
    head, *rest = name.split("_")
    return f"{group}.{head}{''.join(word.capitalize() for word in rest)}"


def _mail(settings: Settings) -> Iterator[Breach]:
    server = urlsplit(settings.smtp_url)
    if settings.monitoring__namespace and server.scheme == "smtps" and server.port not in (None, 465):
        yield Breach(
            field="smtp_url",
            others=("monitoring__namespace",),
            rule="must be smtps to port 465, or smtp with STARTTLS: Alertmanager takes no other beside monitoring.namespace",
            fix=f"set smtpUrl smtp://{server.hostname}:587",
        )


MONITORING = (_servers, _source, _ports, _mail)
