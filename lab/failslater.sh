#!/bin/sh
# Serves like any good version, but is not ready any more 10 s after real traffic began (probes do not count), and ends with an
# error 5 s later.
# A Service named podinfo makes Kubernetes set PODINFO_PORT to a URL; podinfo ignores that, too.
case ${PODINFO_PORT:-} in '' | *[!0-9]*) port=9898 ;; *) port=$PODINFO_PORT ;; esac
/bin/podinfo "$@" &
child=$!
stop() { kill -TERM "$child"; wait "$child"; exit; }
trap stop TERM INT
nap() { sleep "$1" & wait $!; }
served() {
    wget -q -O - "http://127.0.0.1:$port/metrics" 2>/dev/null | grep '^http_request_duration_seconds_count' |
        grep -v -E 'path="(healthz|readyz|metrics)"' | awk '{ sum += $NF } END { print sum + 0 }'
}
while [ "$(served)" -le 20 ]; do nap 1; done
nap 10
echo "failing, as this version does" >&2
wget -q -O /dev/null --post-data '' "http://127.0.0.1:$port/readyz/disable"
nap 5
kill -KILL "$child"
exit 1
