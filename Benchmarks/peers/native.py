"""tunix-rt itself: every measurement is a run of ``tunix-rt bench``."""

from __future__ import annotations

import json
import pathlib
import subprocess
import tempfile
from collections.abc import Sequence

from peers.work import Generation, Training


class Native:
    """The program, with the same words as a peer."""

    def __init__(self, program: str, model: str, threads: int) -> None:
        self.program = program
        self.model = model
        self.threads = threads

    def bench(self, kind: str, *flags: object) -> dict:
        """One run of the verb; its report."""
        return self._run("bench", "--kind", kind, "--device", "cpu", *flags)

    def train(self, work: Training, steps: int, warmup: int) -> dict:
        """Steps of LoRA training."""
        return self.bench(
            "train", "--batch-size", work.batch, "--sequence-length", work.length,
            "--supervised", work.supervised, "--rank", work.rank, "--steps", steps,
            "--warmup", warmup,
        )

    def generate(self, work: Generation, prompts: list[list[int]]) -> dict:
        """One repetition over given prompts, after a short one that is not counted."""
        with tempfile.TemporaryDirectory() as scratch:
            file = _lines(pathlib.Path(scratch), prompts)
            return self.bench(
                "generate", "--prompt-file", file, "--new-tokens", work.new_tokens,
                "--steps", 1, "--warmup", 1,
            )

    def answers(self, prompts: list[list[int]], new_tokens: int) -> list[list[int]]:
        """Greedy answers by the verb ``generate``, which stops at end tokens."""
        with tempfile.TemporaryDirectory() as scratch:
            file = _lines(pathlib.Path(scratch), prompts)
            command = self._command(
                "generate", "--file", file, "--max-new-tokens", new_tokens, "--batch-size",
                len(prompts),
            )
            return [json.loads(line)["ids"] for line in _output(command).splitlines()]

    def _run(self, *words: object) -> dict:
        return json.loads(_output(self._command(*words, "--json")))

    def _command(self, *words: object) -> list[str]:
        verb, *rest = words
        command = [self.program, verb, "--model", self.model, "--threads", self.threads, *rest]
        return [str(word) for word in command]


def _lines(folder: pathlib.Path, prompts: list[list[int]]) -> pathlib.Path:
    file = folder / "prompts.jsonl"
    file.write_text("".join(json.dumps({"ids": ids}) + "\n" for ids in prompts))
    return file


def _output(command: Sequence[str]) -> str:
    finished = subprocess.run(command, capture_output=True, text=True)
    if finished.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {finished.stderr.strip()}")
    return finished.stdout
