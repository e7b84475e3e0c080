# shellcheck shell=bash
# What is needed to work on a stack. Sourced after common.sh.

# The tools that an update runs, and the cluster of KUBE_CONFIG: its content, or nothing where kubectl finds it by itself.
reach_stack() {
  run tools pulumi pulumi-language-python pulumi-resource-kubernetes pulumi-resource-github kubectl crane >/dev/null
  if [ -z "${KUBE_CONFIG:-}" ] || [ "$DRY_RUN" = true ]; then return; fi
  KUBECONFIG=$(umask 077 && mktemp)
  export KUBECONFIG
  remove_at_end "$KUBECONFIG"
  printf '%s\n' "$KUBE_CONFIG" >"$KUBECONFIG"
  unset KUBE_CONFIG
}

# Runs lockgate, and asks it to end in order when DEPLOYMENT_TIMEOUT_MINUTES are over.
in_time() {
  local minutes=${DEPLOYMENT_TIMEOUT_MINUTES:-10} code=0
  [[ "$minutes" =~ ^[0-9]+$ ]] || misused "DEPLOYMENT_TIMEOUT_MINUTES = $minutes: must be a whole number"
  timeout --foreground --signal=INT --kill-after=120 "${minutes}m" "$(ours lockgate)" "$@" || code=$?
  if [ "$code" = 124 ]; then say "error: not done after $minutes minutes (DEPLOYMENT_TIMEOUT_MINUTES), and stopped in order"; fi
  return "$code"
}

# A field of a JSON file, or nothing: `field FILE NAME`.
field() {
  "$(ours python)" -c 'import json, sys
try: value = json.load(open(sys.argv[1])).get(sys.argv[2])
except ValueError: value = None
print(value if isinstance(value, str) else json.dumps(value) if value else "")' "$1" "$2"
}

# Changes what is live: `change release|rollback OPTION...`, in time. Outputs the address, and whether people have been told already.
change() {
  local result told code=0
  result=$(mktemp)
  remove_at_end "$result"
  in_time "$@" --json >"$result" || code=$?
  told=$(field "$result" notified)
  output url "$(field "$result" url)"
  output notified "$([ -n "$told" ] && echo true || echo false)"
  return "$code"
}
