"""The plugins through which Pulumi speaks to Kubernetes and to GitHub. Data only, like the table of tools."""

from __future__ import annotations

from toolchain.model import GoBuild, ModuleFiles, Tool

KUBERNETES_PROVIDER_VERSION = "4.25.0"
GITHUB_PROVIDER_VERSION = "6.15.0"

_PROVIDER = "github.com/pulumi/pulumi-kubernetes/provider/v4"

KUBERNETES_PROVIDER = Tool(
    name="pulumi-resource-kubernetes",
    title=f"Pulumi's Kubernetes provider {KUBERNETES_PROVIDER_VERSION}",
    version=KUBERNETES_PROVIDER_VERSION,
    binaries=("pulumi-resource-kubernetes",),
    plugin=f"resource-kubernetes-v{KUBERNETES_PROVIDER_VERSION}",
    builds=(
        GoBuild(
            module="pulumi-resource-kubernetes",
            packages=(".",),
            ldflags=f"-X {_PROVIDER}/pkg/version.Version={KUBERNETES_PROVIDER_VERSION}",
            embeds=ModuleFiles(
                module=_PROVIDER,
                files=(
                    "cmd/pulumi-resource-kubernetes/schema.json",
                    "cmd/pulumi-resource-kubernetes/terraform-mapping.json",
                ),
            ),
            schema_version=KUBERNETES_PROVIDER_VERSION,
        ),
    ),
    minutes=7,
)

GITHUB_PROVIDER = Tool(
    name="pulumi-resource-github",
    title=f"Pulumi's GitHub provider {GITHUB_PROVIDER_VERSION}",
    version=GITHUB_PROVIDER_VERSION,
    binaries=("pulumi-resource-github",),
    plugin=f"resource-github-v{GITHUB_PROVIDER_VERSION}",
    builds=(
        GoBuild(module="pulumi-resource-github", packages=(".",), ldflags=f"-X main.version={GITHUB_PROVIDER_VERSION}"),
    ),
    minutes=1.5,
)
