#!/usr/bin/env python3
"""Measures the HTTP API of a running tunix-rt from outside, over one kept-alive connection.

    python3 Benchmarks/http/measure_http.py [--program .build/release/tunix-rt] [--traces 1000000]

`--traces` go into the workspace through the program's own file import before the server starts. Each figure is the median (and the 95th percentile) of the whole round trip as the client sees it: JSON text
that is ready to be sent, until the last byte of the answer is there. Nothing but Python's standard library.
"""
import argparse, http.client, json, os, random, shutil, statistics, subprocess, sys, tempfile, time

WORDS = ("train apple ticket river engine garden window paper bridge market forest silver yellow planet "
         "number square circle bottle pocket winter summer copper marble anchor candle").split()


def trace(number, generator):
    a, b = generator.randrange(1000), generator.randrange(1000)
    words = " ".join(generator.choices(WORDS, k=30))
    return {
        "trace_version": "1.0",
        "prompt": f"Problem {number}: {words}. What is {a} + {b}?",
        "final_answer": str(a + b),
        "steps": [
            {"i": 0, "type": "read", "content": f"The question asks for {a} + {b}: {words}"},
            {"i": 1, "type": "calculation", "content": f"tens: {a // 10 * 10} + {b // 10 * 10}"},
            {"i": 2, "type": "calculation", "content": f"{a} + {b} = {a + b}"},
        ],
        "meta": {"category": generator.choice(["addition", "units", "money"]), "index": number},
    }


class Client:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.connection.connect()
        import socket
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, method, path, body=None, expected=(200, 201)):
        headers = {"Content-Type": "application/json"} if body is not None else {}
        start = time.perf_counter()
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        seconds = time.perf_counter() - start
        if answer.status not in expected:
            sys.exit(f"{method} {path}: {answer.status} {content[:400]!r}")
        return seconds, content


def resident_megabytes(process):
    with open(f"/proc/{process}/status") as file:
        for line in file:
            if line.startswith("VmRSS"):
                return int(line.split()[1]) * 1024 / 1e6


def report(rows, name, seconds, note=""):
    milliseconds = sorted(1000 * second for second in seconds)
    p95 = milliseconds[min(len(milliseconds) - 1, int(0.95 * len(milliseconds)))]
    rows.append({"what": name, "median_ms": round(statistics.median(milliseconds), 2),
                 "p95_ms": round(p95, 2), "repeats": len(milliseconds), "note": note})
    print(f"{name:58} median {rows[-1]['median_ms']:8.2f} ms   p95 {p95:8.2f} ms   {note}", flush=True)


def import_traces(program, folder, count):
    """Stores traces through a file; returns the seconds that the import took."""
    path, generator = os.path.join(folder, "traces.jsonl"), random.Random(2)
    with open(path, "w") as file:
        for number in range(count):
            file.write(json.dumps(trace(number, generator)) + "\n")
    start = time.perf_counter()
    subprocess.run([program, "trace", "import", path, "--format", "tunix", "--json", "--workspace", folder],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    os.remove(path)
    print(f"imported {count} traces in {seconds:.1f} s: {count / seconds:.0f} a second", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=".build/release/tunix-rt")
    parser.add_argument("--traces", type=int, default=0, help="stored before anything is measured")
    parser.add_argument("--workspace", help="use this folder and keep it; otherwise one that is removed")
    parser.add_argument("--only-store", action="store_true", help="store the traces in --workspace and end")
    parser.add_argument("--output", help="write the rows as JSON to this file")
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    folder = options.workspace or tempfile.mkdtemp(prefix="tunix-rt-http-")
    server = None
    try:
        subprocess.run([program, "workspace", "init", "--workspace", folder], check=True, stdout=subprocess.DEVNULL)
        count = subprocess.run([program, "trace", "count", "--json", "--workspace", folder], check=True,
                               stdout=subprocess.PIPE).stdout
        stored = json.loads(count)["total"]
        if stored < options.traces:
            import_traces(program, folder, options.traces)
            stored = options.traces
        if options.only_store:
            return
        server = subprocess.Popen([program, "serve", "--port", "0", "--json", "--workspace", folder],
                                  stdout=subprocess.PIPE, text=True)
        client = Client(json.loads(server.stdout.readline())["port"])
        rows, generator, number = [], random.Random(stored), stored
        time.sleep(1)
        client.ask("GET", "/api/health")
        print(f"resident at rest: {resident_megabytes(server.pid):.1f} MB", flush=True)
        for count, repeats in ((1, 200), (100, 40), (1000, 15)):
            seconds = []
            for _ in range(repeats):
                batch = [trace(number + i, generator) for i in range(count)]
                number += count
                path, body = ("/api/traces", batch[0]) if count == 1 else ("/api/traces/batch", batch)
                seconds.append(client.ask("POST", path, json.dumps(body).encode())[0])
            report(rows, f"store {count} trace{'s' if count > 1 else ''}, durable", seconds,
                   f"{len(json.dumps(body)) / 1000:.0f} kB")
        keys = []
        for version in range(40):
            build = {"dataset_name": "bench", "dataset_version": f"v{number}.{version}", "limit": 100}
            built = client.ask("POST", "/api/datasets/build", json.dumps(build).encode())[1]
            keys.append(json.loads(built)["dataset_key"])
        for name in ("trace", "tunix_sft", "training_example"):
            paths = [f"/api/datasets/{key}/export.jsonl?format={name}" for key in keys]
            report(rows, f"export 100 traces as {name}, first", [client.ask("GET", path)[0] for path in paths])
            report(rows, f"export 100 traces as {name}, again", [client.ask("GET", path)[0] for path in paths[-8:] * 12])
        seconds = []
        for version in range(15):
            build = {"dataset_name": "manifest", "dataset_version": f"v{number}.{version}", "limit": 1000}
            seconds.append(client.ask("POST", "/api/datasets/build", json.dumps(build).encode())[0])
        report(rows, "build a dataset of 1000 traces", seconds)
        stored, places = f"{number} stored", [generator.randrange(number) for _ in range(200)]
        found = [client.ask("GET", f"/api/traces?limit=1&filter=index%3D{place}") for place in places]
        report(rows, "find a trace anywhere by a member of its meta", [row[0] for row in found], stored)
        ids = [json.loads(page)["data"][0]["id"] for _, page in found]
        report(rows, "read a trace anywhere", [client.ask("GET", f"/api/traces/{id}")[0] for id in ids], stored)
        paths = {
            "list 20": "/api/traces?limit=20",
            "list 100": "/api/traces?limit=100",
            "list 20 of one category": "/api/traces?limit=20&filter=category%3Dmoney",
            "search one word": "/api/traces?limit=20&q=copper",
            "search two words and a number": "/api/traces?limit=20&q=copper%20marble%20771",
            "search a phrase": "/api/traces?limit=20&q=%22copper%20marble%22",
            "search what no trace has": "/api/traces?limit=20&q=copper%20zebra",
        }
        for name, path in paths.items():
            report(rows, name, [client.ask("GET", path)[0] for _ in range(200)], stored)
        report(rows, "health", [client.ask("GET", "/api/health")[0] for _ in range(500)])
        print(f"resident at the end: {resident_megabytes(server.pid):.1f} MB", flush=True)
        if options.output:
            with open(options.output, "w") as file:
                json.dump(rows, file, indent=2)
    finally:
        if server:
            server.terminate()
            server.wait(30)
        if not options.workspace:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
