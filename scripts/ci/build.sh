#!/usr/bin/env bash
# Builds a service once; everything after it takes what lies in dist/.
#
# Usage: build.sh [--dry-run]
#
#   python   requirements.lock into dist/packages, for the Python of the base image
#   node     `npm run build`, where package.json has it
#   image    Dockerfile into dist/image.tar, by buildah or docker, whichever is there; packages are not fetched in it
#
#   VERSION (default: 0.0.0), REVISION (default: GITHUB_SHA, else the commit)
#   BASE_IMAGE (the build argument BASE; needed where the Dockerfile has no default), IMAGE_PYTHON (3.11: its Python)
#   BUILD_CACHE_ENABLED (true): use the image cache of earlier builds; BUILD_PARALLEL_JOBS (4)
#
# Works in $LOCKGATE_SERVICE, else in the current folder. Exit codes: 0 built, 1 failed, 2 called wrongly.
set -euo pipefail
# shellcheck source=scripts/utils/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../utils/common.sh"
# shellcheck source=scripts/utils/service.sh
source "$LOCKGATE_HOME/scripts/utils/service.sh"

python_packages() {
  if [ ! -f requirements.lock ]; then skip "python: there is no requirements.lock" && return; fi
  run rm -rf dist/packages
  run "$(service_base_python)" -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --require-hashes --no-deps \
    --only-binary :all: --no-compile --python-version "${IMAGE_PYTHON:-3.11}" --platform "manylinux2014_$(uname -m)" \
    --target dist/packages -r requirements.lock
}

node_build() {
  if ! has_script build; then skip "node: package.json has no script build" && return; fi
  run node_modules
  run npm run build
}

image() {
  if [ ! -f Dockerfile ]; then skip "image: there is no Dockerfile" && return; fi
  local version=${VERSION:-0.0.0} arguments=() name
  name="localhost/$(basename "$PWD"):${version//+/-}"
  arguments+=(--build-arg "VERSION=$version" --build-arg "REVISION=$(revision)" --tag "$name")
  if [ -n "${BASE_IMAGE:-}" ]; then arguments+=(--build-arg "BASE=$BASE_IMAGE"); fi
  if ! is_on BUILD_CACHE_ENABLED true; then arguments+=(--no-cache); fi
  run rm -f dist/image.tar
  if command -v buildah >/dev/null; then
    with_buildah "$name" "$version"
  elif command -v docker >/dev/null && docker info >/dev/null 2>&1; then
    run docker build "${arguments[@]}" .
    run docker save --output dist/image.tar "$name"
  else
    fail "image: neither buildah nor a running docker is here; on Debian and Ubuntu, \`apt-get install buildah\`"
  fi
}

# Without user namespaces, as in a container, buildah isolates by chroot and keeps its layers as plain folders.
# A registry on this machine itself, such as the lab's, may speak plain HTTP.
with_buildah() {
  case ${BASE_IMAGE:-} in 127.0.0.1:*) arguments+=(--tls-verify=false) ;; esac
  export BUILDAH_ISOLATION=${BUILDAH_ISOLATION:-chroot} STORAGE_DRIVER=${STORAGE_DRIVER:-vfs}
  stated "$2"
  run buildah build --jobs "${BUILD_PARALLEL_JOBS:-4}" --layers "${arguments[@]}" --file "$dockerfile" .
  run buildah push --quiet "$1" "docker-archive:dist/image.tar:$1"
}

# The Dockerfile with the values of VERSION and REVISION in their places. buildah (1.28) finds a layer again by the text of its
# instruction: `ENV VERSION="${VERSION}"` would be taken from the build before, with that build's version.
stated() {
  dockerfile=$(mktemp)
  remove_at_end "$dockerfile"
  # shellcheck disable=SC2016
  sed -E 's/\$(\{VERSION\}|VERSION\b)/'"$1"'/g; s/\$(\{REVISION\}|REVISION\b)/'"$(revision)"'/g' Dockerfile >"$dockerfile"
}

revision() { printf '%s' "${REVISION:-${GITHUB_SHA:-$(git rev-parse HEAD 2>/dev/null || true)}}"; }

options "$@"
[ ${#ARGUMENTS[@]} -eq 0 ] || misused "${ARGUMENTS[0]}: takes no arguments"
enter_service
if ! has_python && ! has_node && [ ! -f Dockerfile ]; then misused "$PWD: nothing to build is here"; fi
[[ "${VERSION:-0.0.0}" =~ ^[A-Za-z0-9._+-]+$ ]] || misused "VERSION = $VERSION: must be letters, digits and ._+-"
if grep -qs '^ARG BASE$' Dockerfile; then need BASE_IMAGE; fi
prepared
run mkdir -p dist
python_packages
node_build
image
say "built: dist/"
