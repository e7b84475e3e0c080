"""The labels and annotations of everything that Lockgate makes on Kubernetes.

Source of the recommended ones: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
"""

from __future__ import annotations

NAME = "app.kubernetes.io/name"
MANAGED_BY = "app.kubernetes.io/managed-by"
SLOT = "version"
RELEASE = "lockgate.dev/release"
SMOKE = "lockgate.dev/smoke"
LEDGER = "lockgate.dev/ledger"

SKIP_AWAIT = "pulumi.com/skipAwait"
PATCH_FORCE = "pulumi.com/patchForce"
FIELD_MANAGER = "pulumi.com/patchFieldManager"
DELETION = "pulumi.com/deletionPropagationPolicy"
