"""What is measured: the rows of the table, as values that every engine is given."""

from __future__ import annotations

import dataclasses
import random

VOCABULARY = 49152
# Ids below these are control tokens of SmolLM2.
FIRST_PLAIN_TOKEN = 17


@dataclasses.dataclass(frozen=True)
class Training:
    """Steps of LoRA training, rank 16 on all seven projections, AdamW, random tokens."""

    batch: int
    length: int
    supervised: float = 1.0
    rank: int = 16

    @property
    def tokens(self) -> int:
        """Tokens of a step, learned or not."""
        return self.batch * self.length

    @property
    def learned(self) -> int:
        """Learned tokens at a row's end."""
        return max(1, round(self.supervised * self.length))


@dataclasses.dataclass(frozen=True)
class Generation:
    """Greedy generation for all prompts at once, end tokens ignored."""

    prompts: int
    prompt_tokens: int = 34
    new_tokens: int = 48
    shared_prefix: int = 0

    @property
    def tokens(self) -> int:
        """New tokens of one repetition."""
        return self.prompts * self.new_tokens

    def ids(self, repetition: int) -> list[list[int]]:
        """The prompts of a repetition: others each time, the same for every engine."""
        draw = random.Random(f"{self.prompts}/{self.shared_prefix}/{repetition}")
        prefix = [draw.randrange(FIRST_PLAIN_TOKEN, VOCABULARY) for _ in range(self.shared_prefix)]
        return [
            prefix + [draw.randrange(FIRST_PLAIN_TOKEN, VOCABULARY) for _ in range(self.prompt_tokens)]
            for _ in range(self.prompts)
        ]


@dataclasses.dataclass(frozen=True)
class Row:
    """One row of the table."""

    name: str
    title: str
    work: Training | Generation | None
    peers: tuple[str, ...]
    goal: str = ""

    @property
    def kind(self) -> str:
        """``train``, ``generate`` or ``load``."""
        match self.work:
            case Training():
                return "train"
            case Generation():
                return "generate"
            case _:
                return "load"


TRAINERS = ("torch", "torch-bf16", "torch-compile")
GENERATORS = ("torch", "torch-bf16", "openvino", "llama.cpp")

ROWS = (
    Row("train_8x128", "LoRA training, 8 x 128 tokens", Training(8, 128), TRAINERS),
    Row("train_4x512", "LoRA training, 4 x 512 tokens", Training(4, 512), TRAINERS),
    Row("train_half", "LoRA training, 8 x 128, half supervised", Training(8, 128, 0.5), TRAINERS),
    Row("generate_64", "greedy, 64 prompts at once", Generation(64), GENERATORS),
    Row("generate_16", "greedy, 16 prompts at once", Generation(16), GENERATORS),
    Row("generate_1", "greedy, one prompt", Generation(1), GENERATORS),
    Row(
        "generate_prefix",
        "greedy, 64 prompts, shared prefix of 200",
        Generation(64, shared_prefix=200),
        ("openvino", "llama.cpp"),
    ),
    Row("ready", "model ready: file to first token", None, GENERATORS),
)
