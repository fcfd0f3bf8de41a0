#!/usr/bin/env python3
"""Small checks of tracked files, or of the files named: size, conflict marks, white space, JSON, YAML, shell.

YAML is read only where Python has the yaml module. Fixtures keep the bytes that their scripts wrote.
"""

import json
import os
import subprocess
import sys

MAXIMUM_BYTES = 1_048_576
CONFLICT_MARKS = ("<" * 7 + " ", ">" * 7 + " ")

try:
    import yaml
except ImportError:
    yaml = None


def complaints(path):
    """Yields one sentence for each thing wrong with the file."""
    with open(path, "rb") as file:
        content = file.read()
    is_fixture = path.startswith("Fixtures/")
    if len(content) > MAXIMUM_BYTES and not is_fixture:
        yield f"{len(content)} bytes, at most {MAXIMUM_BYTES}"
    if is_fixture or b"\0" in content:
        return
    text = content.decode("utf-8")
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith(CONFLICT_MARKS):
            yield f"line {number}: conflict mark"
        if line != line.rstrip():
            yield f"line {number}: white space at the end"
    if text and not text.endswith("\n"):
        yield "no newline at the end"
    try:
        if path.endswith(".json") or path == ".swift-format":
            json.loads(text)
        if path.endswith((".yaml", ".yml")) and yaml:
            yaml.safe_load(text)
    except Exception as error:
        yield f"cannot be parsed: {error}"
    if text.startswith("#!") and "bash" in text.split("\n", 1)[0]:
        if subprocess.run(["bash", "-n", path]).returncode != 0:
            yield "not valid bash"
        if not os.access(path, os.X_OK):
            yield "a script that cannot be executed (chmod +x)"


paths = sys.argv[1:] or subprocess.run(
    ["git", "ls-files", "-z"], check=True, capture_output=True
).stdout.decode().strip("\0").split("\0")
found = [f"{path}: {sentence}" for path in paths for sentence in complaints(path)]
print("\n".join(found) if found else f"quick check: {len(paths)} files are fine")
sys.exit(1 if found else 0)
