"""OpenVINO GenAI's continuous batching, on the same GGUF file."""

from __future__ import annotations

import time

import openvino
import openvino_genai


class OpenVINOPeer:
    """One pipeline; made anew when prefix caching is switched."""

    def __init__(self, model: str, threads: int) -> None:
        self.path = model
        self.threads = threads
        self.pipeline = None
        self.caches_prefix = False

    def facts(self) -> dict:
        """Versions and settings."""
        return {
            "openvino": openvino.__version__,
            "openvino_genai": openvino_genai.__version__,
            "threads": self.threads,
            "dtype": "the library's own choice for the file's 4-bit weights",
        }

    def load(self) -> dict:
        """From the file to the first token."""
        return {"seconds": self._load(caches_prefix=False)}

    def _load(self, caches_prefix: bool) -> float:
        self.pipeline = None
        start = time.perf_counter()
        settings = openvino_genai.SchedulerConfig()
        settings.max_num_seqs = 256
        settings.cache_size = 2  # GB
        settings.enable_prefix_caching = caches_prefix
        self.pipeline = openvino_genai.ContinuousBatchingPipeline(
            self.path, settings, "CPU", {"INFERENCE_NUM_THREADS": self.threads}
        )
        self.caches_prefix = caches_prefix
        self._answers([[0]], 1)
        return time.perf_counter() - start

    def generate(self, prompts: list[list[int]], new_tokens: int, shares_prefix: bool) -> dict:
        """Greedy, all prompts at once."""
        if self.pipeline is None or self.caches_prefix != shares_prefix:
            self._load(caches_prefix=shares_prefix)
        start = time.perf_counter()
        answers = self._answers(prompts, new_tokens)
        seconds = time.perf_counter() - start
        assert all(len(answer) == new_tokens for answer in answers)
        return {"seconds": seconds, "answers": answers}

    def _answers(self, prompts: list[list[int]], new_tokens: int) -> list[list[int]]:
        rule = openvino_genai.GenerationConfig()
        rule.max_new_tokens = new_tokens
        rule.ignore_eos = True
        rule.do_sample = False
        inputs = [openvino.Tensor(_row(prompt)) for prompt in prompts]
        results = self.pipeline.generate(inputs, [rule] * len(prompts))
        return [list(map(int, result.m_generation_ids[0])) for result in results]


def _row(ids: list[int]) -> object:
    import numpy

    return numpy.array([ids], dtype=numpy.int64)
