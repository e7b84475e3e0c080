#!/usr/bin/env bash
# Takes a stack back to an earlier release of its ledger: `lockgate rollback`; then asks the live service.
#
# Usage: rollback.sh [--dry-run]
#
#   STACK, REASON          needed; the reason goes into the ledger
#   RELEASE                an id, the beginning of one, or a version; nothing: the one that was live before
#   ENVIRONMENT            the environment's name, for the messages
#   HEALTH_CHECK_TIMEOUT (300), DEPLOYMENT_TIMEOUT_MINUTES (10), KUBE_CONFIG
#   GH_REGISTRY_URL, GH_REGISTRY_USERNAME, GH_REGISTRY_PASSWORD where the registry wants a login
#
# Outputs: url; notified (true: people have been told). Exit codes: 0 it is live and answers, 1 not, 2 called wrongly.
set -euo pipefail
# shellcheck source=scripts/utils/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../utils/common.sh"
# shellcheck source=scripts/utils/stack.sh
source "$LOCKGATE_HOME/scripts/utils/stack.sh"

options "$@"
[ ${#ARGUMENTS[@]} -eq 0 ] || misused "${ARGUMENTS[0]}: takes no arguments"
need STACK REASON
prepared
reach_stack
registry_login
command=(rollback --stack "$STACK" --note "$REASON")
if [ -n "${RELEASE:-}" ]; then command+=(--to "$RELEASE"); fi
if [ "$DRY_RUN" = true ]; then
  run "$(ours lockgate)" "${command[@]}"
  lockgate status --stack "$STACK"
  exit
fi
say "rolling back ${ENVIRONMENT:-$STACK}"
change "${command[@]}" || fail "${ENVIRONMENT:-$STACK}: not rolled back; what is live is said above"
if ! lockgate checks live --stack "$STACK" --seconds "${HEALTH_CHECK_TIMEOUT:-300}"; then
  output notified false # of this nobody has been told
  exit 1
fi
