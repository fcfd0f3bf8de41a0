#!/usr/bin/env bash
# Builds everything once, pulls the real model, runs all tests. Arguments go to `swift test`,
# for example: scripts/test.sh --filter Tokenizer
set -euo pipefail
cd "$(dirname "$0")/.."

flags=(-c release -Xswiftc -enable-testing)
model=smollm2-135m-instruct
workspace=$PWD/.build/test-workspace
report=$PWD/.build/test-report.xml

echo "Building the program and the tests"
swift build "${flags[@]}" --build-tests

# The real-model suites read this variable. Where the pull fails it names no file, so that they fail
# and say so instead of being skipped.
echo "Pulling $model for the real-model tests"
.build/release/tunix-rt model pull "$model" --workspace "$workspace" || true
pulled=$(find "$workspace/models" -type f -name '*.gguf' 2> /dev/null | head -n 1 || true)
export TUNIX_RT_TEST_MODEL=${pulled:-$workspace/no-model-because-the-pull-failed}

# Tests that start the program start the one just built.
export TUNIX_RT_TEST_EXECUTABLE=$PWD/.build/release/tunix-rt

# Several tests compute at once. Threads that wait by spinning would take the cores from each other:
# measured on two cores, the tests of the run executor take 2 s so, and 75 s otherwise.
export OMP_WAIT_POLICY=passive

rm -f "$report"
status=0
swift test "${flags[@]}" --skip-build --disable-xctest --xunit-output "$report" "$@" || status=$?
[[ -f $report ]] || { echo "error: the test run ended without a report" >&2; exit 1; }

# One plain closing line, counted from the report.
awk '
  /<testcase/ { total++; failing = 0 }
  /<skipped/ { skipped++ }
  /<failure/ && !failing { failed++; failing = 1 }
  END {
    printf "%d passed, %d failed, %d skipped\n", total - failed - skipped, failed, skipped
    if (total == 0) exit 1
  }' "$report"
exit "$status"
