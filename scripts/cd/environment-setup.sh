#!/usr/bin/env bash
# Prepares a machine: Lockgate's own environment, on PATH; and the tools of what is named.
#
# Usage: environment-setup.sh [--dry-run] [build|test|scan|deploy]...
#
# Without a name: only the environment. Each script gets the tools that it needs when it runs; naming them here gets them
# before (deploy: Pulumi, its providers, kubectl, crane. scan: gitleaks, semgrep, trivy, checkov, hadolint. test: k6).
# They come from PATH, the cache, the vendor or their Go module or wheel, pinned (docs/toolchain.md).
#
# Exit codes: 0 done, 1 failed, 2 called wrongly.
set -euo pipefail
# shellcheck source=scripts/utils/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../utils/common.sh"

options "$@"
for name in "${ARGUMENTS[@]}"; do
  case $name in build | test | scan | deploy) ;; *) misused "$name: must be build, test, scan or deploy" ;; esac
done
run prepared
if [ -n "${GITHUB_PATH:-}" ] && [ -d "$LOCKGATE_HOME/.venv/bin" ]; then
  run tee -a "$GITHUB_PATH" <<<"$LOCKGATE_HOME/.venv/bin"
fi
for name in "${ARGUMENTS[@]}"; do
  case $name in
    build) run tools crane ;;
    test) run tools k6 ;;
    scan) run tools gitleaks semgrep trivy checkov hadolint ;;
    deploy) run tools pulumi pulumi-language-python pulumi-resource-kubernetes pulumi-resource-github kubectl crane ;;
  esac
done
