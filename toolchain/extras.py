"""Tools that only some commands want, and that are built only when they are asked for. Data only, like the table of tools."""

from __future__ import annotations

from toolchain.model import GoBuild, OnPath, Tool

ACTIONLINT_VERSION = "1.7.12"
COSIGN_VERSION = "2.6.5"
GITLEAKS_VERSION = "8.30.1"
HELM_VERSION = "3.22.0"
K6_VERSION = "1.8.1"
TRIVY_VERSION = "0.66.0"

COSIGN = Tool(
    name="cosign",
    title=f"cosign {COSIGN_VERSION}",
    version=COSIGN_VERSION,
    binaries=("cosign",),
    on_path=OnPath(ask=("version", "--json"), at_least=(2, 4), below=(3,)),
    builds=(
        GoBuild(
            module="cosign",
            packages=("github.com/sigstore/cosign/v2/cmd/cosign",),
            ldflags=f"-X sigs.k8s.io/release-utils/version.gitVersion=v{COSIGN_VERSION}",
        ),
    ),
    minutes=2.5,
)

ACTIONLINT = Tool(
    name="actionlint",
    title=f"actionlint {ACTIONLINT_VERSION}",
    version=ACTIONLINT_VERSION,
    binaries=("actionlint",),
    on_path=OnPath(ask=("-version",), at_least=(1, 7, 12), below=(1, 8)),
    builds=(
        GoBuild(
            module="actionlint",
            packages=("github.com/rhysd/actionlint/cmd/actionlint",),
            ldflags=f"-X github.com/rhysd/actionlint.version={ACTIONLINT_VERSION}",
        ),
    ),
    minutes=0.1,
)

GITLEAKS = Tool(
    name="gitleaks",
    title=f"gitleaks {GITLEAKS_VERSION}",
    version=GITLEAKS_VERSION,
    binaries=("gitleaks",),
    on_path=OnPath(ask=("version",), at_least=(8, 24), below=(9,)),
    builds=(
        GoBuild(
            module="gitleaks",
            packages=("github.com/zricethezav/gitleaks/v8",),
            ldflags=f"-X github.com/zricethezav/gitleaks/v8/version.Version={GITLEAKS_VERSION}",
        ),
    ),
    minutes=0.5,
)

HELM = Tool(
    name="helm",
    title=f"helm {HELM_VERSION}",
    version=HELM_VERSION,
    binaries=("helm",),
    on_path=OnPath(ask=("version", "--short"), at_least=(3, 15), below=(4,)),
    builds=(
        GoBuild(
            module="helm",
            packages=("helm.sh/helm/v3/cmd/helm",),
            ldflags=f"-X helm.sh/helm/v3/internal/version.version=v{HELM_VERSION}",
        ),
    ),
    minutes=1.2,
)

K6 = Tool(
    name="k6",
    title=f"k6 {K6_VERSION}",
    version=K6_VERSION,
    binaries=("k6",),
    on_path=OnPath(ask=("version",), at_least=(1, 0), below=(2,)),
    builds=(GoBuild(module="k6", packages=("go.k6.io/k6",)),),
    minutes=1,
)

TRIVY = Tool(
    name="trivy",
    title=f"trivy {TRIVY_VERSION}",
    version=TRIVY_VERSION,
    binaries=("trivy",),
    on_path=OnPath(ask=("--version",), at_least=(0, 60), below=(1,)),
    builds=(
        GoBuild(
            module="trivy",
            packages=("github.com/aquasecurity/trivy/cmd/trivy",),
            ldflags=f"-X github.com/aquasecurity/trivy/pkg/version/app.ver={TRIVY_VERSION}",
        ),
    ),
    minutes=8,
)
