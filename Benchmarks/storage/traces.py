#!/usr/bin/env python3
"""Measures imports, lists, searches and reads of traces with the built program.

    python3 Benchmarks/storage/traces.py --count 1000000 --program .build/release/tunix-rt

Writes traces of about 500 bytes (a question, three steps, four facts), imports them from one file,
imports the file again, and lets `tunix-rt trace bench` ask for pages, words and single traces.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import tempfile
import time

WORDS = (
    "the train leaves a station and travels at constant speed so distance equals time multiplied by "
    "hence we add remaining apples then divide total among children carefully check result again "
    "first second half twice more fewer each every price cost paid share box pencil garden river"
).split()


def trace(number: int, draw: random.Random) -> str:
    one, other = draw.randint(1, 10**6), draw.randint(1, 10**6)
    steps = [
        {"i": place, "type": "calculation",
         "content": f"{' '.join(draw.choices(WORDS, k=9))} {one} + {other * place} = {one + other * place}."}
        for place in range(3)
    ]
    return json.dumps({
        "trace_version": "1.0",
        "prompt": f"{number}. {' '.join(draw.choices(WORDS, k=14))} {one} and {other}?",
        "final_answer": str(one + other),
        "steps": steps,
        "meta": {"category": draw.choice(["sum", "product", "share", "speed"]), "index": number,
                 "source": f"source-{number % 100}", "license": "cc0"},
    }, separators=(",", ":"))


def run(arguments: list[str]) -> tuple[dict, float, float]:
    """The verb's JSON, its seconds, and the most memory that a child has used so far, in MB."""
    begin = time.monotonic()
    done = subprocess.run(arguments + ["--json"], capture_output=True, text=True, check=True)
    seconds = time.monotonic() - begin
    return (json.loads(done.stdout), seconds,
            resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--program", default=".build/release/tunix-rt")
    parser.add_argument("--folder", help="where the file and the workspace are made")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        file, workspace = os.path.join(folder, "traces.jsonl"), os.path.join(folder, "workspace")
        draw = random.Random(7)
        with open(file, "w", encoding="utf-8") as out:
            for number in range(options.count):
                out.write(trace(number, draw) + "\n")
        size = os.path.getsize(file)
        place = ["--workspace", workspace]
        first, seconds, memory = run([options.program, "trace", "import", file] + place)
        assert first["created"] == options.count, first
        database = os.path.getsize(os.path.join(workspace, "tunix-rt.sqlite"))
        again, seconds_again, _ = run([options.program, "trace", "import", file] + place)
        assert again["created"] == 0, again
        print(f"{options.count} traces of {size // options.count} bytes, {size / 1e6:.0f} MB")
        print(f"import        {seconds:8.2f} s  {options.count / seconds:9.0f} traces/s  "
              f"{memory:.0f} MB resident, database {database / 1e6:.0f} MB")
        print(f"import again  {seconds_again:8.2f} s  {options.count / seconds_again:9.0f} traces/s")
        bench, _, _ = run([options.program, "trace", "bench", "--rounds", str(options.rounds)] + place)
        for name, row in bench["requests"].items():
            print(f"{name:40} median {row['median_ms']:7.2f} ms   p95 {row['p95_ms']:7.2f} ms")


if __name__ == "__main__":
    main()
