#!/usr/bin/env bash
# Makes requirements.txt from requirements.in; needs uv. Run it after changing a version.
set -euo pipefail
cd "$(dirname "$0")"

{
  cat << 'HEADER'
# Every package of the peers' environment, locked by hash; made by lock.sh from requirements.in.
# Left out on purpose, with --no-deps at the installation: the CUDA libraries and triton, which torch
# names and a CPU does not need (peers/stand_ins.py), and OpenVINO's telemetry.
HEADER
  uv pip compile --quiet requirements.in --python-version 3.11 --generate-hashes --no-emit-index-url \
    | awk '
      /^ *#/ { next }
      /^[a-z0-9]/ { keep = $0 !~ /^(nvidia-|cuda-|triton|openvino-telemetry)/ }
      keep'
} > requirements.txt.new
mv requirements.txt.new requirements.txt
