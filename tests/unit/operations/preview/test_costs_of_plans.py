"""What a plan changes in reservations and cost; what is not known is never said to be nothing."""

from __future__ import annotations

import pytest
from reports import DEPLOYMENT, change, deployment

from infra.plan import Change, Plan
from operations.preview import words
from operations.preview.cost import Cost, Rates, cost

RATES = Rates(cpu=20.0, memory=4.0)


def of(*changes: Change, rates: Rates = RATES) -> Cost:
    return cost(Plan(stack="prod", changes=changes), rates)


def test_a_new_slot_costs_its_replicas_and_a_deleted_one_gives_them_back() -> None:
    made = change("create", kind=DEPLOYMENT, new=deployment("web", replicas=4, cpu="500m", memory="512Mi"))
    assert of(made) == Cost(cpu=2.0, memory=2.0, month=48.0)
    gone = change("delete", kind=DEPLOYMENT, old=made.new)
    assert of(gone) == Cost(cpu=-2.0, memory=-2.0, month=-48.0)
    assert of(made, gone) == Cost()


def test_an_update_costs_the_difference() -> None:
    one = change("update", kind=DEPLOYMENT, old=deployment("web", replicas=2), new=deployment("web", replicas=3))
    assert (of(one).cpu, of(one).memory) == (0.025, 0.0625)


@pytest.mark.parametrize(
    ("quantity", "gib"),
    [("1Gi", 1.0), ("1024Mi", 1.0), ("1073741824", 1.0), ("1G", 0.931323), ("1e9", 0.931323), ("2Ti", 2048.0)],
)
def test_quantities_are_kubernetes_own(quantity: str, gib: float) -> None:
    assert of(change("create", kind=DEPLOYMENT, new=deployment("web", memory=quantity))).memory == gib


@pytest.mark.parametrize(
    "values", [deployment("web", cpu="much"), {"spec": {"template": {"spec": {"containers": [{}]}}}}, {"spec": None}]
)
def test_a_workload_that_does_not_say_what_it_reserves_is_unknown(values: dict[str, object]) -> None:
    found = of(change("create", kind=DEPLOYMENT, new=values))
    assert (found.month, found.unknown) == (None, (DEPLOYMENT,))


def test_a_limit_counts_where_no_request_is() -> None:
    """So does Kubernetes."""
    container = {"resources": {"limits": {"cpu": "1", "memory": "1Gi"}}}
    found = of(change("create", kind=DEPLOYMENT, new={"spec": {"template": {"spec": {"containers": [container]}}}}))
    assert (found.cpu, found.memory) == (1.0, 1.0)


def test_without_rates_the_cost_is_unknown_and_not_nothing() -> None:
    made = change("create", kind=DEPLOYMENT, new=deployment("web"))
    found = of(made, rates=Rates())
    assert found.month is None
    assert words.money(found) == "+0.025 vCPU and +64 MiB reserved; what a month costs is unknown"
    assert of(made, rates=Rates(cpu=20.0)).month is None


def test_a_kind_of_which_nothing_is_known_is_named() -> None:
    found = of(change("create", kind="aws:rds/instance:Instance"), change("create", kind=DEPLOYMENT, new=deployment("web")))
    assert found.unknown == ("aws:rds/instance:Instance",)
    assert words.money(found) == "+0.025 vCPU and +64 MiB reserved; what `Instance` costs is unknown"


@pytest.mark.parametrize(
    "kind",
    ["kubernetes:core/v1:ConfigMap", "github:index/repository:Repository", "lockgate:index:Cutover", "pulumi:pulumi:Stack"],
)
def test_what_costs_nothing_by_being_there_is_not_mentioned(kind: str) -> None:
    assert words.money(of(change("create", kind=kind))) == ""


def test_a_load_balancer_costs_something_and_another_service_nothing() -> None:
    kind = "kubernetes:core/v1:Service"
    assert of(change("create", kind=kind, new={"spec": {"type": "LoadBalancer"}})).unknown == (kind,)
    assert of(change("create", kind=kind, new={"spec": {"type": "NodePort"}})) == Cost()


def test_money_is_said_with_its_sign() -> None:
    assert words.money(Cost(cpu=-1.5, memory=-2.0, month=-38.0)) == "-1.5 vCPU and -2 GiB reserved: -38.00 a month"
