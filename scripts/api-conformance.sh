#!/usr/bin/env bash
# Asks the running server what its own OpenAPI document promises (schemathesis), and reads its metrics
# with Prometheus' own parser. Arguments go to schemathesis: scripts/api-conformance.sh --max-examples 200
set -euo pipefail
cd "$(dirname "$0")/.."

program=${TUNIX_RT_TEST_EXECUTABLE:-$PWD/.build/release/tunix-rt}
lock=Tests/HTTPConformance/requirements.txt
venv=$PWD/.build/http-conformance
stamp=$venv/installed-$(sha256sum "$lock" | cut -c1-16)
if [[ ! -e $stamp ]]; then
  rm -rf "$venv"
  if ! { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --require-hashes -r "$lock"; }; then
    echo "skipped: schemathesis cannot be installed here (python3-venv and a package index are needed)"
    exit 0
  fi
  touch "$stamp"
fi

folder=$(mktemp -d)
server=
stop() { [[ -z $server ]] || kill "$server" 2> /dev/null || true; rm -rf "$folder"; }
trap stop EXIT

"$program" trace import --generator golden-v2 --workspace "$folder/workspace" > /dev/null
"$program" dataset build --name golden --version v2 --filter golden=v2 --test-count 10 \
  --workspace "$folder/workspace" > /dev/null
token=$("$program" token create conformance --scope admin --workspace "$folder/workspace" | head -n 1)
# Every request has to show the token.
"$program" serve --require-token --port 0 --json --workspace "$folder/workspace" > "$folder/address" &
server=$!
for _ in $(seq 100); do [[ -s $folder/address ]] && break; sleep 0.1; done
port=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$folder/address")
address=http://127.0.0.1:$port

cd "$folder"
"$venv/bin/schemathesis" --config-file "$OLDPWD/Tests/HTTPConformance/schemathesis.toml" \
  run "$address/openapi.json" --seed 1 --no-color \
  -H "Authorization: Bearer $token" --max-examples 10 --request-timeout 60 "$@"

"$venv/bin/python" - "$address/metrics" "$token" << 'PYTHON'
import sys, urllib.request
from prometheus_client.parser import text_string_to_metric_families
request = urllib.request.Request(sys.argv[1], headers={"Authorization": "Bearer " + sys.argv[2]})
answer = urllib.request.urlopen(request)
assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4"), answer.headers
families = {family.name: family for family in text_string_to_metric_families(answer.read().decode())}
durations = families["tunix_rt_http_request_duration_seconds"]
counts = families["tunix_rt_http_requests"]
assert durations.type == "histogram" and counts.type == "counter"
total = sum(sample.value for sample in counts.samples)
infinite = [s.value for s in durations.samples if s.labels.get("le") == "+Inf"]
assert total > 0 and sum(infinite) == total, (total, sum(infinite))
print(f"metrics: {len(families)} families, {total:.0f} requests")
PYTHON
kill -0 "$server"
kill -TERM "$server"
wait "$server"
server=
