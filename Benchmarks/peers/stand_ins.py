"""Stand-ins for the CUDA libraries that torch's published wheel for Linux links.

The wheel computes on a CPU with the very same kernels as a CPU-only build, but it does not start unless
the loader finds some 14 CUDA libraries, 3 GB of downloads that nothing here calls. So empty ones
are compiled into the environment: every function that torch names exists and returns an error code,
which torch takes for "no GPU here". `python -m peers.stand_ins` makes them and prints their folder.
"""

import collections
import pathlib
import re
import subprocess
import sysconfig
import tempfile

CUDA_LIBRARY = re.compile(r"lib(cu|nccl|nv)")
CUDA_FUNCTION = re.compile(r"cu[A-Z]|nccl|nvml|cusparseLt")
NO_DEVICE = 100  # cudaErrorNoDevice


def folder() -> pathlib.Path:
    """Where the stand-ins lie."""
    return pathlib.Path(sysconfig.get_path("data")) / "lib" / "cuda-stand-ins"


def make() -> pathlib.Path:
    """Compiles a stand-in for every CUDA library that is linked and absent."""
    libraries = pathlib.Path(sysconfig.get_path("purelib")) / "torch" / "lib"
    target = folder()
    target.mkdir(parents=True, exist_ok=True)
    linked, owners, wanted, unversioned = set(), {}, collections.defaultdict(dict), set()
    files = sorted(libraries.glob("*.so*"))
    for file in files:
        owner = None
        for line in _output("objdump", "-p", file).splitlines():
            if match := re.match(r"\s+NEEDED\s+(\S+)", line):
                linked.add(match[1])
            elif match := re.match(r"\s+required from (\S+):", line):
                owner = match[1]
            elif owner and (match := re.match(r"\s+0x\S+ 0x\S+ \d+ (\S+)$", line)):
                owners[match[1]] = owner
    present = {file.name for file in files}
    missing = {name for name in linked if name not in present and CUDA_LIBRARY.match(name)}
    for file in files:
        for line in _output("nm", "-D", "--undefined-only", file).splitlines():
            name, _, version = line.split()[-1].partition("@")
            if owners.get(version) in missing:
                wanted[owners[version]].setdefault(version, set()).add(name)
            elif not version and CUDA_FUNCTION.match(name):
                unversioned.add(name)
    for name in sorted(missing):
        _compile(target / name, wanted.get(name) or {"": unversioned})
    return target


def _compile(library: pathlib.Path, groups: dict[str, set[str]]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        source = pathlib.Path(scratch) / "functions.c"
        names = sorted(set().union(*groups.values()))
        source.write_text("".join(map(_function, names)))
        command = ["cc", "-w", "-shared", "-fPIC", "-fno-builtin", str(source), "-o", str(library)]
        command.append(f"-Wl,-soname,{library.name}")
        if any(groups):
            script = pathlib.Path(scratch) / "versions.map"
            script.write_text(
                "".join(
                    f"{version} {{ global: {' '.join(n + ';' for n in sorted(functions))} }};\n"
                    for version, functions in sorted(groups.items())
                )
            )
            command.append(f"-Wl,--version-script={script}")
        subprocess.run(command, check=True)


def _function(name: str) -> str:
    if name.endswith(("GetErrorString", "GetErrorName")):
        return f'const char *{name}(int code) {{ return "no CUDA here"; }}\n'
    return f"long {name}(void) {{ return {NO_DEVICE}; }}\n"


def _output(*command: object) -> str:
    words = [str(word) for word in command]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    print(make())
