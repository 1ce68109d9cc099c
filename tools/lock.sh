#!/usr/bin/env bash
# Resolve requirements/*.lock anew from pyproject.toml (needs `uv`); hashes, no registry addresses.
set -euo pipefail
cd "$(dirname "$0")/.."
compile() { uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-header --no-annotate pyproject.toml "$@"; }
compile --group build -o requirements/runtime.lock
compile --group build --group demo -o requirements/demo.lock
compile --group build --group demo --group dev -o requirements/dev.lock
