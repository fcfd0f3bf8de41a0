#!/usr/bin/env bash
# Reads exported tables back with pyarrow, duckdb and Python's csv module, in an environment of its own
# that is locked by hash. Where the readers cannot be installed it says so and passes.
set -euo pipefail
cd "$(dirname "$0")/.."

environment=$PWD/.build/table-readers
requirements=Tests/TableReaders/requirements.txt
if ! cmp -s "$requirements" "$environment/requirements.txt"; then
  rm -rf "$environment"
  if ! python3 -m venv "$environment" \
    || ! "$environment/bin/pip" install --quiet --require-hashes --only-binary :all: -r "$requirements"; then
    rm -rf "$environment"
    echo "skipped: the readers of $requirements cannot be installed here"
    exit 0
  fi
  cp "$requirements" "$environment/requirements.txt"
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$environment/bin/python" Tests/TableReaders/read_back.py "${1:-$PWD/.build/release/tunix-rt}" "$folder"
