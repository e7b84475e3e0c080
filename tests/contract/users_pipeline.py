"""A user's own pipeline: ours, and a bit of all that can be added to it."""

from __future__ import annotations

from components.workflows import (
    CHECKOUT,
    Action,
    ActionInput,
    Call,
    Concurrency,
    Dispatch,
    Environment,
    Expr,
    Input,
    Job,
    Matrix,
    Pin,
    PipelineSpec,
    Run,
    Service,
    Use,
    Workflow,
    WorkflowCall,
    checkout,
    local,
    reads,
    secret,
)
from components.workflows.standard import PipelineOptions, standard

RIGHTS = CHECKOUT | reads("packages", "fetch the theme")
DATABASE = Service(image=f"postgres:17@sha256:{'a' * 64}", env={"POSTGRES_PASSWORD": "test"}, ports=("5432:5432",))
GREET = Action(
    name="greet",
    title="Greet",
    description="Greets somebody",
    inputs={"who": ActionInput(description="Whom to greet")},
    steps=(Run(name="Greet", script='echo "Hello, $WHO"', env={"WHO": Expr("inputs.who")}),),
)
LICENCES = Job(
    id="licences",
    name="Licences",
    permissions=CHECKOUT,
    required=True,
    formerly=("License check",),
    needs=("build",),
    matrix=Matrix({"language": ("python", "node")}),
    services={"database": DATABASE},
    outputs={"count": Expr("steps.count.outputs.count")},
    timeout_minutes=10,
    steps=(
        checkout(whole_history=True),
        Use(name="Set up Java", action=Pin("actions/setup-java", "b" * 40, "v5.0.0"), inputs={"distribution": "temurin"}),
        local("greet", "Greet", who=Expr("github.event.pull_request.title")),
        Run(name="Count", id="count", script='echo "count=$KIND" >> "$GITHUB_OUTPUT"', env={"KIND": Expr("matrix.language")}),
    ),
)
PUBLISH_SITE = Workflow(
    file="publish-site",
    name="Publish the site",
    on=(WorkflowCall(inputs={"environment": Input(description="Where", required=True)}, secrets=("SITE_TOKEN",)),),
    concurrency=Concurrency(group="publish-" + Expr("github.run_id")),
    jobs=(
        Job(
            id="site",
            name="Site",
            permissions=RIGHTS,
            environment=Environment(name=Expr("inputs.environment")),
            timeout_minutes=10,
            steps=(checkout(), Run(name="Publish", script="make site", env={"TOKEN": secret("SITE_TOKEN")})),
        ),
    ),
)
SITE = Workflow(
    file="site",
    name="Site",
    on=(Dispatch(),),
    concurrency=Concurrency(group="site"),
    jobs=(
        Call(
            id="publish",
            name="Publish",
            permissions=RIGHTS,
            workflow="publish-site",
            inputs={"environment": "staging"},
            secrets={"SITE_TOKEN": secret("SITE_TOKEN")},
        ),
    ),
)


def extended() -> PipelineSpec:
    """A job in our ci, a workflow that is called, one that calls it, an action, and runners of their own."""
    options = PipelineOptions(runner_label="lockgate-runners")
    return standard(options).extended(jobs={"ci": (LICENCES,)}, workflows=(PUBLISH_SITE, SITE), actions=(GREET,))
