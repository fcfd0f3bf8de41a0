"""llama.cpp's server, in this process, from a prebuilt wheel."""

from __future__ import annotations

import time

import xllamacpp


class LlamaPeer:
    """One server; made anew when the number of slots changes."""

    def __init__(self, model: str, threads: int) -> None:
        self.path = model
        self.threads = threads
        self.server = None
        self.slots = 0
        self.positions = 0

    def facts(self) -> dict:
        """Versions and settings."""
        return {
            "xllamacpp": xllamacpp.__version__,
            "build": str(xllamacpp.BUILD_INFO),
            "features": xllamacpp.get_system_info().strip(),
            "threads": self.threads,
            "dtype": "the file's 4-bit weights, 8-bit activations",
        }

    def load(self) -> dict:
        """From the file to the first token."""
        return {"seconds": self._load(slots=1, positions=128)}

    def _load(self, slots: int, positions: int) -> float:
        self.server = None
        start = time.perf_counter()
        settings = xllamacpp.CommonParams()
        settings.model.path = self.path
        settings.n_parallel = slots
        settings.n_ctx = slots * positions
        settings.cpuparams.n_threads = self.threads
        settings.cpuparams_batch.n_threads = self.threads
        settings.cont_batching = True
        settings.kv_unified = True
        settings.verbosity = -1
        settings.ui = False
        settings.cache_ram_mib = 0
        self.server = xllamacpp.Server(settings)
        self.slots, self.positions = slots, positions
        self._answers([[1]], 1, shares_prefix=False)
        return time.perf_counter() - start

    def generate(self, prompts: list[list[int]], new_tokens: int, shares_prefix: bool) -> dict:
        """Greedy, all prompts at once."""
        positions = len(prompts[0]) + new_tokens + 32
        if self.server is None or (self.slots, self.positions) != (len(prompts), positions):
            self._load(slots=len(prompts), positions=positions)
        start = time.perf_counter()
        reply = self._answers(prompts, new_tokens, shares_prefix)
        seconds = time.perf_counter() - start
        # The end token cannot be chosen, so every answer has all its tokens; the ids of several
        # answers are not told, those of one are.
        assert all(choice["finish_reason"] == "length" for choice in reply["choices"])
        answers = [reply["__verbose"]["tokens"]] if len(prompts) == 1 else None
        return {"seconds": seconds, "answers": answers}

    def _answers(self, prompts: list[list[int]], new_tokens: int, shares_prefix: bool) -> dict:
        reply = self.server.handle_completions(
            {
                "prompt": prompts if len(prompts) > 1 else prompts[0],
                "max_tokens": new_tokens,
                "ignore_eos": True,
                "samplers": ["top_k"],
                "top_k": 1,
                "cache_prompt": shares_prefix,
                "return_tokens": len(prompts) == 1,
                "verbose": len(prompts) == 1,
            }
        )
        if "choices" not in reply:
            raise RuntimeError(str(reply))
        return reply
