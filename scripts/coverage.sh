#!/usr/bin/env bash
# Line coverage of Sources/ by all tests but the real-model ones; fails below the gate.
# CONTRIBUTING.md states the same figure (held by ArchitectureTests).
set -euo pipefail
cd "$(dirname "$0")/.."

minimum_percent=70
scratch=$PWD/.build/coverage
build=$scratch/release
profiles=$scratch/profiles
flags=(-c release -Xswiftc -enable-testing --scratch-path "$scratch")
# The toolchain's own llvm tools: another version cannot read its profiles.
toolchain=$(swift -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)\/lib\/swift".*/\1/p')

swift build "${flags[@]}" --build-tests --enable-code-coverage

# Tests that start the program start the instrumented one; each process writes a profile of its own.
# The kill tests end hundreds of programs, some of them while they write theirs: such a torn profile
# is left out with a warning. `swift test --enable-code-coverage` would refuse to merge the others.
rm -rf "$profiles"
mkdir -p "$profiles"
TUNIX_RT_TEST_EXECUTABLE=$build/tunix-rt LLVM_PROFILE_FILE=$profiles/%p.profraw OMP_WAIT_POLICY=passive \
  swift test "${flags[@]}" --skip-build --disable-xctest --skip RealModel
find "$profiles" -name '*.profraw' > "$profiles/list"
"$toolchain/bin/llvm-profdata" merge -sparse -failure-mode=all -f "$profiles/list" -o "$profiles/all.profdata"
find "$profiles" -name '*.profraw' -delete
"$toolchain/bin/llvm-cov" export -summary-only -instr-profile "$profiles/all.profdata" \
  "$build"/*PackageTests.xctest -object "$build/tunix-rt" > "$profiles/summary.json"

python3 - "$PWD/Sources/" "$minimum_percent" "$profiles/summary.json" << 'END'
import json
import sys

root, minimum, summary = sys.argv[1], float(sys.argv[2]), sys.argv[3]
rooms = {}
with open(summary) as file:
    for entry in json.load(file)["data"][0]["files"]:
        if entry["filename"].startswith(root):
            room = "/".join(entry["filename"][len(root):].split("/")[:2])
            lines = entry["summary"]["lines"]
            covered, count = rooms.get(room, (0, 0))
            rooms[room] = (covered + lines["covered"], count + lines["count"])
for room, (covered, count) in sorted(rooms.items()):
    print(f"{100 * covered / max(count, 1):6.1f} %  {count:6d} lines  {room}")
covered = sum(pair[0] for pair in rooms.values())
count = sum(pair[1] for pair in rooms.values())
if count == 0:
    sys.exit("error: no line of Sources/ was measured")
percent = 100 * covered / count
print(f"line coverage {percent:.1f} % ({covered} of {count} lines), gate {minimum:g} %")
if percent < minimum:
    sys.exit(f"error: line coverage {percent:.1f} % is below {minimum:g} %")
END
