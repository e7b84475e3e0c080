#!/usr/bin/env bash
# Runs one kind of a service's tests, and sums up its reports: failures first, then the slowest ten. Or reports on all kinds.
#
# Usage: test.sh [--dry-run] [KIND [VARIANT]]
#
#   unit          pytest tests/unit with coverage; `npm test` with coverage (jest-junit)
#   integration   pytest tests/integration; its databases are DATABASE_URL and REDIS_URL, or what the tests start
#   e2e           pytest tests/e2e in the browser VARIANT (chromium, firefox, webkit)
#   performance   k6 with tests/k6/VARIANT.js (smoke, load, stress, spike), on BASE_URL; without it, where there is a
#                 tests/support/with_service.py, beside a service that this starts
#   report        runs no test: one report on all JUnit files below reports/, where a job has put those of the whole run, and
#                 the counts in reports/summary.json, for the exporter
#
#   TEST_KIND, TEST_VARIANT instead of the arguments; without a kind: unit
#   TEST_TIMEOUT_MINUTES (none): then the tests are interrupted, which leaves their reports
#   TEST_PARALLEL_EXECUTION (true), TEST_COVERAGE_THRESHOLD (80; only reported here: quality-check.sh is the gate)
#   For the report: TEST_HISTORY (a file of earlier runs, which tell the flaky tests; a workflow's run is added to it),
#   PULL_REQUEST (its number: it gets one comment, by GITHUB_TOKEN), RUN_URL (linked in the comment)
#
# What an Aptfile names (packages of Debian or Ubuntu, one a line) is installed before all but unit where CI is true, and no
# service is started by that; elsewhere the command is said. Playwright's browsers bring their libraries then too.
# Reports go to reports/. A part that a service does not have is skipped by name; a kind of which there is nothing fails.
# Works in $LOCKGATE_SERVICE, else in the current folder. Exit codes: 0 passed, 1 a test failed, 2 called wrongly.
set -euo pipefail
# shellcheck source=scripts/utils/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../utils/common.sh"
# shellcheck source=scripts/utils/service.sh
source "$LOCKGATE_HOME/scripts/utils/service.sh"

failed=() ran=()

# Runs a part by name, in what is left of the time; a part that fails keeps no other from running.
part() {
  local name=$1 limit=() code=0
  shift
  ran+=("$name")
  if [ -n "${TEST_TIMEOUT_MINUTES:-}" ]; then
    : "${deadline:=$((SECONDS + 60 * TEST_TIMEOUT_MINUTES))}"
    limit=(timeout --foreground --signal=INT --kill-after=30 "$((deadline > SECONDS ? deadline - SECONDS : 1))")
  fi
  run "${limit[@]}" "$@" || code=$?
  if [ "$code" = 124 ]; then say "error: $name: not done after $TEST_TIMEOUT_MINUTES minutes (TEST_TIMEOUT_MINUTES), and stopped"; fi
  [ "$code" = 0 ] || failed+=("$name")
}

# pytest on a folder, `python_tests FOLDER REPORT OPTION...`.
python_tests() {
  local folder=$1 report=$2 python parallel=()
  shift 2
  if [ ! -d "$folder" ] || ! has_python; then skip "python: there is no $folder" && return; fi
  python=$(service_python)
  if is_on TEST_PARALLEL_EXECUTION true && "$python" -c 'import xdist' 2>/dev/null; then parallel=(-n auto); fi
  part "python ($folder)" "$python" -m pytest "$folder" "${parallel[@]}" --junitxml "reports/$report.xml" "$@"
}

node_tests() {
  if ! has_script test; then skip "node: package.json has no script test" && return; fi
  run node_modules
  export JEST_JUNIT_OUTPUT_DIR=reports JEST_JUNIT_OUTPUT_NAME=unit-node.xml
  part "node" npm test --silent -- --ci --coverage --reporters=default --reporters=jest-junit
}

# The browser of Playwright, where it can be had; the tests skip one that is not here by name.
e2e() {
  local python
  if has_python && [ -d tests/e2e ]; then
    python=$(service_python)
    if "$python" -c 'import playwright' 2>/dev/null && ! { [ "$1" = chromium ] && command -v chromium >/dev/null; }; then
      fetch_browser "$python" "$1" || skip "$1: Playwright cannot fetch it"
    fi
  fi
  python_tests tests/e2e "e2e-$1" --browser "$1"
}

# The browser first: its libraries are many, and of no use without it.
fetch_browser() {
  run timeout 300 "$1" -m playwright install "$2" >/dev/null 2>&1 || return
  if may_install; then run "$1" -m playwright install-deps "$2" >&2; fi
}

unit() {
  python_tests tests/unit unit-python --cov --cov-report=term --cov-report=xml:reports/coverage.xml
  node_tests
}

performance() {
  local script=tests/k6/$1.js python beside=()
  if [ ! -f "$script" ]; then
    [ -d tests/k6 ] && misused "$1: there is no $script"
    skip "k6: there is no tests/k6" && return
  fi
  if [ -z "${BASE_URL:-}" ] && [ -f tests/support/with_service.py ]; then
    python=$(service_python)
    beside=("$python" tests/support/with_service.py)
  fi
  part "k6 ($1)" "${beside[@]}" "$(tool k6)" run --quiet --no-usage-report --summary-export "reports/k6-$1.json" "$script"
}

report() {
  local given=(--summary reports/summary.json)
  if [ -n "${TEST_HISTORY:-}" ]; then given+=(--history "$TEST_HISTORY"); fi
  if [ -n "${TEST_HISTORY:-}" ] && [ -n "${GITHUB_RUN_ID:-}" ]; then given+=(--remember); fi
  if [ -n "${PULL_REQUEST:-}" ]; then given+=(--comment "$PULL_REQUEST" --url "${RUN_URL:-}"); fi
  run lockgate checks tests reports "${given[@]}"
}

options "$@"
[ ${#ARGUMENTS[@]} -le 2 ] || misused "${ARGUMENTS[2]}: one argument too many"
kind=${ARGUMENTS[0]:-${TEST_KIND:-unit}}
variant=${ARGUMENTS[1]:-${TEST_VARIANT:-}}
[[ "${TEST_TIMEOUT_MINUTES:-1}" =~ ^[1-9][0-9]*$ ]] || misused "TEST_TIMEOUT_MINUTES = $TEST_TIMEOUT_MINUTES: must be a whole number from 1"
enter_service
prepared
run mkdir -p reports
if [ "$kind" = report ]; then
  report
  exit
fi
run rm -f reports/"$kind"-*.xml
case $kind in
  unit) unit ;;
  integration)
    system_packages
    python_tests tests/integration integration-python
    ;;
  e2e)
    system_packages
    e2e "${variant:-chromium}"
    ;;
  performance)
    system_packages
    performance "${variant:-smoke}"
    ;;
  *) misused "$kind: must be unit, integration, e2e, performance or report" ;;
esac
[ ${#ran[@]} -gt 0 ] || fail "$kind: nothing was run; a pipeline that tests nothing must not pass (leave the kind out of the spec)"
if [ "$kind" = unit ]; then
  run lockgate checks coverage reports --minimum "${TEST_COVERAGE_THRESHOLD:-80}" --report-only
fi
if [ "$kind" != performance ]; then run lockgate checks tests reports/"$kind"-*.xml || failed+=("report"); fi
[ ${#failed[@]} -eq 0 ] || fail "$kind: failed: ${failed[*]}"
