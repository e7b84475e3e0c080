# shellcheck shell=bash
# What the scripts share. Sourced, after `set -euo pipefail`; it does nothing by itself.
# Exit codes: 0 done, 1 something failed or was found, 2 called wrongly.

LOCKGATE_HOME=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
DRY_RUN=${DRY_RUN:-false}
LEFTOVERS=()
# A job has Lockgate, with the stacks' files, in a folder of the service's source.
case $LOCKGATE_HOME in */.platform) export LOCKGATE_PROJECT=${LOCKGATE_PROJECT:-$LOCKGATE_HOME} ;; esac

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "error: $*"
  exit 1
}

misused() {
  say "error: $* (--help shows how)"
  exit 2
}

# Removes files and folders when the script ends, however it ends.
remove_at_end() {
  LEFTOVERS+=("$@")
  trap 'rm -rf "${LEFTOVERS[@]}"' EXIT
}

# Prints the comment at the top of the script that runs.
help() { sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"; }

# Takes --help and --dry-run; leaves the other arguments in ARGUMENTS.
options() {
  ARGUMENTS=()
  while [ $# -gt 0 ]; do
    case $1 in
      -h | --help) help; exit 0 ;;
      --dry-run) DRY_RUN=true ;;
      *) ARGUMENTS+=("$1") ;;
    esac
    shift
  done
}

# Runs the command; with --dry-run only says it.
run() {
  if [ "$DRY_RUN" = true ]; then
    printf 'would run:' >&2
    printf ' %q' "$@" >&2
    printf '\n' >&2
  else
    "$@"
  fi
}

# Ends with 2 unless each of the named variables has a value.
need() {
  local name
  for name in "$@"; do
    [ -n "${!name:-}" ] || misused "$name has no value; set it in the environment"
  done
}

# Changes to the root of the service: $LOCKGATE_SERVICE, else the current folder. Where Lockgate is checked out inside it, as a
# workflow does, INSIDE is its folder's name; Git then passes that over, and so does what asks Git: gitleaks, semgrep, ruff.
enter_service() {
  cd "${LOCKGATE_SERVICE:-.}" || misused "LOCKGATE_SERVICE = ${LOCKGATE_SERVICE:-}: no such folder"
  local home here excluded line
  home=$(cd "$LOCKGATE_HOME" && pwd -P)
  here=$(pwd -P)
  INSIDE=""
  case $home in "$here"/*) INSIDE=${home#"$here"/} ;; esac
  if [ -z "$INSIDE" ] || [ "$DRY_RUN" = true ] || ! excluded=$(git rev-parse --git-path info/exclude 2>/dev/null); then return; fi
  line="/$(git rev-parse --show-prefix)$INSIDE/"
  if ! grep -qsxF "$line" "$excluded"; then
    mkdir -p "$(dirname "$excluded")"
    printf '%s\n' "$line" >>"$excluded"
  fi
}

# Gives a value to the steps that follow in a workflow; by hand it is printed.
output() {
  if [ -n "${GITHUB_OUTPUT:-}" ] && [ "$DRY_RUN" = false ]; then printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; fi
  printf '%s=%s\n' "$1" "$2"
}

# The path of Lockgate's own Python or of its command line.
ours() {
  if [ -x "$LOCKGATE_HOME/.venv/bin/$1" ]; then printf '%s\n' "$LOCKGATE_HOME/.venv/bin/$1"; else type -P "$1"; fi ||
    fail "$1: not found; run \`make venv\` in $LOCKGATE_HOME, or install lockgate"
}

lockgate() {
  local program
  program=$(ours lockgate)
  "$program" "$@"
}

# The path of a pinned tool, which is got or built where it is not here yet.
tool() {
  local program
  program=$(ours python)
  "$program" -c 'import sys, toolchain; print(toolchain.ensure([sys.argv[1]])[sys.argv[1]])' "$1"
}

# Logs in to the registry for this script only, where GH_REGISTRY_PASSWORD has a value. It goes by standard input.
registry_login() {
  if [ -z "${GH_REGISTRY_PASSWORD:-}" ] || [ "$DRY_RUN" = true ]; then return; fi
  need GH_REGISTRY_URL GH_REGISTRY_USERNAME
  DOCKER_CONFIG=$(mktemp -d)
  export DOCKER_CONFIG
  remove_at_end "$DOCKER_CONFIG"
  printf '%s' "$GH_REGISTRY_PASSWORD" |
    "$(tool crane)" auth login "${GH_REGISTRY_URL%%/*}" --username "$GH_REGISTRY_USERNAME" --password-stdin >&2
}

# REGISTRY/NAME, in lower case as registries want it.
image_name() {
  local name=${IMAGE_NAME:-${GITHUB_REPOSITORY:-$(basename "$PWD")}}
  printf '%s/%s\n' "$GH_REGISTRY_URL" "${name,,}"
}

# Makes sure of Lockgate's command line: where it is nowhere, as in a job that has only checked out, its environment is made.
# `command -v` would find the function above.
prepared() {
  if [ -x "$LOCKGATE_HOME/.venv/bin/lockgate" ] || type -P lockgate >/dev/null; then return; fi
  "$LOCKGATE_HOME/scripts/utils/venv" >&2 || fail "Lockgate's environment could not be made in $LOCKGATE_HOME"
}

# Gets each of the named tools; their paths are printed.
tools() {
  local name
  for name in "$@"; do tool "$name"; done
}

# Whether a switch of the environment is on: `is_on NAME DEFAULT`.
is_on() {
  local value=${!1:-$2}
  case ${value,,} in
    true) return 0 ;;
    false) return 1 ;;
    *) misused "$1 = $value: must be true or false" ;;
  esac
}
