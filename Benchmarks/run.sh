#!/usr/bin/env bash
# Makes the peers' environment where it is not there yet, pulls the model, measures.
# Arguments go to bench.py, for example: Benchmarks/run.sh --rows train_8x128 --peers torch
set -euo pipefail
cd "$(dirname "$0")"

environment=$PWD/.venv
python=$environment/bin/python
lock=$(sha256sum requirements.txt | cut -c1-64)

if [[ $(cat "$environment/lock" 2> /dev/null) != "$lock" ]]; then
  echo "Installing the peers into Benchmarks/.venv (0.9 GB to download)"
  python3 -m venv --clear "$environment"
  # Every package is in the lock, so pip need not look for others (nor for torch's CUDA libraries).
  "$python" -m pip install --quiet --no-deps --require-hashes --requirement requirements.txt
  "$python" -m peers.stand_ins > /dev/null
  echo "$lock" > "$environment/lock"
fi

program=$PWD/../.build/release/tunix-rt
model=${TUNIX_RT_BENCH_MODEL:-}
if [[ -z $model ]]; then
  workspace=$PWD/../.build/bench-workspace
  "$program" model pull smollm2-135m-instruct --workspace "$workspace"
  model=$(find "$workspace/models" -type f -name '*.gguf' | head -n 1)
fi
exec "$python" bench.py --model "$model" "$@"
