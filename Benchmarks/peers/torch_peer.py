"""PyTorch with transformers and PEFT, eager or compiled."""

from __future__ import annotations

import os
import time

os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"

import peft
import torch
import transformers
from peft import LoraConfig, get_peft_model

# transformers asks this of every CUDA build; without a GPU (see stand_ins) the answer is known.
torch.cuda.is_current_stream_capturing = lambda: False

PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
# Rows, columns and inner size of the products whose best rate is the peak.
PEAK_SHAPES = [(768, 1536, 1536), (1056, 3072, 576), (2016, 576, 1536)]


class TorchPeer:
    """One model, loaded once, for training and generation."""

    def __init__(self, model: str, threads: int, dtype: str, compiles: bool) -> None:
        self.path = os.path.abspath(model)
        self.dtype = getattr(torch, dtype)
        self.compiles = compiles
        torch.set_num_threads(threads)
        torch.manual_seed(42)
        self.base = None
        self.trained = None

    def facts(self) -> dict:
        """Versions and settings."""
        return {
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "peft": peft.__version__,
            "dtype": str(self.dtype).removeprefix("torch."),
            "threads": torch.get_num_threads(),
            "mode": "torch.compile" if self.compiles else "eager",
        }

    def load(self) -> dict:
        """From the file to the logits of one token."""
        self.base = None
        start = time.perf_counter()
        folder, name = os.path.split(self.path)
        self.base = transformers.AutoModelForCausalLM.from_pretrained(
            folder, gguf_file=name, dtype=self.dtype
        ).eval()
        with torch.no_grad():
            self.base(input_ids=torch.tensor([[0]]))
        # End tokens are ignored: every prompt gets all its new tokens.
        self.base.generation_config.eos_token_id = None
        self.base.generation_config.pad_token_id = 0
        return {"seconds": time.perf_counter() - start}

    def train(self, work: dict, steps: int, warmup: int) -> dict:
        """LoRA steps: forward, backward, clipping, AdamW."""
        model = self._trainable(work["rank"])
        weights = [weight for weight in model.parameters() if weight.requires_grad]
        optimizer = torch.optim.AdamW(weights, lr=1e-3, weight_decay=0.0)
        size = (work["batch"], work["length"])
        unlearned = work["length"] - max(1, round(work["supervised"] * work["length"]))
        seconds, losses = [], []
        for _ in range(warmup + steps):
            ids = torch.randint(0, self.base.config.vocab_size, size)
            labels = ids.clone()
            labels[:, :unlearned] = -100
            start = time.perf_counter()
            loss = model(input_ids=ids, labels=labels, use_cache=False).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            losses.append(loss.item())
            seconds.append(time.perf_counter() - start)
        return {"seconds": seconds[warmup:], "warmup_seconds": seconds[:warmup], "losses": losses}

    def _trainable(self, rank: int) -> torch.nn.Module:
        if self.trained is None:
            if self.base is None:
                self.load()
            config = LoraConfig(
                r=rank, lora_alpha=2 * rank, lora_dropout=0.0, target_modules=PROJECTIONS,
                task_type="CAUSAL_LM",
            )
            self.trained = get_peft_model(self.base, config).train()
            if self.compiles:
                self.trained = torch.compile(self.trained)
        return self.trained

    def generate(self, prompts: list[list[int]], new_tokens: int, shares_prefix: bool) -> dict:
        """Greedy; all prompts have the same length."""
        if self.base is None:
            self.load()
        ids = torch.tensor(prompts)
        with torch.no_grad():
            start = time.perf_counter()
            out = self.base.generate(
                ids, attention_mask=torch.ones_like(ids), do_sample=False, use_cache=True,
                max_new_tokens=new_tokens,
            )
            seconds = time.perf_counter() - start
        assert out.shape == (len(prompts), len(prompts[0]) + new_tokens), out.shape
        return {"seconds": seconds, "answers": out[:, ids.shape[1] :].tolist()}

    def peak(self) -> dict:
        """The best rate of large products, 10^9 operations a second."""
        best = 0.0
        for rows, columns, inner in PEAK_SHAPES:
            left = torch.randn(rows, inner, dtype=self.dtype)
            right = torch.randn(columns, inner, dtype=self.dtype)
            for _ in range(6):
                start = time.perf_counter()
                torch.nn.functional.linear(left, right)
                best = max(best, 2e-9 * rows * columns * inner / (time.perf_counter() - start))
        return {"gigaflops": best}
