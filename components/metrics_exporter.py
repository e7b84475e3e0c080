"""The exporter of the pipeline's metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi import ResourceOptions
from pydantic import SecretStr

from components.kubernetes import Object
from components.monitoring.manifests import Server
from components.monitoring.server import register
from components.objects import Manifest, secret_name
from components.runners_args import GitHubAppArgs

PORT = 9469
TOKEN, SONAR_TOKEN = "GITHUB_TOKEN", "SONAR_TOKEN"
APP_ID, APP_INSTALLATION, APP_KEY = "GITHUB_APP_ID", "GITHUB_APP_INSTALLATION_ID", "GITHUB_APP_PEM_FILE"
DATA = "/var/lib/lockgate"
SecretValue = SecretStr | pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class MetricsExporterArgs:
    """``image`` runs ``lockgate`` (docs/monitoring.md says how to make one), by digest; ``namespace`` is there already.

    It collects the runs of ``repositories`` (OWNER/NAME) from ``github_url`` with ``github_token``, or as ``github_app``, which
    may read Actions and contents; and the ledgers that stacks publish in the namespace ``ledgers``, where it may list ConfigMaps
    and nothing else. The gates of ``sonar_projects`` come from the SonarQube at ``sonar_url`` with ``sonar_token``, of a user who
    may browse them.
    ``rates`` are prices of a runner's minute by label. What was collected lies on a disk of the size ``storage``, or goes with
    the pod where that is "": then the next one collects the last ``days`` again. ``callers`` are names of servers in the
    namespace that may ask it.
    """

    image: str
    namespace: str
    repositories: Sequence[str] = ()
    github_url: str = "https://github.com"
    github_token: SecretStr | None = None
    github_app: GitHubAppArgs | None = None
    ledgers: str = ""
    sonar_url: str = ""
    sonar_projects: Sequence[str] = ()
    sonar_token: SecretValue | None = None
    rates: Mapping[str, float] = field(default_factory=dict)
    interval_seconds: float = 60
    days: int = 90
    storage: str = ""
    callers: Sequence[str] = ("prometheus",)

    def __post_init__(self) -> None:
        if not self.repositories and not self.ledgers and not self.sonar_projects:
            raise ValueError("repositories, ledgers, sonar_projects = (): there is nothing to collect; give one of them")
        if self.sonar_projects and (not self.sonar_url or self.sonar_token is None):
            raise ValueError("sonar_projects: need sonar_url and a sonar_token of a user who may browse them; give both")
        if self.repositories and self.github_token is None and self.github_app is None:
            raise ValueError("github_token, github_app = None: runs of repositories need one that may read Actions and contents")


class MetricsExporter(pulumi.ComponentResource):
    """``lockgate exporter`` with an identity of its own. ``address`` is HOST:PORT, where Prometheus finds it."""

    address: pulumi.Output[str]

    def __init__(self, name: str, args: MetricsExporterArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("lockgate:index:MetricsExporter", name, None, opts)
        inside = ResourceOptions(parent=self)
        secrets = {key: Secret.of(name, key, value) for key, value in _tokens(args).items()}
        server = exporter(name, args, {key: one.name for key, one in secrets.items()})
        before = [Object(f"{name}-ledgers", manifest, inside) for manifest in rights(server, args.ledgers)]
        for key, one in secrets.items():
            manifest = {**server.head("v1", "Secret"), "stringData": pulumi.Output.secret({key: one.value}), "immutable": True}
            manifest["metadata"]["name"] = one.name
            before.append(Object(f"{name}-{_word(key)}", manifest, inside))
        made = register(self, server, before)
        self.address = made.urn.apply(lambda _: server.address)
        self.register_outputs({"address": self.address})


@dataclass(frozen=True)
class Secret:
    """A value, and the name of the Secret that holds it: by its content, so that another value is another pod."""

    name: pulumi.Input[str]
    value: pulumi.Output[str]

    @classmethod
    def of(cls, server: str, key: str, value: SecretValue) -> Secret:
        prefix = f"{server}-{_word(key)}"
        if isinstance(value, SecretStr):
            return cls(secret_name(prefix, {key: value}), pulumi.Output.secret(value.get_secret_value()))
        # A hash of a secret is none, and the engine may show it.
        made = pulumi.Output.from_input(value).apply(lambda text: secret_name(prefix, {key: SecretStr(text)}))
        return cls(pulumi.Output.unsecret(made), pulumi.Output.secret(value))


def _word(key: str) -> str:
    """``github`` or ``sonar``: a Secret is named by whose it is."""
    return key.partition("_")[0].lower()


def _tokens(args: MetricsExporterArgs) -> dict[str, SecretValue]:
    key = args.github_app.private_key if args.github_app else None
    found = ((TOKEN, args.github_token), (APP_KEY, key), (SONAR_TOKEN, args.sonar_token))
    return {name: value for name, value in found if value is not None}


def exporter(name: str, args: MetricsExporterArgs, secrets: Mapping[str, pulumi.Input[str]]) -> Server:
    """The server; ``secrets`` are the names of the Secrets with its variables. Pure."""
    said = [f"--repository={one}" for one in args.repositories] + [f"--rate={label}={rate}" for label, rate in args.rates.items()]
    ledgers = [f"--ledgers={args.ledgers}"] if args.ledgers else []
    gates = [f"--sonar={args.sonar_url}"] * bool(args.sonar_projects) + [f"--sonar-project={one}" for one in args.sonar_projects]
    return Server(
        name=name,
        namespace=args.namespace,
        image=args.image,
        port=PORT,
        arguments=[
            *("exporter", "serve", f"--listen=0.0.0.0:{PORT}", f"--store={DATA}/history.db", f"--github={args.github_url}"),
            *(f"--interval={args.interval_seconds}", f"--days={args.days}", *said, *ledgers, *gates),
        ],
        alive="/healthz",
        # What is known is worth serving while the first collection, of months, goes on.
        ready="/healthz",
        data=DATA,
        environment=secrets,
        variables={APP_ID: args.github_app.app_id, APP_INSTALLATION: args.github_app.installation_id} if args.github_app else {},
        storage=args.storage,
        callers=args.callers,
        token=bool(args.ledgers),
    )


def rights(server: Server, namespace: str) -> list[Manifest]:
    """To read the ledgers in ``namespace``, and nothing else; none where there is none."""
    if not namespace:
        return []
    group = "rbac.authorization.k8s.io"
    name = f"{server.namespace}-{server.name}-ledgers"
    metadata = {**server.head("", "")["metadata"], "name": name, "namespace": namespace}
    subject = {"kind": "ServiceAccount", "name": server.name, "namespace": server.namespace}
    rules = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]}]
    role = {"apiVersion": f"{group}/v1", "kind": "Role", "metadata": metadata, "rules": rules}
    reference = {"apiGroup": group, "kind": "Role", "name": name}
    binding = {**role, "kind": "RoleBinding", "roleRef": reference, "subjects": [subject]}
    del binding["rules"]
    return [role, binding]
