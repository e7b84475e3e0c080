"""Every tool that Lockgate runs, pinned. Data only: what acts on it is in the other modules of this package.

The tools stand in the order in which they are built: the one with the smallest download first, so that the modules of
the others arrive while it compiles.
"""

from __future__ import annotations

from collections.abc import Mapping

from toolchain.extras import ACTIONLINT, COSIGN, GITLEAKS, HELM, K6, TRIVY
from toolchain.model import Archive, GoBuild, ModuleFiles, OnPath, Tool, Vendor
from toolchain.packages import PACKAGES
from toolchain.providers import GITHUB_PROVIDER, KUBERNETES_PROVIDER

GO_AT_LEAST = (1, 26)

CRANE_VERSION = "0.20.6"
PULUMI_VERSION = "3.259.0"
KUBERNETES_VERSION = "1.34.3"
COREDNS_VERSION = "1.14.1"

_COMPONENT = "k8s.io/component-base/version"
_KUBERNETES_LDFLAGS = f"-X {_COMPONENT}.gitVersion=v{KUBERNETES_VERSION} -X {_COMPONENT}.gitMajor=1 -X {_COMPONENT}.gitMinor=34"
_KUBERNETES_BINARIES = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy")
_PULUMI_SDK = "github.com/pulumi/pulumi/sdk/v3"
_CRANE = "github.com/google/go-containerregistry/cmd/crane"

_CRANE_RELEASES = f"https://github.com/google/go-containerregistry/releases/download/v{CRANE_VERSION}"
_PULUMI_RELEASES = "https://get.pulumi.com/releases/sdk"
_KUBERNETES_RELEASES = f"https://dl.k8s.io/v{KUBERNETES_VERSION}"


def _archives(file: str, **released: tuple[str, str]) -> Mapping[str, Archive]:
    return {machine: Archive(url=file.format(word), digest=digest) for machine, (word, digest) in released.items()}


CRANE = Tool(
    name="crane",
    title=f"crane {CRANE_VERSION}",
    version=CRANE_VERSION,
    binaries=("crane",),
    on_path=OnPath(ask=("version",), at_least=(0, 19), below=(1,)),
    vendor=Vendor(
        version=CRANE_VERSION,
        archives=_archives(
            f"{_CRANE_RELEASES}/go-containerregistry_Linux_{{}}.tar.gz",
            amd64=("x86_64", "sha256:c1d593d01551f2c9a3df5ca0a0be4385a839bd9b86d4a76e18d7b17d16559127"),
            arm64=("arm64", "sha256:fc0515857bc38e4ddd2d37a5ab03fb5959449c7b2d4ad759bcc1174ac0cad91b"),
        ),
    ),
    builds=(GoBuild(module="crane", packages=(_CRANE,), ldflags=f"-X {_CRANE}/cmd.Version={CRANE_VERSION}"),),
    minutes=0.3,
)

PULUMI_CLI = Tool(
    name="pulumi",
    title=f"Pulumi {PULUMI_VERSION}",
    version=PULUMI_VERSION,
    binaries=(
        "pulumi",
        "pulumi-language-python",
        "pulumi-language-python-exec",
        "pulumi-resource-pulumi-python",
    ),
    on_path=OnPath(ask=("version",), at_least=(3, 238), below=(4,)),
    vendor=Vendor(
        version="3.255.0",
        folder="pulumi/",
        archives=_archives(
            f"{_PULUMI_RELEASES}/pulumi-v3.255.0-linux-{{}}.tar.gz",
            amd64=("x64", "sha256:cf559568e2c32f7fae56ea3de8ae5fa48973ba8c5aa9dd2b3dc0c8898fe50dba"),
            arm64=("arm64", "sha256:699fbc6ea848d997e9b3645487f108d27b1b55ec807c7576406131e6e080f0e3"),
        ),
    ),
    builds=(
        GoBuild(
            module="pulumi-language-python",
            packages=(f"{_PULUMI_SDK}/python/cmd/pulumi-language-python",),
            beside=ModuleFiles(
                module=_PULUMI_SDK,
                files=("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python"),
            ),
        ),
        GoBuild(
            module="pulumi",
            packages=("github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",),
            ldflags=f"-X {_PULUMI_SDK}/go/common/version.Version=v{PULUMI_VERSION}",
        ),
    ),
    minutes=4,
)

KUBERNETES = Tool(
    name="kubernetes",
    title=f"Kubernetes {KUBERNETES_VERSION}",
    version=KUBERNETES_VERSION,
    binaries=_KUBERNETES_BINARIES,
    on_path=OnPath(ask=("--version",), at_least=(1, 34), below=(1, 35)),
    vendor=Vendor(
        version=KUBERNETES_VERSION,
        folder="kubernetes/server/bin/",
        archives=_archives(
            f"{_KUBERNETES_RELEASES}/kubernetes-server-linux-{{}}.tar.gz",
            amd64=(
                "amd64",
                "sha512:6dacc62cf3def4873c680bd308fa88eb0ee857e4ca4e19723921172f7e6d4f7f"
                "774ea7742d59fa051807856896affb4fe86e55fc2612e2c3f729e5e10cde3200",
            ),
            arm64=(
                "arm64",
                "sha512:788e89509219b22e08ec436bc4ba39ccf47237b78253bdb26b1d2287c22d2eda"
                "bacb8f2102d657fd259e3c7d2d2b671ba33ca60383beabd480873bcc30773d7b",
            ),
        ),
    ),
    builds=(
        GoBuild(
            module="kubernetes",
            packages=tuple(f"k8s.io/kubernetes/cmd/{name}" for name in _KUBERNETES_BINARIES),
            ldflags=_KUBERNETES_LDFLAGS,
        ),
    ),
    minutes=4,
)

KUBECTL = Tool(
    name="kubectl",
    title=f"kubectl {KUBERNETES_VERSION}",
    version=KUBERNETES_VERSION,
    binaries=("kubectl",),
    on_path=OnPath(ask=("version", "--client"), at_least=(1, 33), below=(1, 36)),
    vendor=Vendor(
        version=KUBERNETES_VERSION,
        folder="kubernetes/client/bin/",
        archives=_archives(
            f"{_KUBERNETES_RELEASES}/kubernetes-client-linux-{{}}.tar.gz",
            amd64=(
                "amd64",
                "sha512:7cbec147966596b1d07e42d4d2c2ca286fb135ab6352c55d1e0884c1a7f3bb5f"
                "c37ff98224fca1221d6a317835fef06c249f3aa57072f0d55b33fe68eb94b815",
            ),
            arm64=(
                "arm64",
                "sha512:02ebf150cfa3d69e0143e6efbe131c84c514de55c5baf3e0422fd6b24b9a8289"
                "f9fb1c1d409852ccca3105fcbb481a4717289535e95904449268a99773d2ead5",
            ),
        ),
    ),
    builds=(GoBuild(module="kubernetes", packages=("k8s.io/kubernetes/cmd/kubectl",), ldflags=_KUBERNETES_LDFLAGS),),
    minutes=0.4,
)

COREDNS = Tool(
    name="coredns",
    title=f"CoreDNS {COREDNS_VERSION}",
    version=COREDNS_VERSION,
    binaries=("coredns",),
    on_path=OnPath(ask=("-version",), at_least=(1, 11), below=(2,)),
    builds=(GoBuild(module="coredns", packages=("github.com/coredns/coredns",)),),
    minutes=2,
)

TOOLS: tuple[Tool, ...] = (
    *(CRANE, ACTIONLINT, PULUMI_CLI, KUBERNETES, KUBECTL, COREDNS, COSIGN, GITLEAKS, HELM, K6, TRIVY),
    *(GITHUB_PROVIDER, KUBERNETES_PROVIDER),
)


PULUMI: tuple[str, ...] = (
    "pulumi",
    "pulumi-language-python",
    "pulumi-resource-kubernetes",
    "pulumi-resource-github",
    "crane",
    "kubectl",
)
LAB: tuple[str, ...] = (
    *KUBERNETES.binaries,
    "coredns",
    "crane",
    "kubectl",
    *(binary for package in PACKAGES for binary in package.binaries),
    "node",
    "github-modules",
)
ON_DEMAND: tuple[str, ...] = ("java", "sonar-scanner")
"""Got when an analysis first asks for them."""
