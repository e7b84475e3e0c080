# shellcheck shell=bash
# What a service is made of, and how its parts are got. Sourced after common.sh, in the service's root.

has_python() { [ -f requirements.lock ] || [ -f pyproject.toml ]; }
has_node() { [ -f package-lock.json ]; }

skip() { say "skipped: $*"; }

# The path of a Python with the service's packages and its tests': an environment in the cache, named by the locks.
service_python() {
  local lock=requirements-dev.lock base home
  [ -f "$lock" ] || lock=requirements.lock
  [ -f "$lock" ] || fail "$PWD: there is neither requirements-dev.lock nor requirements.lock; lock the packages with hashes"
  base=$(service_base_python) || exit
  home=$("$base" "$LOCKGATE_HOME/scripts/utils/environment.py" "$lock") || exit
  printf '%s\n' "$home/bin/python"
}

# Lockgate's Python without its packages: versions that fit one fit the other.
service_base_python() {
  local program
  program=$(ours python)
  "$program" -c 'import sys; print(getattr(sys, "_base_executable", sys.executable))'
}

# Installs node_modules from the lock, once for all checkouts: they are kept in the cache. No script of a package runs.
# `npm ci` refuses a lock without optional packages of other platforms that the registry does not have, which it lists
# without a version; then, and only then, they are left out.
node_modules() {
  command -v npm >/dev/null || fail "npm: not found; install Node.js 20 or newer"
  local stamp=node_modules/.lockgate wanted said kept part quiet=(--ignore-scripts --no-audit --no-fund --loglevel=error)
  wanted=$(sha256sum package-lock.json)
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then return; fi
  kept="${XDG_CACHE_HOME:-$HOME/.cache}/lockgate/node/$( (node --version && cat package-lock.json) | sha256sum | cut -c1-16)"
  if [ -d "$kept" ]; then
    rm -rf node_modules
    linked "$kept" node_modules
    return
  fi
  if ! said=$(npm ci "${quiet[@]}" 2>&1); then
    if grep -E '(Missing|Invalid):' <<<"$said" | grep -qv 'Missing: [^ ]*@ from lock file' || ! grep -q 'Missing:' <<<"$said"; then
      fail "\`npm ci\` failed: $(grep -v '^npm error *$' <<<"$said" | head -8)"
    fi
    npm install --no-save "${quiet[@]}" >&2 || fail "\`npm install --no-save\` failed"
  fi
  printf '%s\n' "$wanted" >"$stamp"
  mkdir -p "$(dirname "$kept")"
  part=$(mktemp -d -p "$(dirname "$kept")")
  linked node_modules "$part/whole"
  mv -T "$part/whole" "$kept" 2>/dev/null || true # another run was first
  rm -rf "$part"
}

# Copies a folder by links, where the file system has them: a thousand files in no time.
linked() { cp -al "$1" "$2" 2>/dev/null || { rm -rf "$2" && cp -a "$1" "$2"; }; }

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
