#!/usr/bin/env bash
# Scans a service: source, secrets, dependencies, licences, image, infrastructure and workflows. SARIF goes to
# reports/security/, and one summary says what was found, and which scanner did not look and why. The counts go to
# reports/security/summary.json, for the exporter.
#
# Usage: security-scan.sh [--dry-run] [SCANNER...]
#
#   semgrep    the source, by scripts/ci/rules/semgrep.yml and SEMGREP_RULES (p/default; nothing: none)     SAST_ENABLED
#   gitleaks   the history, and the files that are not committed yet; secrets are never in the report       SECRETS_SCAN_ENABLED
#   trivy      the dependencies of the lock files; the image (IMAGE, else dist/image.tar, else the published one of REVISION,
#              which is GITHUB_SHA by default)          DEPENDENCY_SCAN_ENABLED, CONTAINER_SCAN_ENABLED
#              Its data is fetched; TRIVY_SKIP_DB_UPDATE=true takes what TRIVY_CACHE_DIR has
#   licences   Python packages in dist/packages, npm packages of the lock                   DEPENDENCY_SCAN_ENABLED
#   hadolint   the Dockerfile                                                               CONTAINER_SCAN_ENABLED
#   checkov    Dockerfile, Kubernetes, Helm, Terraform                                      CONTAINER_SCAN_ENABLED
#   zizmor     .github: workflows and actions
#
# Without a name: all whose switch is not false. A scanner that cannot look is reported by name; named here, it fails.
#   SECURITY_POLICY_ENFORCEMENT (true): with false, findings are only reported
#   SECURITY_SEVERITY (medium): what counts; SECURITY_MAX_VULNERABILITIES (0), SECURITY_MAX_SECRETS (0)
#   GH_REGISTRY_URL, GH_REGISTRY_USERNAME, GH_REGISTRY_PASSWORD to fetch the image; IMAGE_NAME as in artifact-management.sh
#
# In the reports, paths are from the repository's root, and each run has a category of its own, as GitHub's code scanning wants
# it. Lockgate's own folder, where it is checked out inside the service's, is passed over.
#
# Works in $LOCKGATE_SERVICE, else in the current folder. Exit codes: 0 passed, 1 did not, 2 called wrongly.
set -euo pipefail
# shellcheck source=scripts/utils/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../utils/common.sh"
# shellcheck source=scripts/utils/service.sh
source "$LOCKGATE_HOME/scripts/utils/service.sh"

REPORTS=reports/security
ALL=(gitleaks semgrep trivy licences hadolint checkov zizmor)
asked=false broken=()

# Notes that a scanner did not look, and why.
away() {
  say "skipped: $1: $2"
  if [ "${GITHUB_ACTIONS:-}" = true ]; then printf '::warning title=%s did not look::%s\n' "$1" "$2"; fi
  if [ "$DRY_RUN" = false ]; then printf '%s: %s\n' "$1" "$2" >>"$REPORTS/skipped.txt"; fi
  if [ "$asked" = true ]; then broken+=("$1"); fi
}

# Runs a scanner: `look NAME REPORT COMMAND...`. Findings are no failure here; no whole report is. Paths in the report are
# the service's; with an empty `within` they are left as they are: from the repository's root already, or inside an image.
look() {
  local name=$1 report=$REPORTS/$2 code=0
  shift 2
  say "== $name"
  run "$@" || code=$?
  if [ "$DRY_RUN" = true ]; then return; fi
  if ! lockgate checks sarif "$report" --folder "$within"; then
    rm -f "$report"
    say "error: $name: ended with $code and left no report"
    broken+=("$name")
  fi
}

# Whether there is something to look at: `given NAME PATH...`.
given() {
  local name=$1 path
  shift
  for path in "$@"; do if [ -e "$path" ]; then return; fi; done
  say "skipped: $name: there is no $1"
  return 1
}

scan_semgrep() {
  is_on SAST_ENABLED true || return 0
  local program registry=${SEMGREP_RULES-p/default} rules=(--config "$LOCKGATE_HOME/scripts/ci/rules/semgrep.yml")
  program=$(tool semgrep)
  if [ -n "$registry" ]; then
    if [ -e "$registry" ] || reachable https://semgrep.dev; then
      rules+=(--config "$registry")
    else
      asked=false away "semgrep ($registry)" "these rules are on semgrep.dev, which cannot be reached; our own were used"
    fi
  fi
  look semgrep semgrep.sarif "$program" scan --metrics off --disable-version-check --quiet --no-rewrite-rule-ids \
    --sarif --output "$REPORTS/semgrep.sarif" "${rules[@]}" .
}

scan_gitleaks() {
  is_on SECRETS_SCAN_ENABLED true || return 0
  local program copy common=(--no-banner --redact --report-format sarif --exit-code 0)
  program=$(tool gitleaks)
  if ! git rev-parse --verify --quiet HEAD >/dev/null; then
    away "gitleaks (history)" "this is no Git repository with a commit"
  else
    within="" look "gitleaks (history)" gitleaks-history.sarif "$program" git . "${common[@]}" --log-opts="-- ." \
      --report-path "$REPORTS/gitleaks-history.sarif"
  fi
  copy=$(mktemp -d)
  working_files "$copy"
  look "gitleaks (files)" gitleaks-files.sarif \
    env -C "$copy" "$program" dir . "${common[@]}" --report-path "$PWD/$REPORTS/gitleaks-files.sarif"
  rm -rf "$copy"
}

# Copies the files that Git does not ignore, committed or not.
working_files() {
  if git rev-parse --git-dir >/dev/null 2>&1; then
    git ls-files -z --cached --others --exclude-standard | tar --create --null --ignore-failed-read --files-from=- 2>/dev/null |
      tar --extract --directory "$1"
  else
    tar --create --exclude=./reports "${aside[@]/#/--exclude=./}" . | tar --extract --directory "$1"
  fi
}

scan_trivy() {
  is_on DEPENDENCY_SCAN_ENABLED true || is_on CONTAINER_SCAN_ENABLED true || return 0
  local program target common=(--quiet --format sarif --scanners vuln --skip-db-update --skip-version-check)
  program=$(tool trivy)
  if [ "$DRY_RUN" = false ] && [ "${TRIVY_SKIP_DB_UPDATE:-false}" != true ]; then
    if ! timeout 300 "$program" image --download-db-only --quiet 2>/dev/null; then
      away trivy "its vulnerability data cannot be fetched: neither dependencies nor image were looked at" && return
    fi
  fi
  if is_on DEPENDENCY_SCAN_ENABLED true; then
    look "trivy (dependencies)" dependencies.sarif "$program" fs "${common[@]}" --include-dev-deps \
      --file-patterns 'pip:requirements.*\.lock$' "${aside[@]/#/--skip-dirs=}" --output "$REPORTS/dependencies.sarif" .
  fi
  is_on CONTAINER_SCAN_ENABLED true || return 0
  if [ -n "${IMAGE:-}" ]; then
    registry_login
  elif [ ! -f dist/image.tar ]; then
    published || return 0
  fi
  target=(--input dist/image.tar)
  if [ -n "${IMAGE:-}" ]; then target=("$IMAGE"); fi
  within="" look "trivy (image)" image.sarif "$program" image "${common[@]}" --output "$REPORTS/image.sarif" "${target[@]}"
}

# Makes IMAGE the image that was published of the commit, by digest; says why where it cannot be had.
published() {
  local revision=${REVISION:-${GITHUB_SHA:-}} name said
  if [ -z "${GH_REGISTRY_URL:-}" ] || [ -z "$revision" ]; then
    away "trivy (image)" "there is neither IMAGE nor dist/image.tar; build first" && return 1
  fi
  name=$(image_name):$revision
  registry_login
  if ! said=$("$(tool crane)" digest "$name" 2>&1); then
    away "trivy (image)" "there is no dist/image.tar, and $name cannot be had: ${said##*$'\n'}" && return 1
  fi
  IMAGE=$name@${said##*$'\n'}
}

scan_licences() {
  is_on DEPENDENCY_SCAN_ENABLED true && is_on LICENSE_COMPLIANCE_REQUIRED true || return 0
  if [ -f requirements.lock ] && [ ! -d dist/packages ]; then
    away "licences (python)" "dist/packages is not there; build first"
  fi
  look licences licences.sarif lockgate checks licences . --packages dist/packages --output "$REPORTS/licences.sarif"
}

scan_hadolint() {
  is_on CONTAINER_SCAN_ENABLED true && given hadolint Dockerfile || return 0
  look hadolint hadolint.sarif into "$REPORTS/hadolint.sarif" "$(tool hadolint)" --format sarif Dockerfile
}

scan_checkov() {
  is_on CONTAINER_SCAN_ENABLED true && given checkov Dockerfile charts k8s deploy main.tf terraform || return 0
  local folder
  folder=$(mktemp -d)
  look checkov checkov.sarif sarif_of_checkov "$folder"
  rm -rf "$folder"
}

# Checkov names its report itself, and takes a path to skip for an expression. Without a key it asks no service.
sarif_of_checkov() {
  local code=0 skipped=("${aside[@]//./\\.}")
  skipped=("${skipped[@]/#/--skip-path=^\\./}")
  "$(tool checkov)" --directory . --framework dockerfile kubernetes helm terraform --quiet --compact --soft-fail \
    "${skipped[@]/%/\$}" --output sarif --output-file-path "$1" >/dev/null 2>&1 || code=$?
  mv "$1/results_sarif.sarif" "$REPORTS/checkov.sarif" 2>/dev/null || true
  return "$code"
}

scan_zizmor() {
  given zizmor .github/workflows .github/actions || return 0
  within="" look zizmor zizmor.sarif into "$REPORTS/zizmor.sarif" \
    "$(ours zizmor)" --offline --no-progress --quiet --format sarif .github
}

# Runs a command with its output in a file.
into() {
  local file=$1
  shift
  "$@" >"$file"
}

reachable() { curl --silent --head --max-time 5 --output /dev/null "$1"; }

options "$@"
scanners=("${ARGUMENTS[@]:-${ALL[@]}}")
for scanner in "${scanners[@]}"; do
  case " ${ALL[*]} " in *" $scanner "*) ;; *) misused "$scanner: must be one of ${ALL[*]}" ;; esac
done
[ ${#ARGUMENTS[@]} -eq 0 ] || asked=true
enter_service
prepared
aside=(node_modules dist .venv ${INSIDE:+"$INSIDE"})
within=$(git rev-parse --show-prefix 2>/dev/null || true) # where the service is in its repository
run mkdir -p "$REPORTS"
run rm -f "$REPORTS"/*.sarif "$REPORTS/skipped.txt" "$REPORTS/summary.json"
for scanner in "${scanners[@]}"; do "scan_$scanner"; done
report=(--summary "$REPORTS/summary.json" --severity "${SECURITY_SEVERITY:-medium}")
report+=(--vulnerabilities "${SECURITY_MAX_VULNERABILITIES:-0}" --secrets "${SECURITY_MAX_SECRETS:-0}")
if ! is_on SECURITY_POLICY_ENFORCEMENT true; then report+=(--report-only); fi
run lockgate checks security "$REPORTS" "${report[@]}"
[ ${#broken[@]} -eq 0 ] || fail "${broken[*]}: did not look; see above"
