#!/usr/bin/env bash
# Asks the live service of a stack for its version, from outside, as those who call it do.
#
# Usage: smoke-test.sh [--dry-run]
#
#   STACK                       needed
#   IMAGE                       by digest: it must be the live one
#   HEALTH_CHECK_TIMEOUT (300)  seconds that it may take
#   KUBE_CONFIG, ENVIRONMENT; the rest as deploy.sh gets it is not needed here: no image is read
#
# Path and field are the stack's settings smokePath and smokeField. Exit codes: 0 it answers, 1 not, 2 called wrongly.
set -euo pipefail
# shellcheck source=scripts/utils/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../utils/common.sh"
# shellcheck source=scripts/utils/stack.sh
source "$LOCKGATE_HOME/scripts/utils/stack.sh"

options "$@"
[ ${#ARGUMENTS[@]} -eq 0 ] || misused "${ARGUMENTS[0]}: takes no arguments"
need STACK
prepared
reach_stack
run "$(ours lockgate)" checks live --stack "$STACK" --image "${IMAGE:-}" --seconds "${HEALTH_CHECK_TIMEOUT:-300}"
