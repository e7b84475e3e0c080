"""GitHub workflows as typed values, and what a repository's rules derive from them.

The pipeline that comes with Lockgate is ``components.workflows.standard``.
"""

from components.workflows.checks import required_now
from components.workflows.jobs import Call, Concurrency, Environment, Job, Matrix, Service
from components.workflows.permissions import CHECKOUT, NONE, Grant, Permissions, reads, writes
from components.workflows.pins import PINS, Pin
from components.workflows.spec import DeploymentEnvironment, PipelineSpec
from components.workflows.steps import Run, Step, Use, checkout, local
from components.workflows.triggers import Dispatch, Input, PullRequest, Push, Schedule, Trigger, WorkflowCall, WorkflowRun
from components.workflows.values import ALWAYS, FAILURE, Expr, Text, Value, literal, secret
from components.workflows.workflow import Action, ActionInput, Workflow

__all__ = [
    "ALWAYS",
    "CHECKOUT",
    "FAILURE",
    "NONE",
    "PINS",
    "Action",
    "ActionInput",
    "Call",
    "Concurrency",
    "DeploymentEnvironment",
    "Dispatch",
    "Environment",
    "Expr",
    "Grant",
    "Input",
    "Job",
    "Matrix",
    "Permissions",
    "Pin",
    "PipelineSpec",
    "PullRequest",
    "Push",
    "Run",
    "Schedule",
    "Service",
    "Step",
    "Text",
    "Trigger",
    "Use",
    "Value",
    "Workflow",
    "WorkflowCall",
    "WorkflowRun",
    "checkout",
    "literal",
    "local",
    "reads",
    "required_now",
    "secret",
    "writes",
]
