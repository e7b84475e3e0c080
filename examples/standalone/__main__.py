"""A program of one's own: a release is the value of ``image``, and one ``pulumi up`` does the rest."""

import pulumi
import pulumi_kubernetes as kubernetes

from components import BlueGreenService, BlueGreenServiceArgs

config = pulumi.Config()
cluster = kubernetes.Provider("cluster", context=config.require("kubeContext"))
shop = BlueGreenService(
    "shop",
    BlueGreenServiceArgs(
        image=config.require("image"),
        version=config.require("version"),
        namespace=config.require("namespace"),
        node_port=config.require_int("nodePort"),
        kube_context=config.require("kubeContext"),
        port=9898,
        config={"PODINFO_UI_MESSAGE": "hello from the shop"},
        bake_seconds=3,
    ),
    pulumi.ResourceOptions(providers=[cluster]),
)
pulumi.export("live", shop.ledger["live"])
