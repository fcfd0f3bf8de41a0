"""A peer's worker process, as the driver sees it."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

from peers import stand_ins


class PeerError(Exception):
    """What a peer could not do."""


class PeerProcess:
    """Starts a worker and speaks with it; its standard error goes to a log file."""

    def __init__(self, name: str, model: str, threads: int, log: pathlib.Path) -> None:
        self.name = name
        self._log = log.open("a")
        command = [sys.executable, "-m", "peers.worker", name, "--model", model]
        libraries = [str(stand_ins.folder()), os.environ.get("LD_LIBRARY_PATH", "")]
        environment = os.environ | {
            "LD_LIBRARY_PATH": ":".join(filter(None, libraries)),
            "TOKENIZERS_PARALLELISM": "false",
        }
        self._process = subprocess.Popen(
            [*command, "--threads", str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            cwd=pathlib.Path(__file__).parent.parent,
            env=environment,
        )

    def ask(self, what: str, **request: object) -> dict:
        """One request and its reply."""
        try:
            self._process.stdin.write(json.dumps({"do": what, **request}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            code = self._process.wait()
            raise PeerError(f"{self.name} ended with code {code}; see {self._log.name}")
        reply = json.loads(line)
        if "error" in reply:
            raise PeerError(f"{self.name}: {reply['error']}")
        return reply

    def close(self) -> None:
        """Ends the worker."""
        self._process.stdin.close()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._log.close()
