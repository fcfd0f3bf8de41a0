#!/usr/bin/env bash
# Problems of the real reasoning-gym go through the program: import, dataset with a split, exports. The
# package comes into an environment of its own that is locked by hash. Where it cannot be installed the
# script says so and passes.
set -euo pipefail
cd "$(dirname "$0")/.."

environment=$PWD/.build/reasoning-gym
folder=Tests/ReasoningGym
install() {
  # Three of the packages come as source only; what builds them is locked too.
  python3 -m venv "$environment" \
    && "$environment/bin/pip" install --quiet --require-hashes --only-binary :all: -r "$folder/build.txt" \
    && "$environment/bin/pip" install --quiet --require-hashes --no-build-isolation \
      --only-binary :all: --no-binary cellpylib,pycosat,zss -r "$folder/requirements.txt"
}
if ! cmp -s "$folder/requirements.txt" "$environment/requirements.txt"; then
  rm -rf "$environment"
  if ! install; then
    rm -rf "$environment"
    echo "skipped: the packages of $folder/requirements.txt cannot be installed here"
    exit 0
  fi
  cp "$folder/requirements.txt" "$environment/requirements.txt"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$environment/bin/python" "$folder/end_to_end.py" "${1:-$PWD/.build/release/tunix-rt}" "$work"
