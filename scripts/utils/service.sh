# shellcheck shell=bash
# What a service is made of, and how its parts are got. Sourced after common.sh, in the service's root.

has_python() { [ -f requirements.lock ] || [ -f pyproject.toml ]; }
has_node() { [ -f package-lock.json ]; }

skip() { say "skipped: $*"; }

# The path of a Python with the service's packages and its tests': a folder in the cache, named by the locks.
service_python() {
  local lock=requirements-dev.lock base home version
  [ -f "$lock" ] || lock=requirements.lock
  [ -f "$lock" ] || fail "$PWD: there is neither requirements-dev.lock nor requirements.lock; lock the packages with hashes"
  base=$(service_base_python)
  version=$("$base" -c 'import sys; print(*sys.version_info[:3], sys.prefix)')
  home="${XDG_CACHE_HOME:-$HOME/.cache}/lockgate/services/$(cat "$lock" - <<<"$version" | sha256sum | cut -c1-16)"
  if [ ! -f "$home/.whole" ]; then
    say "installing $lock (once)"
    rm -rf "$home"
    "$base" -m venv "$home" >&2 || fail "$base -m venv: failed; on Debian and Ubuntu, \`apt-get install python3-venv\`"
    # The lock is whole. Asked for what a package depends on, an older pip takes newer ones by their extras, without a hash.
    "$home/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: \
      -r "$lock" >&2 || fail "$lock: not installed; see above"
    touch "$home/.whole"
  fi
  printf '%s\n' "$home/bin/python"
}

# Lockgate's Python without its packages: versions that fit one fit the other.
service_base_python() {
  local program
  program=$(ours python)
  "$program" -c 'import sys; print(getattr(sys, "_base_executable", sys.executable))'
}

# Installs node_modules from the lock, unless they are there and of this lock. No script of a package runs.
# `npm ci` refuses a lock without optional packages of other platforms that the registry does not have, which it lists
# without a version; then, and only then, they are left out.
node_modules() {
  command -v npm >/dev/null || fail "npm: not found; install Node.js 20 or newer"
  local stamp=node_modules/.lockgate wanted said quiet=(--ignore-scripts --no-audit --no-fund --loglevel=error)
  wanted=$(sha256sum package-lock.json)
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then return; fi
  if ! said=$(npm ci "${quiet[@]}" 2>&1); then
    if grep -E '(Missing|Invalid):' <<<"$said" | grep -qv 'Missing: [^ ]*@ from lock file' || ! grep -q 'Missing:' <<<"$said"; then
      fail "\`npm ci\` failed: $(grep -v '^npm error *$' <<<"$said" | head -8)"
    fi
    npm install --no-save "${quiet[@]}" >&2 || fail "\`npm install --no-save\` failed"
  fi
  printf '%s\n' "$wanted" >"$stamp"
}

# Whether package.json has a script of that name.
has_script() { has_node && grep -Eq "^[[:space:]]*\"$1\"[[:space:]]*:" package.json; }

# Installs what Aptfile names and this machine lacks, in CI and where that is allowed; else says how, and goes on.
system_packages() {
  local missing names
  if [ ! -f Aptfile ]; then return; fi
  missing=$(missing_packages) || exit
  if [ -z "$missing" ]; then return; fi
  readarray -t names <<<"$missing"
  if may_install; then
    run apt_install "${names[@]}"
  else
    say "Aptfile: not installed here: ${names[*]}; on Debian and Ubuntu \`sudo apt-get install --no-install-recommends ${names[*]}\`"
  fi
}

# The packages of Aptfile that are not installed.
missing_packages() {
  local name
  while read -r name || [ -n "$name" ]; do
    [[ "$name" =~ ^[a-z0-9][a-z0-9.+-]+$ ]] || misused "Aptfile: $name: must be one package's name a line; correct it"
    dpkg-query --status "$name" 2>/dev/null | grep -q '^Status: .* installed$' || printf '%s\n' "$name"
  done < <(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' Aptfile)
}

# Whether packages of the system may be installed: in CI, by root or by who needs no password to become root.
may_install() {
  [ "${CI:-}" = true ] && type -P apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
}

apt_install() {
  local others name
  others=$("$(ours python)" -c 'import sys, toolchain
from infra.errors import ToolError
try: print(*toolchain.install_packages(sys.argv[1:]))
except ToolError as error: sys.exit(f"error: {error}")' "$@")
  for name in $others; do skip "$name: this system's sources have no such package"; done
}
