#!/usr/bin/env bash
# Every test: the front end, then Python (units, integration, real peers, a real browser) in two
# processes. With arguments it is pytest with these, in one process: `tools/run_tests.sh FILE`.
# As root on Debian it installs the peers; elsewhere it says what is missing and is skipped.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin

packages=(dcmtk chromium orthanc orthanc-dicomweb orthanc-postgresql postgresql tshark unzip)

missing_packages() {
  for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || echo "$package"
  done
}

install_quietly() {
  apt-get -qq update && apt-get -qq install --no-install-recommends "$@" >/dev/null
}

install_packages() {
  local missing
  mapfile -t missing < <(missing_packages)
  [ "${#missing[@]}" -eq 0 ] && return
  echo "Debian packages of the tests: ${missing[*]} …"
  export DEBIAN_FRONTEND=noninteractive
  # The packages' own services stay off: the tests start what they need, with their own data.
  local policy=/usr/sbin/policy-rc.d
  if [ -e "$policy" ]; then
    install_quietly "${missing[@]}"
  else
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod +x "$policy"
    install_quietly "${missing[@]}" || { rm -f "$policy"; return 1; }
    rm -f "$policy"
  fi
}

if command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
  install_packages
elif command -v dpkg-query >/dev/null; then
  missing=$(missing_packages | tr '\n' ' ')
  [ -z "$missing" ] || echo "Not installed, so the tests that need them are skipped: $missing"
else
  echo "Not Debian: tests are skipped whose peers are not in /usr/bin (${packages[*]})."
fi

postgres_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)
as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}
if [ -n "$postgres_bin" ] && [ -z "${STECKEL_TEST_POSTGRESQL:-}" ]; then
  scratch=$(mktemp -d)
  chmod 755 "$scratch"
  mkdir "$scratch/pg"
  [ "$(id -u)" -ne 0 ] || chown postgres "$scratch/pg"
  port=$($bin/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  as_postgres "$postgres_bin/initdb" -D "$scratch/pg/data" -A trust -U steckel -E UTF8 --no-sync >/dev/null
  as_postgres "$postgres_bin/pg_ctl" -D "$scratch/pg/data" -l "$scratch/pg/log" -w -s \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$scratch/pg -c fsync=off" start
  stop_postgres() {
    as_postgres "$postgres_bin/pg_ctl" -D "$scratch/pg/data" -m immediate -s stop || true
    rm -rf "$scratch"
  }
  trap stop_postgres EXIT
  as_postgres "$postgres_bin/createdb" -h 127.0.0.1 -p "$port" -U steckel steckel_test
  export STECKEL_TEST_POSTGRESQL="postgresql://steckel@127.0.0.1:$port/steckel_test"
fi

if [ "$#" -gt 0 ]; then
  $bin/pytest "$@"
else
  # Not beside the others: its tests give a page a second to react.
  npm --prefix workstation run --silent test
  # A file stays in one process, which makes its servers once. Nothing sorts the files: those with
  # servers and browsers come first, and many short ones let both processes end together.
  $bin/pytest -n 2 --dist loadfile --no-loadscope-reorder
fi
