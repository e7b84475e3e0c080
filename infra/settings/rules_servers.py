"""What must hold for servers that a stack brings into a namespace of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from infra.settings.breach import Breach

if TYPE_CHECKING:
    from infra.settings.model import Settings


def servers(settings: Settings, namespace: str, images: Mapping[str, str], key: str) -> Iterator[Breach]:
    """``namespace`` is the field that asks for them, and ``key`` its key; ``images`` are the keys of their images by field."""
    place = getattr(settings, namespace)
    lacking = [field for field in images if not getattr(settings, field)]
    if place and lacking:
        yield Breach(
            field=namespace,
            others=tuple(lacking),
            rule=f"needs {' and '.join(images[field] for field in lacking)} beside it, which on the lab `lockgate up` gives",
            fix=f"set {images[lacking[0]]} REPOSITORY@sha256:DIGEST",
        )
    if place and place == settings.namespace:
        yield Breach(
            field=namespace,
            others=("namespace",),
            rule=f"must be another than namespace ({settings.namespace}), which is the service's",
            fix=f"set {key} {key.partition('.')[0]}",
        )
