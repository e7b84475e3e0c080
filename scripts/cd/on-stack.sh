#!/usr/bin/env bash
# Runs a command of lockgate that works on stacks, with what a stack needs: the tools, the cluster and the registry.
#
# Usage: on-stack.sh [--dry-run] COMMAND [ARGUMENT...]
#
#   on-stack.sh drift -s dev         for example; COMMAND and ARGUMENT as `lockgate --help` and `lockgate COMMAND --help` say
#
#   KUBE_CONFIG                      the content of a kubeconfig, where the cluster is not known already
#   GH_REGISTRY_URL, GH_REGISTRY_USERNAME, GH_REGISTRY_PASSWORD   where the registry wants a login
#
# Exit codes: 0 and others as the command's, which for all of lockgate's are 0 good, 1 not; 2 called wrongly.
set -euo pipefail
# shellcheck source=scripts/utils/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../utils/common.sh"
# shellcheck source=scripts/utils/stack.sh
source "$LOCKGATE_HOME/scripts/utils/stack.sh"

options "$@"
[ ${#ARGUMENTS[@]} -gt 0 ] || misused "no command"
prepared
lockgate "${ARGUMENTS[0]}" --help >/dev/null 2>&1 || misused "${ARGUMENTS[0]}: no command of lockgate"
reach_stack
registry_login
run "$(ours lockgate)" "${ARGUMENTS[@]}"
