#!/usr/bin/env bash
# Checks the quality of a service's code.
#
# Usage: quality-check.sh [--dry-run] [check|sonarqube|debt|review|checklist|coverage-base]
#
#   check          (default) linters and formats, then the coverage in reports/ against the minimum and the base
#                  LINTING_ENFORCEMENT (true), CODE_COVERAGE_REQUIRED (true): with false, only reported
#                  TEST_COVERAGE_THRESHOLD (80), COVERAGE_MAX_DROP (2)
#   sonarqube      analyses the service on SonarQube, with the coverage in reports/ (without any, of its unit tests, which then
#                  run first), and waits for the quality gate; SONAR_QUBE_URL, SONAR_PROJECT_KEY, SONAR_TOKEN
#                  For a pull request: PULL_REQUEST (its number: it gets one comment, by GITHUB_TOKEN), RUN_URL, GITHUB_BASE_REF,
#                  and SONAR_PULL_REQUEST_TOKEN, where the server is of the Community Edition
#   debt           counts TODO and FIXME, and functions that are too complex, asks SonarQube where SONAR_QUBE_URL,
#                  SONAR_PROJECT_KEY and SONAR_TOKEN say, and shows how that goes, in reports/debt.md too; never says no
#                  DEBT_HISTORY (a file of earlier commits; a workflow's commit is added to it), DEBT_MAX_GROWTH (10 percent)
#   review         labels a pull request by path and size, and asks its owners; PULL_REQUEST (its number), GITHUB_TOKEN
#   checklist      whether the boxes in its text are ticked; PULL_REQUEST, GITHUB_TOKEN
#   coverage-base  makes the coverage in reports/ the base: writes .coverage-base, for a commit to the default branch
#
# Works in $LOCKGATE_SERVICE, else in the current folder. Exit codes: 0 good, 1 not, 2 called wrongly.
set -euo pipefail
# shellcheck source=scripts/utils/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../utils/common.sh"
# shellcheck source=scripts/utils/service.sh
source "$LOCKGATE_HOME/scripts/utils/service.sh"

failed=()

# Runs a linter by name; one that finds something keeps no other from running.
lint() {
  local name=$1
  shift
  say "== $name"
  run "$@" || failed+=("$name")
}

linters() {
  local python
  if has_python; then
    python=$(service_python)
    if "$python" -c 'import ruff' 2>/dev/null; then
      lint "ruff check" "$python" -m ruff check .
      lint "ruff format" "$python" -m ruff format --check --quiet .
    else
      skip "ruff: not among the service's packages"
    fi
  fi
  if has_script lint; then
    run node_modules
    lint "npm run lint" npm run --silent lint
  else
    skip "node: package.json has no script lint"
  fi
  if [ ${#failed[@]} -eq 0 ]; then return; fi
  if is_on LINTING_ENFORCEMENT true; then fail "lint: ${failed[*]} found something; mend it"; fi
  say "reported only: lint: ${failed[*]} found something"
}

coverage() {
  local more=("$@")
  if ! is_on CODE_COVERAGE_REQUIRED true; then more+=(--report-only); fi
  run lockgate checks coverage reports --minimum "${TEST_COVERAGE_THRESHOLD:-80}" --drop "${COVERAGE_MAX_DROP:-2}" "${more[@]}"
}

sonarqube() {
  local given=()
  need SONAR_QUBE_URL SONAR_PROJECT_KEY SONAR_TOKEN
  if [ ! -f reports/coverage.xml ] && [ ! -f reports/web/lcov.info ]; then run "$LOCKGATE_HOME/scripts/ci/test.sh" unit; fi
  if [ -n "${PULL_REQUEST:-}" ] && [ -n "${GITHUB_TOKEN:-}" ]; then given+=(--comment "$PULL_REQUEST" --url "${RUN_URL:-}"); fi
  if [ "$DRY_RUN" = false ]; then given+=(--scanner "$(tool sonar-scanner)"); fi
  run lockgate checks sonar --folder "$(git rev-parse --show-prefix 2>/dev/null || true)" "${given[@]}"
}

debt() {
  local python complex notes given=(--limit "${DEBT_MAX_GROWTH:-10}")
  run mkdir -p reports
  notes=$({ git grep -IwE 'TODO|FIXME|HACK|XXX' -- . ':!*.lock' ':!package-lock.json' || [ $? = 1 ]; } | wc -l)
  given+=(--measure "notes=$notes")
  if has_python; then
    python=$(service_python)
    complex=$("$python" -m ruff check --exit-zero --select C901,PLR --quiet --output-format concise . | wc -l)
    given+=(--measure "complex_functions=$complex")
  fi
  if [ -n "${DEBT_HISTORY:-}" ]; then given+=(--history "$DEBT_HISTORY"); fi
  if [ -n "${DEBT_HISTORY:-}" ] && [ -n "${GITHUB_SHA:-}" ]; then given+=(--remember); fi
  run lockgate checks debt "${given[@]}" | run tee reports/debt.md
  if [ -f "${DEBT_HISTORY:-}" ]; then run cp "$DEBT_HISTORY" reports/debt-history.json; fi
}

options "$@"
[ ${#ARGUMENTS[@]} -le 1 ] || misused "${ARGUMENTS[1]}: one argument too many"
enter_service
prepared
case ${ARGUMENTS[0]:-check} in
  check)
    linters
    coverage
    ;;
  sonarqube) sonarqube ;;
  debt) debt ;;
  review) run lockgate review prepare "${PULL_REQUEST:-}" ;;
  checklist) run lockgate review checklist "${PULL_REQUEST:-}" ;;
  coverage-base) coverage --write-base ;;
  *) misused "${ARGUMENTS[0]}: must be check, sonarqube, debt, review, checklist or coverage-base" ;;
esac
