#!/usr/bin/env python3
"""Looks for secrets in every tracked file; exits 1 and names file and line when there is one.

Usage: secret-scan.py [FILE ...]    scan these files, or all tracked ones
       secret-scan.py --self-test   show that every rule fires, and stays quiet where it should

Package registry host names are refused too: a build takes packages by name, wherever they come from.
"""

import math
import re
import subprocess
import sys

RULES = {
    "private key": r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----",
    "AWS access key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})",
    "GitLab token": r"\bglpat-[A-Za-z0-9_-]{20,}",
    "Hugging Face token": r"\bhf_[A-Za-z0-9]{30,}\b",
    "Slack token": r"\bxox[abposr]-[A-Za-z0-9-]{10,}",
    "model service key": r"\bsk-(?:[a-z]+-)*[A-Za-z0-9_-]{32,}\b",
    "Google API key": r"\bAIza[A-Za-z0-9_-]{35}\b",
    "JSON web token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
    "password in a URL": r"\b[a-z][a-z0-9+.-]*://[^\s/:@$<{\"']+:[^\s/@$<{\"']{3,}@",
    "package registry host": r"(?i)\b(?:" + "|".join(
        re.escape(".".join(parts))
        for parts in [
            ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("crates", "io"),
            ("deb", "debian", "org"), ("proxy", "golang", "org"), ("repo1", "maven", "org"),
        ]
    ) + r")\b",
}
COMPILED = {name: re.compile(pattern) for name, pattern in RULES.items()}

# A word that promises a secret, assigned a quoted value that looks random.
ASSIGNMENT = re.compile(
    r"(?i)(?:password|passwd|secret|api_?key|access_?key|auth_?token|access_?token|private_?key)"
    r"[\"']?\s*[:=]\s*[\"']([A-Za-z0-9+/=_-]{16,})[\"']"
)
MINIMUM_BITS_PER_CHARACTER = 3.5


def entropy(text):
    """Bits per character of the text's own letter frequencies (Shannon)."""
    counts = [text.count(letter) for letter in set(text)]
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts)


def findings(text):
    """Yields (line number, rule) for every secret in the text; never the secret itself."""
    for number, line in enumerate(text.splitlines(), start=1):
        for name, pattern in COMPILED.items():
            if pattern.search(line):
                yield number, name
        for match in ASSIGNMENT.finditer(line):
            if entropy(match.group(1)) >= MINIMUM_BITS_PER_CHARACTER:
                yield number, "random value assigned to a secret's name"


def tracked_files():
    listed = subprocess.run(["git", "ls-files", "-z"], check=True, capture_output=True)
    return [name for name in listed.stdout.decode().split("\0") if name]


def scan(paths):
    found = 0
    for path in paths:
        with open(path, "rb") as file:
            content = file.read()
        for number, rule in findings(content.decode("utf-8", errors="replace")):
            found += 1
            print(f"{path}:{number}: {rule}", file=sys.stderr)
    if found:
        sys.exit(f"error: {found} secret(s) found")
    print(f"secret scan: {len(paths)} files, no secret")


def self_test():
    """The samples are put together here, so that this file holds none of them in one piece."""
    random = "q7Zp1xK9vB3nM5tR8wY2cF4hJ6dL0sGaUeIo"
    dashes = "-" * 5
    samples = {
        "private key": dashes + "BEGIN OPENSSH PRIVATE " + "KEY" + dashes,
        "AWS access key": "AK" + "IAIOSFODNN7EXAMPLE",
        "GitHub token": "gh" + "p_" + random,
        "GitLab token": "glp" + "at-" + random[:20],
        "Hugging Face token": "h" + "f_" + random[:34],
        "Slack token": "xo" + "xb-1234567890-" + random[:12],
        "model service key": "s" + "k-" + random,
        "Google API key": "AI" + "za" + random[:35],
        "JSON web token": "ey" + "JhbGciOiJIUzI1NiJ9.ey" + "JzdWIiOiIxMjM0In0." + random[:20],
        "password in a URL": "https" + "://person:" + random[:9] + "@example.com/",
        "package registry host": "https://" + "pypi" + "." + "org/simple",
        "random value assigned to a secret's name": "api_" + 'key = "' + random + '"',
    }
    assert set(RULES) < set(samples), "a rule has no sample"
    for rule, sample in samples.items():
        rules = [name for _, name in findings("first line\n" + sample + "\n")]
        if rule not in rules:
            sys.exit(f"error: the rule '{rule}' does not fire on its sample")
    harmless = [
        'let secret = "changeme-changeme"',
        '"sha256": "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"',
        'url: "https://github.com/apple/swift-crypto"',
        '"eos_token": "<|im_end|>"',
        "http://127.0.0.1:8080/models/hf_hub",
    ]
    for line in harmless:
        for _, rule in findings(line):
            sys.exit(f"error: the rule '{rule}' fires on a harmless line: {line}")
    print(f"secret scan: self-test passed, {len(samples)} rules fire")


if sys.argv[1:] == ["--self-test"]:
    self_test()
else:
    scan(sys.argv[1:] or tracked_files())
