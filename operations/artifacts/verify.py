"""Whether an image is what its pipeline made: signature and provenance, by a key or an identity that is believed."""

from __future__ import annotations

from infra.errors import LockgateError, ReleaseError
from operations.artifacts import cosign, provenance
from operations.artifacts.keys import Trust, trust
from operations.artifacts.provenance import Expected
from operations.images import Image
from operations.project import Project

KIND = "slsaprovenance1"


def verify(image: Image, believed: Trust, expected: Expected) -> None:
    """Raises ``ReleaseError`` with what does not hold."""
    reference = f"{image.repository}@{image.digest}"
    cosign.verify(reference, believed)
    wrong = provenance.breach(cosign.statements(reference, believed, KIND), expected)
    if wrong:
        raise ReleaseError(f"image = {reference}: {wrong}")


def expected(project: Project, stack: str, image: Image, revision: str = "") -> Expected:
    """What the stack expects: a workflow of its github.repository built it, on a branch or tag that may deploy there, and from
    ``revision`` where one is named."""
    repository = project.setting(stack, "github.repository")
    if not repository:
        return Expected(digest=image.digest, revision=revision)
    builder = f"{project.setting(stack, 'github.baseUrl')}/{repository}/.github/workflows/"
    kinds = {"heads": "github.deployBranches", "tags": "github.deployTags"}
    named = {kind: str(project.setting(stack, key) or "").split(",") for kind, key in kinds.items()}
    refs = tuple(f"refs/{kind}/{pattern}" for kind, patterns in named.items() for pattern in patterns if pattern)
    return Expected(digest=image.digest, builder=builder, revision=revision, refs=refs)


def require(project: Project, stack: str, image: Image, revision: str = "") -> None:
    """Raises ``ReleaseError`` where the stack's setting provenanceRequired is true and the image's does not hold.

    What cannot be checked does not hold: a registry that does not answer ends it too.
    """
    if project.setting(stack, "provenanceRequired") in (None, False, "false"):
        return
    try:
        verify(image, trust(image, None, project, stack), expected(project, stack, image, revision))
    except LockgateError as error:
        raise ReleaseError(
            f"stack {stack}: {error}; provenanceRequired is true there, so nothing was changed: release an image that the "
            "pipeline published (docs/artifacts.md)"
        ) from error
