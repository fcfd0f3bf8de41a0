#!/usr/bin/env bash
# Installs what building, testing and running need on Debian 12, and nothing that is there already.
# As root through apt-get; otherwise prints the command to run and stops.
set -euo pipefail

# The Swift toolchain links with the C and C++ libraries of the system (libgomp.so lies in
# libgcc-12-dev), Foundation needs libcurl and libxml2, the engine oneDNN, the database SQLite,
# the server zlib.
libraries=(libdnnl-dev libsqlite3-dev zlib1g-dev libc6-dev libgcc-12-dev libstdc++-12-dev
  binutils libcurl4 libxml2 ca-certificates tzdata)
required_swift=6.3

missing=()
if command -v dpkg-query > /dev/null; then
  for package in "${libraries[@]}"; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null || true)
    [[ $state == installed* ]] || missing+=("$package")
  done
fi
command -v git > /dev/null || missing+=(git)
command -v make > /dev/null || missing+=(make)
command -v python3 > /dev/null || missing+=(python3)
# `tunix-rt model pull` downloads with pip.
python3 -m pip --version > /dev/null 2>&1 || missing+=(python3-pip)
# Checks that use Python packages run in an environment of their own.
python3 -c 'import ensurepip' > /dev/null 2>&1 || missing+=(python3-venv)

if ((${#missing[@]} > 0)); then
  if ! command -v apt-get > /dev/null; then
    echo "error: missing: ${missing[*]} (names of Debian 12; this system has no apt-get)" >&2
    exit 1
  fi
  if [[ $(id -u) != 0 ]]; then
    echo "error: missing: ${missing[*]}. Run this, then try again:" >&2
    echo "  sudo apt-get update && sudo apt-get install -y ${missing[*]}" >&2
    exit 1
  fi
  echo "Installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq < /dev/null
  apt-get install -y -qq --no-install-recommends "${missing[@]}" < /dev/null
fi

if ! command -v swift > /dev/null; then
  echo "error: no swift in PATH. Install Swift $required_swift or later for Debian 12: swift.org/install" >&2
  exit 1
fi
found_swift=$(swift --version 2> /dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p' | head -n 1)
older=$(printf '%s\n' "$required_swift" "${found_swift:-0}" | sort -V | head -n 1)
if [[ $older != "$required_swift" ]]; then
  echo "error: Swift $required_swift or later is needed, found ${found_swift:-an unknown version}" >&2
  exit 1
fi
