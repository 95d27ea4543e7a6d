#!/usr/bin/env bash
# Installs the judges that no one here wrote, at pinned versions, into .judges:
# moto's server, boto3 and the aws CLI in a virtual environment, versitygw as a
# binary. What stands there already is left alone.
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
