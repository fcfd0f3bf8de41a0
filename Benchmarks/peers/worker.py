"""A peer in a process of its own: one JSON object a line in, one out.

    python -m peers.worker torch --model FILE --threads 2

``{"do": "load"}`` -> ``{"seconds"}``; ``{"do": "train", "work": {..}, "steps", "warmup"}`` -> ``{"seconds":
[..], "losses": [..]}``; ``{"do": "generate", "prompts", "new_tokens", "shares_prefix"}`` -> ``{"seconds",
"answers"}``; ``{"do": "peak"}`` -> ``{"gigaflops"}``; ``{"do": "facts"}`` -> versions, format, threads.
Every reply also has ``peak_memory_bytes``.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("peer")
    parser.add_argument("--model", required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    # Libraries print on standard output; the replies keep it for themselves.
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    peer = _peer(options.peer, options.model, options.threads)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply = getattr(peer, request.pop("do"))(**request)
        except Exception as error:  # A peer that cannot do a row must not end the others' run.
            traceback.print_exc()
            reply = {"error": f"{type(error).__name__}: {error}"}
        reply["peak_memory_bytes"] = _peak_memory()
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


def _peer(name: str, model: str, threads: int) -> object:
    os.environ["OMP_NUM_THREADS"] = str(threads)  # before a library starts its threads
    match name:
        case "torch" | "torch-bf16" | "torch-compile":
            from peers.torch_peer import TorchPeer

            return TorchPeer(
                model, threads, dtype="bfloat16" if name == "torch-bf16" else "float32",
                compiles=name == "torch-compile",
            )
        case "openvino":
            from peers.openvino_peer import OpenVINOPeer

            return OpenVINOPeer(model, threads)
        case "llama.cpp":
            from peers.llama_peer import LlamaPeer

            return LlamaPeer(model, threads)
        case _:
            raise SystemExit(f"there is no peer {name}")


def _peak_memory() -> int:
    """The most resident memory of this process so far, in bytes."""
    with open("/proc/self/status", encoding="utf-8") as status:
        line = next(line for line in status if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    main()
