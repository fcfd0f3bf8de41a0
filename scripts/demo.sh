#!/usr/bin/env bash
# The whole loop on a real model, from nothing to a promoted model with its proof. Run `make build`
# first (`make demo` does). The workspace is $TUNIX_RT_WORKSPACE, else ./workspace.
#   --short   fewer items and steps, every stage real: what CI runs
set -euo pipefail
cd "$(dirname "$0")/.."

config=configs/demo.yaml dataset=demo test_count=120 selection=(--limit 1000)
if [[ ${1:-} == --short ]]; then
  config=configs/demo-short.yaml dataset=demo-short test_count=48
  selection=(--selection random --limit 400)
fi
model=smollm2-135m-instruct name=reasoner
export TUNIX_RT_WORKSPACE=${TUNIX_RT_WORKSPACE:-$PWD/workspace}

# Shows a command as a person would type it, then runs it.
tunix-rt() {
  printf '\n$ tunix-rt %s\n' "$*"
  .build/release/tunix-rt "$@"
}
step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
# The id of the newest run.
newest_run() {
  .build/release/tunix-rt run list --limit 1 --json | sed -E 's/.*"run_id": ?"([^"]+)".*/\1/'
}

SECONDS=0
step "1. The machine"
tunix-rt doctor

step "2. A real language model: SmolLM2-135M-Instruct, checked against its sha256"
tunix-rt model pull $model

step "3. Reasoning traces: problems with worked steps, from deterministic generators"
for generator in dev-reasoning-v2 golden-v1 golden-v2; do
  tunix-rt trace import --generator $generator
done

step "4. A frozen dataset: no test problem, and no rephrasing of one, is in train"
tunix-rt dataset build --name $dataset --version v1 --test-count $test_count \
  "${selection[@]}" --seed 42

step "5. Base run: the model as it is answers the test items"
tunix-rt run base --dataset $dataset-v1 --model $model --max-new-tokens 96
base=$(newest_run)

step "6. Trained run: a LoRA adapter learns from the train items, then answers the same test items"
tunix-rt run train --dataset $dataset-v1 --config $config --base "$base" --max-new-tokens 96
trained=$(newest_run)

step "7. Is it better? Item by item, with an exact paired test"
tunix-rt compare "$base" "$trained"

step "8. The better one goes into the registry, with its evidence"
if ! tunix-rt registry promote "$trained" --name $name; then
  echo "The evidence does not allow the trained model, so the base model is promoted."
  tunix-rt registry promote "$base" --name $name
fi
tunix-rt registry verify $name@champion

question="What is 17 + 25?"
step "Done in $((SECONDS / 60)) min $((SECONDS % 60)) s. Ask the promoted model:"
tunix-rt generate --model $name@champion "$question"
cat << END

The proof is in $TUNIX_RT_WORKSPACE. Look at it again with:
  export TUNIX_RT_WORKSPACE=$TUNIX_RT_WORKSPACE
  .build/release/tunix-rt run show ${trained:0:8} --items 3
  .build/release/tunix-rt compare ${base:0:8} ${trained:0:8}
  .build/release/tunix-rt registry show $name
  .build/release/tunix-rt generate --model $name@champion "$question"
END
