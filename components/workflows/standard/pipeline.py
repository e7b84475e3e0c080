"""The pipeline that comes with Lockgate, and that of Lockgate's own repository."""

from __future__ import annotations

from components.workflows.spec import PipelineSpec
from components.workflows.standard.actions import actions
from components.workflows.standard.cd import cd
from components.workflows.standard.ci import ci
from components.workflows.standard.drift import drift
from components.workflows.standard.options import Commands, PipelineOptions
from components.workflows.standard.preview import preview
from components.workflows.standard.quality import quality
from components.workflows.standard.release import release
from components.workflows.standard.review import review
from components.workflows.standard.rollback import rollback
from components.workflows.standard.scan import scan
from components.workflows.standard.security import security
from components.workflows.standard.templates import templates

TEST = """
case "$TEST_KIND" in
  unit) make test-unit REPORTS=reports ;;
  all) sudo env "PATH=$PATH" make test REPORTS=reports ;;  # the lab needs root
esac
"""
DEBT = """
complex=$(.venv/bin/ruff check --exit-zero --quiet --select C901,PLR --output-format concise . | wc -l)
notes=$({ git grep -IwE 'TODO|FIXME|HACK|XXX' -- . ':!*.lock' || [ $? = 1 ]; } | wc -l)
counted=(--measure "complex_functions=$complex" --measure "notes=$notes")
.venv/bin/lockgate checks debt "${counted[@]}" --history "$DEBT_HISTORY" --remember
mkdir -p reports && cp "$DEBT_HISTORY" reports/
"""
OWN = PipelineOptions(
    commands=Commands(
        set_up="make venv",
        build=".venv/bin/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .",
        test=TEST,
        quality="make lint",
        debt=DEBT,
        release='gh release create "v$VERSION" dist/* --target "$REVISION" --title "$VERSION" --generate-notes',
        lockgate=".venv/bin/lockgate",
        review=".venv/bin/lockgate review prepare",
        checklist=".venv/bin/lockgate review checklist",
    ),
    integration_branches=(),
    tests=("unit", "all"),
    unit_test_timeout_minutes=15,
    test_timeout_minutes=90,
    e2e_test_enabled=False,
    performance_test_enabled=False,
    code_quality_enabled=False,
)


def standard(options: PipelineOptions) -> PipelineSpec:
    """The story's workflows, actions and templates, as ``options`` say. A user's own are added by ``extended``."""
    workflows = (ci(options), scan(options), cd(options), security(options), quality(options), release(options))
    more = (rollback(options), preview(options), drift(options), review(options))
    return PipelineSpec(
        workflows=tuple(one for one in (*workflows, *more) if one),
        actions=actions(options),
        templates=templates(options),
        environments=options.environments,
        review=options.review,
        default_branch=options.default_branch,
    )


def own() -> PipelineSpec:
    """What the files of this repository's ``.github`` are rendered from."""
    return standard(OWN)
