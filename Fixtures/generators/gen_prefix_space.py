"""tiny/gemma3_text/prefix_space.json: the tiny SentencePiece-style tokenizer with Llama 2's rules for a first space.

    python3 gen_prefix_space.py

`prepend`: the normaliser puts U+2581 first (Llama 2's tokenizer.json); `first` and `always`: a Metaspace step that does
not split. Each is the tokenizer.json beside the fixture with these members replaced.
"""
import json

import texts
import tokenizers
from tokenizers import Tokenizer
from common import FIXTURES

REPLACE = {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}
DECODER = {"type": "Sequence", "decoders": [
    {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
    {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
PREPEND = {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "\u2581"}, REPLACE]}


def metaspace(scheme):
    return {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": scheme, "split": False}


RULES = {
    "prepend": {"normalizer": PREPEND, "pre_tokenizer": None, "decoder": DECODER},
    "first": {"normalizer": None, "pre_tokenizer": metaspace("first"), "decoder": DECODER},
    "always": {"normalizer": None, "pre_tokenizer": metaspace("always"), "decoder": DECODER},
}
EXTRA = ["<bos>a tens<eos> tens", "tens<end_of_turn>tens", " tens", "  tens", "\u2581tens", "<bos> the", "\nthe", "a\n the"]


def main():
    folder = FIXTURES / "tiny" / "gemma3_text"
    document = json.loads((folder / "tokenizer.json").read_text())
    out = {}
    for name, members in RULES.items():
        tokenizer = Tokenizer.from_str(json.dumps(document | members))
        entries = []
        for text in [t for t in texts.ALL if 0 < len(t) <= 40][:60] + EXTRA:
            ids = tokenizer.encode(text, add_special_tokens=False).ids
            entries.append({"text": text, "ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=False)})
        out[name] = {"members": members, "entries": entries}
    text = json.dumps({"made_by": f"gen_prefix_space.py; tokenizers {tokenizers.__version__}", "rules": out}, indent=1)
    (folder / "prefix_space.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
