"""Runners of one's own, for jobs that must not leave the house."""

from __future__ import annotations

import pulumi
import pulumi_github as github
from pulumi import ResourceOptions
from pulumi_kubernetes.helm.v3 import Release

from components import runner_objects as objects
from components.kubernetes import Object
from components.runners_args import GitHubAppArgs, RunnerScaleSetArgs


class RunnerScaleSet(pulumi.ComponentResource):
    """actions-runner-controller on a cluster, and the runner group on GitHub that says which workflows may use its runners.

    ``label`` is what a job's ``runs-on`` names, ``group_id`` the runner group's id. Two providers come from ``opts``: GitHub's,
    whose owner must be the organization, and Kubernetes'.
    """

    label: pulumi.Output[str]
    group_id: pulumi.Output[str]

    def __init__(self, name: str, args: RunnerScaleSetArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("lockgate:index:RunnerScaleSet", name, None, opts)
        made = group(self, name, args)
        before, secret = self._foundation(name, args)
        controller, account = self._controller(name, args, before)
        values = objects.scale_set_values(args, made.name, secret, account)
        chart = self._chart(name, "gha-runner-scale-set", args.label, args.namespace, values, [*before, *controller])
        self.label = chart.name.apply(lambda _: args.label)
        self.group_id = made.id
        self.register_outputs({"label": self.label, "groupId": self.group_id})

    def _foundation(self, name: str, args: RunnerScaleSetArgs) -> tuple[list[pulumi.Resource], str]:
        """What must be there before the charts, and the name of the Secret with the App."""
        before: list[pulumi.Resource] = []
        if args.create_namespace:
            before.append(Object(f"{name}-namespace", objects.namespace(args.namespace), ResourceOptions(parent=self)))
        inside = ResourceOptions(parent=self, depends_on=list(before))
        before.append(Object(f"{name}-no-ingress", objects.silence(args.namespace), inside))
        if not isinstance(args.app, GitHubAppArgs):
            return before, args.app
        secret = f"{args.label}-github-app"
        before.append(Object(f"{name}-app", objects.app_secret(secret, args.namespace, args.app), inside))
        return before, secret

    def _controller(
        self, name: str, args: RunnerScaleSetArgs, before: list[pulumi.Resource]
    ) -> tuple[list[pulumi.Resource], tuple[str, str]]:
        """The controller, and its service account with the namespace first."""
        if args.controller is not None:
            return [], (args.controller.namespace, args.controller.service_account)
        where, account = f"{args.namespace}-controller", f"{args.label}-controller"
        space = Object(f"{name}-controller-namespace", objects.namespace(where), ResourceOptions(parent=self))
        values = objects.controller_values(args.namespace, account)
        chart = self._chart(
            f"{name}-controller", "gha-runner-scale-set-controller", account, where, values, [space, *before]
        )
        return [chart], (where, account)

    def _chart(
        self, name: str, chart: str, release: str, namespace: str, values: objects.Manifest, before: list[pulumi.Resource]
    ) -> Release:
        return Release(
            name,
            chart=f"{objects.CHARTS}/{chart}",
            version=objects.VERSION,
            name=release,
            namespace=namespace,
            values=values,
            atomic=True,
            opts=ResourceOptions(parent=self, depends_on=before),
        )


def group(parent: pulumi.Resource | None, name: str, args: RunnerScaleSetArgs) -> github.ActionsRunnerGroup:
    """The runner group, which says who may use the runners."""
    return github.ActionsRunnerGroup(
        name,
        name=args.label,
        visibility="selected",
        selected_repository_ids=list(args.repository_ids),
        allows_public_repositories=False,
        restricted_to_workflows=True,
        selected_workflows=list(args.workflows),
        opts=ResourceOptions(parent=parent),
    )
