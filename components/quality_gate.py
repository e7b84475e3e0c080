"""Quality gates on SonarQube."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi import ResourceOptions

from components.quality_gate_args import PULL_REQUESTS, QualityGateArgs
from infra.provider import resources

TOKEN = "SONAR_TOKEN"  # noqa: S105 - the name of the secret
PULL_REQUEST_TOKEN = "SONAR_PULL_REQUEST_TOKEN"  # noqa: S105
EVERYBODYS = frozenset({"codeviewer", "user"})
"""What everybody may do in a public project: SonarQube gives it to nobody there, and takes it from nobody."""


class QualityGate(pulumi.ComponentResource):
    """A project on SonarQube with its gate and permissions, and the token that analyses it, given to GitHub and to nobody else.

    ``token`` is a secret, and so is ``reader_token``, of ``args.reader``, None without one. The project stays when the component
    goes, with all its history. The provider of SonarQube comes from ``opts``, and GitHub's where ``args.repository`` is given.
    """

    project: pulumi.Output[str]
    gate: pulumi.Output[str]
    token: pulumi.Output[str]
    reader_token: pulumi.Output[str] | None = None

    def __init__(self, name: str, args: QualityGateArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("lockgate:index:QualityGate", name, None, opts)
        gate = resources.SonarGate(name, _gate(args), ResourceOptions(parent=self))
        readers = self._readers(name, args)
        project, token = self._project(name, args, args.project, gate, readers, TOKEN)
        if args.pull_requests:
            beside = f"{args.project}{PULL_REQUESTS}"
            self._project(f"{name}-pull-requests", args, beside, gate, readers, PULL_REQUEST_TOKEN)
        if args.webhook:
            hooked = ResourceOptions(parent=self, depends_on=[project])
            resources.SonarWebhook(name, _webhook(name, args, project), hooked)
        self.project, self.gate, self.token = project.key, gate.name, token.token
        if args.repository:
            self._variables(name, args)
        self.register_outputs({"project": self.project, "gate": self.gate, "token": self.token})

    def _readers(self, name: str, args: QualityGateArgs) -> list[pulumi.Resource]:
        """The user who may only browse, with a token."""
        if not args.reader:
            return []
        about = {"login": args.reader, "name": f"Reader of {args.project}", "adopt": args.adopt}
        user = resources.SonarUser(f"{name}-reader", about, ResourceOptions(parent=self))
        asked = {**_lifetime(f"{name} reader", args), "project": args.project, "login": user.login}
        self.reader_token = resources.SonarToken(f"{name}-reader", asked, ResourceOptions(parent=self)).token
        return [user]

    def _project(
        self,
        name: str,
        args: QualityGateArgs,
        key: str,
        gate: resources.SonarGate,
        readers: Sequence[pulumi.Resource],
        secret: str,
    ) -> tuple[resources.SonarProject, resources.SonarToken]:
        """A project that the gate judges, and the token that analyses it, which the repository has as ``secret``."""
        kept = ResourceOptions(parent=self, retain_on_delete=True)
        project = resources.SonarProject(name, _about(args, key), kept)
        inside = ResourceOptions(parent=self, depends_on=[project])
        judged = ResourceOptions.merge(inside, ResourceOptions(depends_on=[gate]))
        use = resources.SonarGateUse(name, {"project": project.key, "gate": gate.name}, judged)
        known = ResourceOptions.merge(inside, ResourceOptions(depends_on=[*readers]))
        resources.SonarPermissions(name, _permissions(args, project), known)
        token = resources.SonarToken(name, _token(name, args, project), inside)
        if args.repository:
            import pulumi_github as github

            # An analysis before the gate is there would be judged by another.
            after = ResourceOptions(parent=self, depends_on=[use])
            label = f"{name}-{secret}"
            github.ActionsSecret(label, repository=args.repository, secret_name=secret, value=token.token, opts=after)
        return project, token

    def _variables(self, name: str, args: QualityGateArgs) -> None:
        import pulumi_github as github

        opts, repository = ResourceOptions(parent=self), args.repository
        for key, value in (("SONAR_QUBE_URL", args.url), ("SONAR_PROJECT_KEY", self.project)):
            github.ActionsVariable(f"{name}-{key}", repository=repository, variable_name=key, value=value, opts=opts)


def _about(args: QualityGateArgs, key: str) -> dict[str, Any]:
    beside = "" if key == args.project else " (pull requests)"
    return {
        "key": key,
        "name": f"{args.name or args.project}{beside}",
        "visibility": args.visibility,
        "mainBranch": args.main_branch,
        "adopt": args.adopt,
    }


def _gate(args: QualityGateArgs) -> dict[str, Any]:
    conditions = {metric: {"op": operator, "error": limit} for metric, (operator, limit) in args.conditions.items()}
    return {"name": args.gate, "conditions": conditions, "adopt": args.adopt}


def _token(name: str, args: QualityGateArgs, project: resources.SonarProject) -> dict[str, Any]:
    return {**_lifetime(name, args), "project": project.key}


def _lifetime(name: str, args: QualityGateArgs) -> dict[str, Any]:
    return {"name": f"lockgate {name}", "days": args.token_days, "renewDays": args.renew_days}


def _webhook(name: str, args: QualityGateArgs, project: resources.SonarProject) -> dict[str, Any]:
    secret = pulumi.Output.secret(args.webhook_secret)
    return {"name": name, "project": project.key, "url": args.webhook, "secret": secret}


def _permissions(args: QualityGateArgs, project: resources.SonarProject) -> dict[str, Any]:
    everybodys = EVERYBODYS if args.visibility == "public" else frozenset()
    users = {**args.users, **({args.reader: ("user",)} if args.reader else {})}
    granted = {"groups": _besides(args.groups, everybodys), "users": _besides(users, everybodys)}
    return {"project": project.key, **granted}


def _besides(granted: Mapping[str, Sequence[str]], everybodys: frozenset[str]) -> dict[str, list[str]]:
    """In the order in which SonarQube's answers are kept; who would have none is left out, as there."""
    left = {who: sorted({*permissions} - everybodys) for who, permissions in granted.items()}
    return {who: permissions for who, permissions in left.items() if permissions}
