#!/usr/bin/env bash
# Makes an image live in a stack: `lockgate release`, through its gates. A release that fails leaves the old one live.
#
# Usage: deploy.sh [--dry-run]
#
#   STACK, IMAGE (by digest)   needed
#   REVISION                   the commit that the image was built from
#   DEPLOYMENT_STRATEGY        must be what the stack's setting says, which decides
#   DEPLOYMENT_TIMEOUT_MINUTES (10) after them the update is stopped in order
#   ENVIRONMENT                the environment's name, for the messages
#   KUBE_CONFIG                the content of a kubeconfig, where the cluster is not known already
#   GH_REGISTRY_URL, GH_REGISTRY_USERNAME, GH_REGISTRY_PASSWORD   where the registry wants a login
#   HEALTH_CHECK_TIMEOUT and ROLLBACK_ENABLED are settings of the stack, which decide
#
# Outside of the stack's deploymentWindow nothing is begun: run the job again in it. A rollback asks no window.
# Outputs: url; notified (true: `lockgate release` has told people). Exit codes: 0 live, 1 not, 2 called wrongly.
set -euo pipefail
# shellcheck source=scripts/utils/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../utils/common.sh"
# shellcheck source=scripts/utils/stack.sh
source "$LOCKGATE_HOME/scripts/utils/stack.sh"

# A word of the workflow that contradicts the stack would promise what does not happen.
same_strategy() {
  local setting
  setting=$("$(ours python)" -c 'import sys
from operations import project
print(project.find().setting(sys.argv[1], "strategy"))' "$STACK") || exit
  [ -z "${DEPLOYMENT_STRATEGY:-}" ] || [ "$DEPLOYMENT_STRATEGY" = "$setting" ] ||
    misused "DEPLOYMENT_STRATEGY = $DEPLOYMENT_STRATEGY: stack $STACK has the strategy $setting; make them the same"
}

# With --dry-run a closed window is only said: nothing is deployed then.
in_window() {
  local more=()
  if [ "$DRY_RUN" = true ]; then more+=(--report-only); fi
  lockgate checks window --stack "$STACK" "${more[@]}" >&2
}

options "$@"
[ ${#ARGUMENTS[@]} -eq 0 ] || misused "${ARGUMENTS[0]}: takes no arguments"
need STACK IMAGE
[[ "$IMAGE" =~ @sha256:[0-9a-f]{64}$ ]] || misused "IMAGE = $IMAGE: must be by digest, NAME[:TAG]@sha256:..."
prepared
same_strategy
in_window
reach_stack
registry_login
command=(release --stack "$STACK" --image "$IMAGE" --revision "${REVISION:-}")
if [ "$DRY_RUN" = true ]; then
  lockgate "${command[@]}" --dry-run
  exit
fi
say "deploying ${IMAGE%@*} to ${ENVIRONMENT:-$STACK}"
change "${command[@]}" || fail "${ENVIRONMENT:-$STACK}: not deployed; what is live is said above"
