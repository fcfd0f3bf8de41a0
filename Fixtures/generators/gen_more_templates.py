"""chat_templates_more.json: renderings by published templates whose text is not kept here.

    python3 gen_more_templates.py NAME=TEMPLATE.jinja ... > ../chat_templates_more.json

NAME is the product's name of the template: qwen2.5, qwen3, llama3, gemma. Rendered with jinja2 as
transformers sets it up: trim_blocks and lstrip_blocks on, sandboxed.
"""
import hashlib
import json
import pathlib
import random
import sys

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

BOS = {"llama3": "<|begin_of_text|>", "gemma": "<bos>"}
CONTENTS = [
    "Hi", "", "  padded ", "\nline\n", "caf\u00e9 {{ x }} {% if %} <b>&amp;</b>", "<think>\nwhy\n</think>\n\n42", "<think>\n\n</think>\n\n7", "a</think>b</think>\n\nc",
    "<tool_response>\nr\n</tool_response>", "<|im_end|>", "\u00a0x\u3000\t", "think</think>", "<think>open",
]


def conversations():
    """Twenty conversations in turns, with and without a system text, and twenty in any order."""
    stream = random.Random(3)
    for at in range(40):
        roles = ["user", "assistant"] * 3 if at < 20 else [stream.choice(["user", "assistant", "system"]) for _ in range(5)]
        roles = (["system"] if at % 4 == 0 else []) + roles[: 1 + at % 5]
        yield [{"role": role, "content": stream.choice(CONTENTS)} for role in roles], at % 2 == 0


def refuse(message):
    raise jinja2.exceptions.TemplateError(message)


def main():
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    environment.globals["raise_exception"] = refuse
    out = {}
    for name, path in (argument.split("=") for argument in sys.argv[1:]):
        text = pathlib.Path(path).read_text()
        template = environment.from_string(text)
        entries = []
        for messages, generate in conversations():
            try:
                result = {"text": template.render(messages=messages, add_generation_prompt=generate, bos_token=BOS.get(name, ""), tools=None)}
            except jinja2.exceptions.TemplateError as error:
                result = {"error": str(error)}
            entries.append({"messages": messages, "add_generation_prompt": generate} | result)
        out[name] = {"template_sha256": hashlib.sha256(text.encode()).hexdigest(), "entries": entries}
    json.dump({"made_by": f"gen_more_templates.py; jinja2 {jinja2.__version__}", "templates": out}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
