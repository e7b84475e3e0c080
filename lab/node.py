"""The configuration of the node's Kubernetes components, as their API objects."""

from __future__ import annotations

from typing import Any

from lab.identities import CLUSTER
from lab.layout import DOMAIN, LOOPBACK, NODE, Layout


def kubelet(layout: Layout) -> dict[str, Any]:
    authority = str(layout.pki / f"{CLUSTER}.crt")
    access = {
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": authority},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": str(layout.pki / "kubelet-server.crt"),
        "tlsPrivateKeyFile": str(layout.pki / "kubelet-server.key"),
        "address": layout.network.gateway,
        "port": layout.ports.kubelet,
        "readOnlyPort": 0,
        "healthzBindAddress": LOOPBACK,
        "healthzPort": layout.ports.kubelet_health,
    }
    host = {
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{layout.cgroup}",
        "failCgroupV1": False,
        "failSwapOn": False,
        "containerRuntimeEndpoint": f"unix://{layout.containerd_socket}",
        "podLogsDir": str(layout.pod_logs),
        "volumePluginDir": str(layout.kubelet / "volume-plugins"),
        "clusterDNS": [layout.network.gateway],
        "clusterDomain": DOMAIN,
        "evictionHard": {"nodefs.available": "1%", "imagefs.available": "1%"},
        "imageGCHighThresholdPercent": 100,
        "containerLogMaxSize": "5Mi",
        "containerLogMaxFiles": 2,
    }
    speed = {
        "serializeImagePulls": False,
        "registryPullQPS": 0,
        "kubeAPIQPS": 200,
        "kubeAPIBurst": 400,
        "eventRecordQPS": 0,
        "volumeStatsAggPeriod": "-1s",
        "nodeStatusUpdateFrequency": "5s",
    }
    kind = {"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration"}
    return kind | access | host | speed


def proxy(layout: Layout) -> dict[str, Any]:
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "iptables",
        "clientConnection": {"kubeconfig": str(layout.config / "proxy.kubeconfig"), "qps": 100, "burst": 200},
        "clusterCIDR": layout.network.pods,
        "hostnameOverride": NODE,
        "nodePortAddresses": ["127.0.0.0/8"],
        "healthzBindAddress": f"{LOOPBACK}:{layout.ports.proxy_health}",
        "metricsBindAddress": f"{LOOPBACK}:{layout.ports.proxy_metrics}",
        "iptables": {"localhostNodePorts": True, "minSyncPeriod": "50ms", "syncPeriod": "5m"},
        "conntrack": {
            "maxPerCore": 0,
            "min": None,
            "tcpCloseWaitTimeout": "0s",
            "tcpEstablishedTimeout": "0s",
        },
    }


def scheduler(layout: Layout) -> dict[str, Any]:
    return {
        "apiVersion": "kubescheduler.config.k8s.io/v1",
        "kind": "KubeSchedulerConfiguration",
        "clientConnection": {"kubeconfig": str(layout.config / "scheduler.kubeconfig"), "qps": 100, "burst": 200},
        "leaderElection": {"leaderElect": False},
        "podInitialBackoffSeconds": 1,
        "podMaxBackoffSeconds": 4,
    }
