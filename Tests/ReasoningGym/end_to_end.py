#!/usr/bin/env python3
"""Takes problems of reasoning-gym through the program and checks what comes out against what went in.

    python Tests/ReasoningGym/end_to_end.py PROGRAM FOLDER

Every problem that was generated must be stored once; every exported row must be a problem that was
generated, with its answer; train and test share no group and no question.
"""

import json
import os
import subprocess
import sys
import time

import reasoning_gym
from reasoning_gym.factory import DATASETS

EXAMPLE = os.path.join(os.path.dirname(__file__), "..", "..", "Examples", "reasoning_gym_traces.py")

# Tasks that search for their problems need seconds or minutes for a few; a composite is none by itself.
SLOW = {
    "advanced_geometry", "arc_agi", "codeio", "composite", "countdown", "figlet_font", "futoshiki",
    "game_of_life", "game_of_life_halting", "intermediate_integration", "jugs", "knight_swap",
    "polynomial_equations", "puzzle24", "rearc", "rubiks_cube", "sokoban", "sudoku", "word_ladder",
    "zebra_puzzles",
}
STEPS = ["chain_sum", "gcd"]


def generate(file: str, *options: str) -> list[dict]:
    done = subprocess.run([sys.executable, EXAMPLE, *options], capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    with open(file, "wb") as out:
        out.write(done.stdout)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main() -> None:
    program, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
    place = ["--workspace", os.path.join(folder, "workspace")]

    def run(*arguments: str) -> str:
        done = subprocess.run([program, *arguments, *place], capture_output=True, text=True)
        assert done.returncode == 0, (arguments, done.stderr)
        return done.stdout

    def ask(*arguments: str) -> dict:
        return json.loads(run(*arguments, "--json"))

    def rows(*arguments: str) -> list[dict]:
        return [json.loads(line) for line in run("dataset", "export", "gym-v1", *arguments).splitlines()]

    begin = time.monotonic()
    tasks = sorted(set(DATASETS) - SLOW - set(STEPS))
    files = [os.path.join(folder, name) for name in ("steps.jsonl", "questions.jsonl")]
    solved = generate(files[0], "--size", "300", "--tasks", *STEPS)
    asked = generate(files[1], "--size", "50", "--questions-only", "--tasks", *tasks)
    generated = time.monotonic()
    answers: dict[str, set[str]] = {}
    for row in solved:
        answers.setdefault(row["prompt"], set()).add(row["final_answer"])
    for row in asked:
        answers.setdefault(row["prompt"], set()).add(row["completion"].strip())
    distinct = len({json.dumps(row, sort_keys=True) for row in solved + asked})
    kinds = {row["meta"]["category"] for row in solved} | {row["category"] for row in asked}
    print(f"reasoning-gym: {len(solved) + len(asked)} problems of {len(kinds)} tasks, {distinct} distinct, "
          f"{len(solved)} with steps, in {generated - begin:.1f} s")
    assert len(kinds) > 60 and distinct > 3000, "the package gave fewer problems than it used to"

    origin = ["--source", "reasoning-gym", "--license", "Apache-2.0"]
    first = ask("trace", "import", *files, *origin)
    again = ask("trace", "import", *files, *origin)
    assert first["rejected"] == 0 and first["created"] == distinct == first["total"], first
    assert again["created"] == 0 and again["total"] == distinct, again

    built = ask("dataset", "build", "--name", "gym", "--version", "v1", "--filter", "source=reasoning-gym",
                "--selection", "stratified", "--seed", "7", "--limit", "10000", "--test-fraction", "0.1")
    checks = {check["check"]: check["finding_count"] for check in built["checks"]}
    assert set(checks) == {"duplicates", "contamination"}, built
    verified = ask("dataset", "verify", "gym-v1")
    assert verified["is_intact"] and verified["trace_count"] == built["trace_count"], verified

    manifest = ask("dataset", "show", "gym-v1")
    sides = {side: [item for item in manifest["items"] if item["split"] == side]
             for side in ("train", "test")}
    groups = {side: {item["group_key"] for item in items} for side, items in sides.items()}
    assert not groups["train"] & groups["test"], "a group is on both sides"
    assert len(groups["test"]) == len(sides["test"]) > 200, "the test side has one item a group"
    dropped = manifest["split"]["dropped_test_repeats"] + manifest["split"]["dropped_train_duplicates"]
    assert len(manifest["items"]) + dropped == distinct, (len(manifest["items"]), dropped, distinct)

    asked_of: dict[str, set[str]] = {}
    for side, items in sides.items():
        traces = rows("--format", "trace", "--split", side)
        assert [row["id"] for row in traces] == [item["trace_id"] for item in items], side
        messages = rows("--format", "messages", "--split", side)
        examples = rows("--format", "training_example", "--split", side)
        assert len(messages) == len(examples) == len(items), side
        asked_of[side] = {row["prompts"] for row in traces}
        for trace, turns, example in zip(traces, messages, examples):
            assert trace["final_answer"] in answers[trace["prompts"]], trace
            user, assistant = (next(turn["content"] for turn in turns["messages"] if turn["role"] == role)
                               for role in ("user", "assistant"))
            assert user.startswith(trace["prompts"]) and trace["final_answer"] in assistant, turns
            assert trace["final_answer"] in example["response"], example
    assert not asked_of["train"] & asked_of["test"], "a question is on both sides"
    tested = {row["category"] for row in sides["test"]}
    print(f"tunix-rt: {first['created']} traces, {len(sides['train'])} to learn from and "
          f"{len(sides['test'])} of {len(tested)} tasks to judge on; {checks['duplicates']} near duplicates and "
          f"{checks['contamination']} contaminations recorded, in {time.monotonic() - generated:.1f} s")


if __name__ == "__main__":
    main()
