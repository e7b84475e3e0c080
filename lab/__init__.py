"""A real one-node Kubernetes with a registry and a GitHub stand-in, on this machine and on 127.0.0.1 only.

``up`` starts or repairs it, ``down`` takes it away and keeps its data, ``clean`` removes that too.
"""

from lab.baseimage import ensure_base_image
from lab.lifecycle import clean, down, github_token, github_url, kubeconfig, status, up
from lab.monitoringimages import ensure_monitoring_images
from lab.prerequisites import Missing, check
from lab.report import ProcessStatus, Status
from lab.samples import ensure_images
from lab.sonarimages import ensure_sonar_images

__all__ = [
    "Missing",
    "ProcessStatus",
    "Status",
    "check",
    "clean",
    "down",
    "ensure_base_image",
    "ensure_images",
    "ensure_monitoring_images",
    "ensure_sonar_images",
    "github_token",
    "github_url",
    "kubeconfig",
    "status",
    "up",
]
