#!/usr/bin/env python3
"""Measures tunix-rt and its peers in turn on this machine and prints the ratios.

    Benchmarks/run.sh                                  everything, in minutes
    Benchmarks/run.sh --rows train_8x128,generate_64 --peers torch,openvino

Round after round, each engine does the same work once: A B C, A B C. The median of all timings decides;
every single one is written to benchmark_results.json.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import pathlib
import sys
import time

from peers import machine, report
from peers.native import Native
from peers.process import PeerError, PeerProcess
from peers.work import ROWS, Generation, Row, Training

CHECKOUT = pathlib.Path(__file__).resolve().parent.parent
PEERS = ("torch", "torch-bf16", "torch-compile", "openvino", "llama.cpp")
# Prompts on which all engines' greedy tokens are compared with the reference's.
CHECKED_PROMPTS = 4


def main() -> None:
    options = arguments()
    rows = [row for row in ROWS if row.name in options.rows]
    native = Native(options.program, options.model, options.threads)
    # Every engine finds the file in the system's cache.
    pathlib.Path(options.model).read_bytes()
    results = {
        "created_at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "machine": machine.facts(options.threads),
        "settings": {"rounds": options.rounds, "steps": options.steps, "warmup": options.warmup},
        "engines": {},
        "rows": [],
    }
    for kind in ("train", "generate", "load"):
        chosen = [row for row in rows if row.kind == kind]
        if chosen:
            results["rows"] += measured(chosen, options, native, results["engines"])
    if options.checks:
        results["agreement"] = agreement(options, native)
    if options.profiles:
        results["profiles"] = profiles(rows, native)
    options.output.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    show(results, options)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    every = [row.name for row in ROWS]
    parser.add_argument("--rows", type=names(every), default=every, help=",".join(every))
    parser.add_argument("--peers", type=names(PEERS), help=",".join(PEERS) + ", or none")
    parser.add_argument("--compile", action="store_true", help="torch.compile too (minutes to compile)")
    parser.add_argument("--rounds", type=int, default=2, help="how often each engine has its turn")
    parser.add_argument("--steps", type=int, default=2, help="counted training steps a turn")
    parser.add_argument("--warmup", type=int, default=1, help="steps before them in each turn")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--model", required=True, help="SmolLM2-135M-Instruct as a GGUF file")
    parser.add_argument("--program", default=str(CHECKOUT / ".build/release/tunix-rt"))
    parser.add_argument("--output", type=pathlib.Path, default=CHECKOUT / "benchmark_results.json")
    parser.add_argument("--no-checks", dest="checks", action="store_false", help="no token comparison")
    parser.add_argument("--no-profiles", dest="profiles", action="store_false")
    options = parser.parse_args()
    if options.peers is None:
        options.peers = ["torch", "openvino", "llama.cpp"]
        if machine.has_bf16():
            options.peers.insert(1, "torch-bf16")
    if options.compile:
        options.peers.append("torch-compile")
    return options


def names(known: tuple[str, ...] | list[str]):
    """A parser of comma-separated names."""

    def parse(text: str) -> list[str]:
        found = [name for name in text.split(",") if name and name != "none"]
        for name in found:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(known)}")
        return found

    return parse


def measured(
    rows: list[Row], options: argparse.Namespace, native: Native, facts: dict
) -> list[dict]:
    """All rounds of the rows of one kind; the peers stay alive from row to row."""
    wanted = [peer for peer in options.peers if any(peer in row.peers for row in rows)]
    log = options.output.with_suffix(".log")
    workers = {}
    for peer in wanted:
        worker = PeerProcess(peer, options.model, options.threads, log)
        try:
            facts[peer] = worker.ask("facts")
            workers[peer] = worker
        except PeerError as error:
            note(str(error))
            facts[peer] = {"error": str(error)}
            worker.close()
    results = []
    try:
        for row in rows:
            engines = {name: worker for name, worker in workers.items() if name in row.peers}
            results.append(rounds(row, options, native, engines))
    finally:
        for worker in workers.values():
            worker.close()
    return results


def rounds(
    row: Row, options: argparse.Namespace, native: Native, peers: dict[str, PeerProcess]
) -> dict:
    """One row: each engine in turn, round after round."""
    result = {
        "name": row.name,
        "title": row.title,
        "kind": row.kind,
        "tokens": row.work.tokens if row.work else None,
        "rounds": {report.NATIVE: [], **{name: [] for name in peers}},
    }
    failed = set()
    for number in range(options.rounds):
        for engine in result["rounds"]:
            if engine in failed:
                continue
            start = time.monotonic()
            try:
                entry = turn(row, number, options, native, peers.get(engine))
            except (PeerError, RuntimeError) as error:
                note(f"{row.name}: {error}")
                failed.add(engine)
                continue
            result["rounds"][engine].append(entry)
            seconds = ", ".join(f"{second:.2f}" for second in entry["seconds"])
            note(f"{row.name} {engine}: {seconds} s (turn {time.monotonic() - start:.0f} s)")
    result["summary"] = report.summary(result)
    result["ratios"] = report.ratios(result["summary"])
    return result


def turn(
    row: Row,
    number: int,
    options: argparse.Namespace,
    native: Native,
    peer: PeerProcess | None,
) -> dict:
    """One engine's turn: counted seconds and the memory."""
    match row.work:
        case Training() as work:
            if peer is None:
                reply = native.train(work, options.steps, options.warmup)
            else:
                reply = peer.ask(
                    "train", work=vars(work), steps=options.steps, warmup=options.warmup
                )
        case Generation() as work:
            prompts = work.ids(number)
            if peer is None:
                reply = native.generate(work, prompts)
            else:
                shares = work.shared_prefix > 0
                if number == 0:
                    # Loads the model and warms up, on prompts that do not come again.
                    peer.ask(
                        "generate", prompts=work.ids(-1), new_tokens=2, shares_prefix=shares
                    )
                reply = peer.ask(
                    "generate", prompts=prompts, new_tokens=work.new_tokens, shares_prefix=shares
                )
        case _:
            reply = native.bench("load", "--steps", 1, "--warmup", 0) if peer is None else (
                peer.ask("load")
            )
    seconds = reply["seconds"]
    return {
        "seconds": seconds if isinstance(seconds, list) else [seconds],
        "peak_memory_bytes": reply["peak_memory_bytes"],
        **{key: reply[key] for key in ("losses", "warmup_seconds") if key in reply},
    }


def agreement(options: argparse.Namespace, native: Native) -> dict:
    """On real prompts: how many leading greedy tokens each engine shares with the reference."""
    fixture = json.loads((CHECKOUT / "Fixtures/greedy_smollm2.json").read_text())
    entries = fixture["entries"][:CHECKED_PROMPTS]
    length = fixture["new_tokens"]
    found = {report.NATIVE: native.answers([entry["prompt_ids"] for entry in entries], length)}
    for peer in options.peers:
        if peer == "torch-compile":
            continue
        worker = PeerProcess(peer, options.model, options.threads, options.output.with_suffix(".log"))
        try:
            found[peer] = [
                worker.ask(
                    "generate",
                    prompts=[entry["prompt_ids"]],
                    new_tokens=length,
                    shares_prefix=False,
                )["answers"][0]
                for entry in entries
            ]
        except PeerError as error:
            note(str(error))
        finally:
            worker.close()
    result = {}
    for engine, answers in found.items():
        shared = total = 0
        for entry, answer in zip(entries, answers):
            # Behind the first end token an answer means nothing.
            end = entry["first_end_token"]
            expected = entry["ids"] if end is None else entry["ids"][: end + 1]
            same = [left == right for left, right in zip(answer, expected)]
            shared += same.index(False) if False in same else len(expected)
            total += len(expected)
        result[engine] = {"equal_leading_tokens": shared, "of": total}
    return result


def profiles(rows: list[Row], native: Native) -> dict:
    """Where the time of a training step and of a generation goes."""
    result = {}
    trace = CHECKOUT / ".build"
    trace.mkdir(exist_ok=True)
    flags = {
        "train": ("--steps", 2, "--warmup", 1),
        "generate": ("--steps", 1, "--warmup", 1),
    }
    for kind in {row.kind for row in rows} & set(flags):
        file = trace / f"profile_{kind}.json"
        found = native.bench(kind, "--profile", file, "--peak", *flags[kind])
        result[kind] = {
            "peak_gigaflops": found["matrix_peak_gigaflops"],
            "trace": str(file),
            "lines": found["profile"],
        }
    return result


def show(results: dict, options: argparse.Namespace) -> None:
    facts = results["machine"]
    print(f"\n{facts['cpu']}, {facts['threads']} threads, {' '.join(facts['features'])}")
    print("Tokens a second (or seconds); in brackets how many times faster tunix-rt is.\n")
    print(report.table(results["rows"]))
    for engine, entry in results.get("agreement", {}).items():
        print(f"{engine}: {entry['equal_leading_tokens']} of {entry['of']} reference tokens", end="; ")
    for kind, entry in results.get("profiles", {}).items():
        print(f"\n\nWhere the time goes, {kind} (peak {entry['peak_gigaflops']:.0f} GFLOP/s)\n")
        print(report.where(entry["lines"]))
    print(f"\nwritten: {options.output}")


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
