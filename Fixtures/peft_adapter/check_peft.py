"""Compares our logits with an adapter against the same adapter in PEFT.

usage: check_peft.py BASE ADAPTER < rows.jsonl

BASE is a model folder or a .gguf file. A row is {"ids": [...], "top": [{"id", "logit"}, ...]}, with
an optional "logsumexp": what `tunix-rt model logits --adapter ADAPTER --dtype f32 --file -` answered
for those ids (it does not echo the ids; join them in). Exits 0 and prints the largest difference if
that is below 1e-4 (or $CHECK_PEFT_LIMIT); otherwise, and on a warning of PEFT or a tensor of the
file that PEFT did not take as it is, exits 1.
"""

import json
import math
import os
import sys
import warnings

os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
from peft import PeftModel
from peft.utils import get_peft_model_state_dict
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

LIMIT = float(os.environ.get("CHECK_PEFT_LIMIT", "1e-4"))


def load_base(base):
    if base.endswith(".gguf"):
        folder, name = os.path.split(os.path.abspath(base))
        return AutoModelForCausalLM.from_pretrained(
            folder, gguf_file=name, dtype=torch.float32
        )
    return AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)


def last_logits(model, ids):
    with torch.no_grad():
        return model(input_ids=torch.tensor([ids]), use_cache=False).logits[0, -1].double()


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    base_path, adapter = sys.argv[1:]
    rows = [json.loads(line) for line in sys.stdin if line.strip()]
    if not rows:
        print("no rows on standard input", file=sys.stderr)
        return 1
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))

    problems = []
    base = load_base(base_path).eval()
    bare = [last_logits(base, row["ids"]) for row in rows]  # before PEFT changes the modules
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = PeftModel.from_pretrained(base, adapter).eval()
    # A deprecation is between the two libraries; what PEFT says of an adapter is a UserWarning.
    for warning in caught:
        if issubclass(warning.category, (DeprecationWarning, FutureWarning)):
            print(f"(no fault of the adapter: {warning.message})", file=sys.stderr)
        else:
            problems.append(f"PEFT warns: {warning.message}")

    # Every tensor of the file is in the model, unchanged, and the model has no other.
    file = load_file(os.path.join(adapter, "adapter_model.safetensors"))
    held = get_peft_model_state_dict(model, save_embedding_layers=False)
    problems += [f"missing from the file: {name}" for name in sorted(held.keys() - file.keys())]
    problems += [f"unexpected in the file: {name}" for name in sorted(file.keys() - held.keys())]
    for name in sorted(held.keys() & file.keys()):
        if held[name].shape != file[name].shape or not torch.equal(held[name], file[name]):
            problems.append(f"not loaded as it is: {name}")

    largest, effect, sets = 0.0, 0.0, 0
    for number, (row, without) in enumerate(zip(rows, bare), 1):
        logits = last_logits(model, row["ids"])
        effect = max(effect, (logits - without).abs().max().item())
        theirs = torch.topk(logits, len(row["top"])).indices.tolist()
        if not row["top"]:
            problems.append(f"row {number}: no top")
        sets += set(theirs) == {entry["id"] for entry in row["top"]}
        pairs = [(entry["logit"], logits[entry["id"]].item()) for entry in row["top"]]
        if row.get("logsumexp") is not None:
            pairs.append((row["logsumexp"], torch.logsumexp(logits, 0).item()))
        for ours, reference in pairs:
            difference = abs(ours - reference)
            largest = max(largest, difference if math.isfinite(difference) else math.inf)

    if effect < 100 * LIMIT:
        problems.append(f"the adapter moves no logit by more than {effect:.3g}: this shows nothing")
    for problem in problems:
        print(problem, file=sys.stderr)
    print(
        f"largest difference {largest:.3g} over {len(rows)} rows, limit {LIMIT:g}; {sets} of "
        f"{len(rows)} have the same best tokens; the adapter moves a logit by up to {effect:.3g}; "
        f"{len(file)} tensors"
    )
    return 0 if largest < LIMIT and not problems else 1


sys.exit(main())
