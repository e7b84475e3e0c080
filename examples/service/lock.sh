#!/bin/sh
# Resolves requirements.lock (what the image holds) and requirements-dev.lock (that, and what tests it) anew from
# pyproject.toml, for Python 3.11 to 3.13, with hashes and without any index's address.
set -eu
cd "$(dirname "$0")"
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3.11 -m venv "$tools"
"$tools/bin/python" -m pip install --quiet --disable-pip-version-check pip-tools==7.6.2
resolve() {
  CUSTOM_COMPILE_COMMAND=./lock.sh "$tools/bin/pip-compile" --quiet --generate-hashes --allow-unsafe --strip-extras \
    --no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options "$@" pyproject.toml
}
resolve --output-file requirements.lock
resolve --extra dev --output-file requirements-dev.lock
