#!/usr/bin/env python3
"""Writes problems of reasoning-gym as JSON Lines that `tunix-rt trace import` reads.

    pip install reasoning-gym
    python Examples/reasoning_gym_traces.py --size 50 --seed 42 > problems.jsonl
    tunix-rt trace import problems.jsonl --source reasoning-gym --license Apache-2.0

reasoning-gym gives a question, an answer and metadata. For the tasks whose solution follows from the
metadata (sums and greatest common divisors) the script writes the steps too, each checked against
the answer; with `--questions-only` every task is written as prompt and completion instead. A problem
of which the package knows no single answer is passed over.
"""

import argparse
import contextlib
import json
import re
import sys

import reasoning_gym


def sum_steps(question: str, answer: str) -> list[str]:
    """Adds and subtracts from left to right."""
    expression = re.search(r"[-+]?\d+(?:\s*[-+]\s*\d+)+", question)
    if not expression:
        return []
    terms = [int(re.sub(r"\s", "", term)) for term in re.findall(r"[-+]?\s*\d+", expression[0])]
    steps, total = [], terms[0]
    for term in terms[1:]:
        sign = "-" if term < 0 else "+"
        steps.append(f"{total} {sign} {abs(term)} = {total + term}")
        total += term
    return steps if str(total) == answer else []


def divisor_steps(question: str, answer: str) -> list[str]:
    """Euclid's algorithm over the numbers of the question, two at a time."""
    found = re.search(r":\s*([\d, ]+)", question)
    numbers = [int(number) for number in re.findall(r"\d+", found[1])] if found else []
    steps, divisor = [], numbers[0] if numbers else 0
    for number in numbers[1:]:
        a, b = max(divisor, number), min(divisor, number)
        while b:
            steps.append(f"{a} = {a // b} * {b} + {a % b}")
            a, b = b, a % b
        divisor = a
        steps.append(f"so their greatest common divisor is {divisor}")
    return steps if str(divisor) == answer else []


TASKS = {"chain_sum": sum_steps, "gcd": divisor_steps}


def trace(task: str, entry: dict) -> dict | None:
    steps = TASKS[task](entry["question"], entry["answer"])
    if not steps:
        return None
    return {
        "trace_version": "1.0",
        "prompt": entry["question"],
        "final_answer": entry["answer"],
        "steps": [
            {"i": place, "type": "calculation", "content": step}
            for place, step in enumerate(steps)
        ],
        "meta": {"category": task, "difficulty": entry["metadata"].get("difficulty")},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", nargs="+", default=sorted(TASKS), help="names of reasoning-gym")
    parser.add_argument("--size", type=int, default=50, help="problems of each task")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--questions-only", action="store_true", help="prompt and completion")
    options = parser.parse_args()
    for task in options.tasks:
        if not options.questions_only and task not in TASKS:
            sys.exit(f"{task}: no steps are known for this task; use --questions-only")
        # Some tasks print while they search for problems.
        with contextlib.redirect_stdout(sys.stderr):
            entries = list(reasoning_gym.create_dataset(task, size=options.size, seed=options.seed))
        for entry in entries:
            if not isinstance(entry["answer"], str) or not entry["answer"].strip():
                continue
            if options.questions_only:
                row = {"prompt": entry["question"], "completion": entry["answer"], "category": task}
            else:
                row = trace(task, entry)
            if row:
                print(json.dumps(row))


if __name__ == "__main__":
    main()
