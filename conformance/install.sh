#!/usr/bin/env bash
# Installs the judges that no one here wrote, at pinned versions, into .judges:
# moto's server, boto3, the aws CLI and MCP's Python SDK in a virtual
# environment, versitygw as a binary, MCP's own judges from npm (with a Node.js
# that they run on), and Postgres, which the store is tested on, from Debian.
# What stands there already is left alone.
set -euo pipefail
cd "$(dirname "$0")/.."
versitygw=v1.8.0
mkdir -p .judges/bin

wanted=$(sha256sum conformance/requirements.txt | cut -d ' ' -f 1)
if [ "$(cat .judges/venv/.installed 2>/dev/null)" != "$wanted" ]; then
  rm -rf .judges/venv
  python3 -m venv .judges/venv
  .judges/venv/bin/pip install --quiet --disable-pip-version-check -r conformance/requirements.txt
  echo "$wanted" > .judges/venv/.installed
fi
if [ ! -x .judges/bin/versitygw ] || [ "$(cat .judges/bin/versitygw.version 2>/dev/null)" != "$versitygw" ]; then
  GOBIN="$PWD/.judges/bin" go install "github.com/versity/versitygw/cmd/versitygw@$versitygw"
  echo "$versitygw" > .judges/bin/versitygw.version
fi

if ! command -v initdb >/dev/null && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends postgresql-15 >/dev/null
  else
    echo "Postgres is not on this machine: the store is tested on SQLite alone" >&2
  fi
fi

wanted=$(sha256sum conformance/npm/package-lock.json | cut -d ' ' -f 1)
if [ "$(cat .judges/npm/.installed 2>/dev/null)" != "$wanted" ]; then
  if ! command -v npm >/dev/null; then
    echo "npm is not on this machine: what it would bring is not installed" >&2
    exit 0
  fi
  rm -rf .judges/npm
  cp -R conformance/npm .judges/npm
  (cd .judges/npm && npm ci --no-audit --no-fund --loglevel=error)
  echo "$wanted" > .judges/npm/.installed
fi
