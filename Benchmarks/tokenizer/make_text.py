"""Writes the text that tokenizers are compared on: about 10 MB, one JSON object a line.

    python3 make_text.py mixed  OUT.jsonl    prose, code, numbers and other scripts, as in training data
    python3 make_text.py unique OUT.jsonl    no word twice: a cache of words never helps

Prose and code are the documentation strings and the code of the Python that runs this script, files in
sorted order; the rest is drawn with a fixed seed. The same Python version gives the same bytes.
"""
import ast
import json
import pathlib
import random
import sys
import sysconfig

SIZE_BYTES = 10_000_000
DOCUMENT_BYTES = 2_000

SENTENCES = [
    "Съешь же ещё этих мягких французских булок, да выпей чаю.", "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich.",
    "Le cœur déçu mais l'âme plutôt naïve, Louÿs rêva de crapaüter en canoë.", "El pingüino Wenceslao hizo kilómetros bajo exhaustiva lluvia.",
    "いろはにほへと ちりぬるを わかよたれそ つねならむ", "天地玄黃，宇宙洪荒。日月盈昃，辰宿列張。", "키스의 고유조건은 입술끼리 만나야 하고 특별한 기술은 필요치 않다.",
    "Ξεσκεπάζω τὴν ψυχοφθόρα βδελυγμία.", "نص حكيم له سر قاطع وذو شأن عظيم", "ऋषियों को सताने वाले दुष्ट राक्षसों के राजा रावण का सर्वनाश",
    "😀 👍🏽 👩‍💻 → ≤ ∑ √2 ≈ 1.41421 “quotes” — dash…",
]


def library():
    """(documentation, code) of every standard module that can be read and parsed, in sorted order."""
    root = pathlib.Path(sysconfig.get_paths()["stdlib"])
    for path in sorted(root.rglob("*.py")):
        if "site-packages" in path.parts or "test" in path.parts or "tests" in path.parts:
            continue
        try:
            code = path.read_text(encoding="utf-8")
            tree = ast.parse(code)
        except (SyntaxError, UnicodeDecodeError, ValueError):
            continue
        kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        texts = [ast.get_docstring(node) for node in ast.walk(tree) if isinstance(node, kinds)]
        yield "\n\n".join(text for text in texts if text), code


def numbers(stream):
    rows = []
    for _ in range(40):
        a, b = stream.randrange(1000), stream.randrange(1000)
        rows.append(f"{a} + {b} = {a + b}; {a * b / 7:.3f}, 0x{a * b:x}, 20{a % 100:02d}-0{1 + b % 9}-{10 + b % 18}")
    return "\n".join(rows)


def mixed(stream):
    """Four parts prose, three parts code, one part numbers, one part other scripts."""
    modules = list(library())
    while True:
        for prose, code in modules:
            start = stream.randrange(max(1, len(code) - 6000))
            for text in (prose[:8000], code[start:start + 6000]):
                yield from (text[at:at + DOCUMENT_BYTES] for at in range(0, len(text), DOCUMENT_BYTES))
            yield numbers(stream)
            yield " ".join(stream.choice(SENTENCES) for _ in range(20))


def unique(stream):
    """Made-up words of two to four syllables, each new."""
    syllables = [a + b + c for a in "bcdfghklmnprstvwz" for b in ("a", "e", "i", "o", "u", "ea", "ou") for c in ("", "n", "r", "st", "ll")]
    seen = set()
    while True:
        words = []
        while sum(map(len, words)) < DOCUMENT_BYTES:
            word = "".join(stream.choice(syllables) for _ in range(stream.randrange(3, 6)))
            if word not in seen:
                seen.add(word)
                words.append(word)
        yield " ".join(words)


def main():
    kind, out = sys.argv[1:]
    size = 0
    with open(out, "w", encoding="utf-8") as file:
        for text in {"mixed": mixed, "unique": unique}[kind](random.Random(20)):
            if not text:
                continue
            file.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
            size += len(text.encode())
            if size >= SIZE_BYTES:
                break
    print(f"{out}: {size} bytes of text")


if __name__ == "__main__":
    main()
