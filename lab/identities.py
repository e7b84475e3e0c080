"""Who is who in the lab: the certificate of each component, and the rights that its name is given."""

from __future__ import annotations

from typing import Any

from lab.layout import DOMAIN, LOOPBACK, NODE, Layout
from lab.pki import Leaf

CLUSTER = "cluster-ca"
ETCD = "etcd-ca"
DNS_USER = "lockgate-lab:dns"
API_TO_KUBELET = "lockgate-lab:apiserver"


def leaves(layout: Layout) -> tuple[Leaf, ...]:
    """Every certificate of the lab."""
    api_hosts = (
        LOOPBACK, layout.network.kubernetes_service, layout.network.gateway, "localhost",
        "kubernetes", "kubernetes.default", "kubernetes.default.svc", f"kubernetes.default.svc.{DOMAIN}",
    )  # fmt: skip

    def client(name: str, common_name: str, group: str = "") -> Leaf:
        return Leaf(name=name, authority=CLUSTER, common_name=common_name, group=group)

    def server(name: str, *hosts: str) -> Leaf:
        return Leaf(name=name, authority=CLUSTER, common_name=name, hosts=hosts, client=False)

    return (
        Leaf(name="etcd", authority=ETCD, common_name="etcd", hosts=(LOOPBACK,)),
        Leaf(name="etcd-client", authority=ETCD, common_name="kube-apiserver"),
        server("apiserver", *api_hosts),
        server("kubelet-server", layout.network.gateway, NODE),
        server("controllers-server", LOOPBACK),
        server("scheduler-server", LOOPBACK),
        client("apiserver-kubelet", API_TO_KUBELET),
        client("kubelet", f"system:node:{NODE}", "system:nodes"),
        client("controllers", "system:kube-controller-manager"),
        client("scheduler", "system:kube-scheduler"),
        client("proxy", "system:kube-proxy"),
        client("dns", DNS_USER),
        client("admin", "lockgate-lab:admin", "system:masters"),
    )


def rights() -> tuple[dict[str, Any], ...]:
    """RBAC objects for the two names that Kubernetes has no rights for by default."""
    read = ["list", "watch"]
    rules = [
        {"apiGroups": [""], "resources": ["services", "pods", "namespaces"], "verbs": read},
        {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": read},
    ]
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": DNS_USER},
        "rules": rules,
    }
    return role, _binding(DNS_USER, DNS_USER), _binding(API_TO_KUBELET, "system:kubelet-api-admin")


def _binding(user: str, role: str) -> dict[str, Any]:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": user},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}],
    }
