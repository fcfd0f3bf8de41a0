"""Compares tunix-rt's tokenizer with Hugging Face's `tokenizers` (Rust) on one thread, and their ids.

    python3 -m venv venv && venv/bin/pip install tokenizers gguf
    venv/bin/python compare_tokenizers.py --program tunix-rt --model MODEL --text TEXT.jsonl [--json OUT]

MODEL is a GGUF file with a byte-level vocabulary, whose tokenizer.json is built from it, or a folder with a
tokenizer.json. Only encoding is timed, on both sides inside the process: no start, no reading, no
printing. Each side runs several times and its best time counts; Hugging Face's is processor time, the best of
one `encode` a text and `encode_batch_fast`, which leaves offsets out as tunix-rt does here. 10 MB take two
minutes, most of them for the other side; with --runs 1 less than one.
"""
import os

os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

import argparse
import json
import pathlib
import subprocess
import tempfile
import time

import tokenizers
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers


def from_gguf(path):
    """SmolLM2's tokenizer from a GGUF file: digits alone, then GPT-2's pattern."""
    from gguf import GGUFReader

    fields = GGUFReader(path).fields
    assert fields["tokenizer.ggml.pre"].contents() == "smollm", "only SmolLM2's pattern is built here"
    names = fields["tokenizer.ggml.tokens"].contents()
    kinds = fields["tokenizer.ggml.token_type"].contents()
    merges = [tuple(merge.split(" ")) for merge in fields["tokenizer.ggml.merges"].contents()]
    tokenizer = Tokenizer(models.BPE(vocab={name: at for at, name in enumerate(names)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(name, normalized=False) for name, kind in zip(names, kinds) if kind == 3])
    return tokenizer


def best(runs, work):
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def peer(tokenizer, texts, runs):
    single = best(runs, lambda: [tokenizer.encode(text, add_special_tokens=False) for text in texts])
    batch = best(runs, lambda: tokenizer.encode_batch_fast(texts, add_special_tokens=False))
    return single, batch


def ours(arguments, runs):
    command = [arguments.program, "model", "tokenize", arguments.model, "--file", arguments.text, "--count", "--json"]
    counts = [json.loads(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(runs)]
    return min(counts, key=lambda count: count["seconds"])


def same_ids(arguments, tokenizer, texts):
    """How many texts have other ids on the two sides."""
    with tempfile.TemporaryFile() as out:
        command = [arguments.program, "model", "tokenize", arguments.model, "--file", arguments.text]
        subprocess.run(command, check=True, stdout=out)
        out.seek(0)
        found = [json.loads(line)["ids"] for line in out]
    assert len(found) == len(texts)
    return sum(tokenizer.encode(text, add_special_tokens=False).ids != ids for text, ids in zip(texts, found))


def main():
    parser = argparse.ArgumentParser()
    for name in ("--program", "--model", "--text"):
        parser.add_argument(name, required=True)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    folder = pathlib.Path(arguments.model)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json")) if folder.is_dir() else from_gguf(arguments.model)
    texts = [json.loads(line)["text"] for line in open(arguments.text, encoding="utf-8")]
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    single, batch = peer(tokenizer, texts, arguments.runs)
    count = ours(arguments, arguments.runs)
    result = {
        "text": arguments.text, "megabytes": round(megabytes, 2), "texts": len(texts), "tokens": count["tokens"],
        "different_ids": same_ids(arguments, tokenizer, texts), "peer": f"tokenizers {tokenizers.__version__}",
        "peer_seconds": {"encode": round(single, 3), "encode_batch_fast": round(batch, 3)},
        "seconds": round(count["seconds"], 4), "megabytes_per_second": round(megabytes / count["seconds"], 1),
        "ratio": round(min(single, batch) / count["seconds"], 1)}
    print(json.dumps(result, indent=2))
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
