"""A repository of one's own, with its environments and the rules of its branches; of Lockgate it has three components."""

import pulumi

from components import BranchRules, BranchRulesArgs, EnvironmentArgs, Environments, EnvironmentsArgs, Repository, RepositoryArgs

config = pulumi.Config()
bakery = Repository(
    "bakery",
    RepositoryArgs(name=config.require("repository"), deletion=config.require("deletion"), topics=["bread", "cake"]),
)
live = EnvironmentArgs(
    name="live",
    teams=[config.require("approvers")],
    wait_minutes=10,
    secrets={"API_KEY": config.require_secret("apiKey")},
    variables={"OVENS": "3"},
)
environments = Environments(
    "bakery", EnvironmentsArgs(repository=bakery.name, environments=[EnvironmentArgs(name="tasting", branches=["*"]), live])
)
BranchRules("bakery", BranchRulesArgs(repository=bakery.name, required_checks=["Bake"]))
pulumi.export("url", bakery.url)
pulumi.export("live", environments.names["live"])
