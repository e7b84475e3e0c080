"""The rule on what holds something that no update brings back."""

from __future__ import annotations

from collections.abc import Iterator

from infra.plan import Change
from policy.examples import change, plan
from policy.model import Case, Hit, Rule

LEDGER = "the ledger of all releases, without which the next update takes the service for a new one"
DATA = "the data in it"
STATEFUL = {
    "kubernetes:core/v1:Namespace": "everything in it",
    "kubernetes:core/v1:PersistentVolume": DATA,
    "kubernetes:core/v1:PersistentVolumeClaim": DATA,
    "kubernetes:apps/v1:StatefulSet": "its pods, and the claim on their volumes",
    "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition": "every object of that kind",
    "lockgate:index:Cutover": LEDGER,
    "lockgate:index:Rollout": LEDGER,
    "github:index/repository:Repository": "its code, issues and pull requests",
    "github:index/repositoryEnvironment:RepositoryEnvironment": "its secrets, and the history of its deployments",
    "aws:dynamodb/table:Table": DATA,
    "aws:ebs/volume:Volume": DATA,
    "aws:ecr/repository:Repository": "the images that releases go back to",
    "aws:efs/fileSystem:FileSystem": DATA,
    "aws:elasticache/replicationGroup:ReplicationGroup": DATA,
    "aws:kms/key:Key": "the way to read what it encrypts, state backends too",
    "aws:opensearch/domain:Domain": DATA,
    "aws:rds/cluster:Cluster": DATA,
    "aws:rds/instance:Instance": DATA,
    "aws:s3/bucket:Bucket": DATA,
    "aws:s3/bucketV2:BucketV2": DATA,
    "aws:secretsmanager/secret:Secret": "its value",
}
"""What is lost with a resource of each type."""

NAMESPACE = {"metadata": {"name": "web", "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}}


def _lost(case: Case) -> Iterator[Hit]:
    for one in case.plan.changes:
        if one.type in STATEFUL and one.operation in ("delete", "replace") and not {one.urn, one.name} & set(case.words):
            yield Hit(
                change=one,
                message=f"{_how(one)}; lost is {STATEFUL[one.type]}",
                remedy=f"keep it, or say that it may go with --allow-delete {one.name}",
            )


def _how(one: Change) -> str:
    if one.operation == "delete":
        return "would be deleted"
    reasons = f", since {', '.join(one.replaced_by)} changes" if one.replaced_by else ""
    return f"would be replaced{reasons}"


RULES = (
    Rule(
        name="stateful-deletion",
        severity="deny",
        why="A later update makes the resource again, but not what was in it. Whoever means it says so with --allow-delete.",
        check=_lost,
        good=plan(change("kubernetes:core/v1:Namespace", "web", NAMESPACE, "same", old=NAMESPACE)),
        bad=plan(change("kubernetes:core/v1:Namespace", "web", None, "delete", old=NAMESPACE)),
    ),
)
