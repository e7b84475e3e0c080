#!/usr/bin/env bash
# Checks the quality of a service's code.
#
# Usage: quality-check.sh [--dry-run] [check|sonarqube|debt|coverage-base]
#
#   check          (default) linters and formats, then the coverage in reports/ against the minimum and the base
#                  LINTING_ENFORCEMENT (true), CODE_COVERAGE_REQUIRED (true): with false, only reported
#                  TEST_COVERAGE_THRESHOLD (80), COVERAGE_MAX_DROP (2)
#   sonarqube      sonar-scanner, and its quality gate is waited for; SONAR_QUBE_URL, SONAR_TOKEN
#   debt           counts TODO and FIXME, and functions that are too complex, into reports/debt.md; never says no
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
  need SONAR_QUBE_URL SONAR_TOKEN
  command -v sonar-scanner >/dev/null || [ "$DRY_RUN" = true ] || fail "sonar-scanner: not found; install it (docs/scripts.md)"
  run sonar-scanner -Dsonar.host.url="$SONAR_QUBE_URL" -Dsonar.qualitygate.wait=true
}

debt() {
  local python notes='TODO|FIXME|HACK|XXX'
  run mkdir -p reports
  {
    echo "## Technical debt"
    echo
    echo "Notes in the source ($notes): $(git grep -InwE "$notes" -- . ':!*.lock' ':!package-lock.json' 2>/dev/null | wc -l)"
    if has_python; then
      python=$(service_python)
      echo "Functions that are too complex: $("$python" -m ruff check --select C901,PLR --quiet --output-format concise . | wc -l)"
    fi
  } | run tee reports/debt.md
  if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ "$DRY_RUN" = false ]; then cat reports/debt.md >>"$GITHUB_STEP_SUMMARY"; fi
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
  coverage-base) coverage --write-base ;;
  *) misused "${ARGUMENTS[0]}: must be check, sonarqube, debt or coverage-base" ;;
esac
