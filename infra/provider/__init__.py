"""Lockgate's own Pulumi resources: the steps of a release that no other provider has.

``resources`` is the side of the program; the rest runs in the plugin ``pulumi-resource-lockgate``.
"""

PACKAGE = "lockgate"
VERSION = "0.1.0"
KUBERNETES_VERSION = "4.25.0"
"""The version of the Kubernetes provider's plugin; that of ``pulumi-kubernetes`` in pyproject.toml (a test holds them equal)."""
GITHUB_VERSION = "6.15.0"
"""The same of the GitHub provider's plugin and ``pulumi-github``."""
