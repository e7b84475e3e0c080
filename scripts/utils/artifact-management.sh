#!/usr/bin/env bash
# Handles what a pipeline makes: images in a registry, and releases on GitHub.
#
# Usage: artifact-management.sh [--dry-run] COMMAND [ARGUMENT...]
#
#   publish   push the image, attach contents and origin, sign it; outputs image, name, digest
#             GH_REGISTRY_URL, REVISION; GH_REGISTRY_USERNAME and GH_REGISTRY_PASSWORD where a login is needed;
#             IMAGE_NAME (default: GITHUB_REPOSITORY, else the folder's name), VERSION (the tag; default: the revision)
#             LOCKGATE_SIGNING_KEY and COSIGN_PASSWORD to sign with a key of your own
#   findings  attach what a scan found in the published image of REVISION, from reports/security/image*.sarif
#             GH_REGISTRY_URL, REVISION, IMAGE_NAME, the login and the keys as above
#   release   make the tag and the release on GitHub, with the files in dist/; where GH_REGISTRY_URL has a value, tag and
#             sign the published image of that revision too
#             VERSION, REVISION, GITHUB_TOKEN
#   list, verify, promote, prune
#             `lockgate artifacts COMMAND`, with these arguments (prune with --dry-run only shows)
#
# The image is dist/image.tar, as `docker save` and scripts/ci/build.sh write it.
# Works in $LOCKGATE_SERVICE, else in the current folder. Exit codes: 0 done, 1 failed, 2 called wrongly.
set -euo pipefail
# shellcheck source=scripts/utils/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

publish() {
  need GH_REGISTRY_URL REVISION
  [ -f dist/image.tar ] || fail "dist/image.tar is not there; build first, by scripts/ci/build.sh"
  local name tag=${VERSION:-$REVISION} digest crane
  name=$(image_name)
  crane=$(tool crane)
  find_scans
  registry_login
  run "$crane" push dist/image.tar "$name:$tag" >&2
  run lockgate artifacts publish "$name:$tag" --revision "$REVISION" "${scans[@]}" >&2
  if [ "$DRY_RUN" = true ]; then return; fi
  digest=$("$crane" digest "$name:$tag")
  output image "$name:$tag@$digest"
  output name "$name"
  output digest "$digest"
}

# The reports on the image, as options in `scans`.
find_scans() {
  local report
  scans=()
  for report in reports/security/image*.sarif; do
    if [ -f "$report" ]; then scans+=(--scan "$report"); fi
  done
}

findings() {
  need GH_REGISTRY_URL REVISION
  find_scans
  if [ ${#scans[@]} -eq 0 ]; then say "no scanner has looked at an image: reports/security/image*.sarif is not there" && return; fi
  registry_login
  run lockgate artifacts scanned "$(image_name):$REVISION" "${scans[@]}"
}

release() {
  need VERSION REVISION GITHUB_TOKEN
  command -v gh >/dev/null || [ "$DRY_RUN" = true ] || fail "gh: not found; install GitHub's command line"
  local name crane file files=()
  if [ -n "${GH_REGISTRY_URL:-}" ]; then
    name=$(image_name)
    crane=$(tool crane)
    registry_login
    run "$crane" tag "$name:$REVISION" "$VERSION"
    run lockgate artifacts sign "$name:$VERSION" --release "$VERSION"
  fi
  for file in dist/*; do
    if [ -f "$file" ]; then files+=("$file"); fi
  done
  export GH_TOKEN=$GITHUB_TOKEN
  run gh release create "v$VERSION" "${files[@]}" --target "$REVISION" --title "$VERSION" --generate-notes
}

options "$@"
set -- "${ARGUMENTS[@]}"
[ $# -gt 0 ] || misused "no command"
prepared
command=$1
shift
case $command in
  publish | findings | release)
    [ $# -eq 0 ] || misused "$command takes no arguments"
    enter_service
    "$command"
    ;;
  prune) if [ "$DRY_RUN" = true ]; then set -- --dry-run "$@"; fi; lockgate artifacts prune "$@" ;;
  list | verify | promote) run lockgate artifacts "$command" "$@" ;;
  *) misused "$command: no such command" ;;
esac
