"""Makes foundations.json: reference values for hashing, random streams and canonical JSON.

Run: python3 make_foundations.py > foundations.json   (Python's standard library only)
"""
import hashlib
import json
import math
import struct

MASK = (1 << 64) - 1


class Stream:
    """xoshiro256** 1.0, seeded with sha256(seed as 8 little-endian bytes + name)."""

    def __init__(self, seed, name):
        digest = hashlib.sha256(struct.pack("<Q", seed) + name.encode()).digest()
        self.s = list(struct.unpack("<4Q", digest))

    def next(self):
        s = self.s
        rotl = lambda x, k: ((x << k) | (x >> (64 - k))) & MASK
        result = (rotl((s[1] * 5) & MASK, 7) * 9) & MASK
        t = (s[1] << 17) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotl(s[3], 45)
        return result

    def int(self, low, high):
        width = high - low + 1
        threshold = ((1 << 64) - width) % width
        while True:
            product = self.next() * width
            if product & MASK >= threshold:
                return low + (product >> 64)

    def uniform(self):
        return (self.next() >> 11) * 2.0**-53

    def normals(self, count):
        out = []
        while len(out) < count:
            u, v = 2 * self.uniform() - 1, 2 * self.uniform() - 1
            s = u * u + v * v
            if 0 < s < 1:
                f = math.sqrt(-2 * math.log(s) / s)
                out += [u * f, v * f]
        return out[:count]

    def shuffled(self, values):
        values = list(values)
        for last in range(len(values) - 1, 0, -1):
            other = self.int(0, last)
            values[last], values[other] = values[other], values[last]
        return values


streams = []
for seed, name in [(0, ""), (42, "shuffle"), (2**64 - 1, "naïve 😀")]:
    bits = Stream(seed, name)
    ints = Stream(seed, name)
    streams.append({
        "seed": str(seed),
        "name": name,
        "next": [str(bits.next()) for _ in range(6)],
        "int_1_6": [ints.int(1, 6) for _ in range(20)],
        "uniform": [Stream(seed, name).uniform()],
        "normal": Stream(seed, name).normals(7),
        "shuffled_10": Stream(seed, name).shuffled(range(10)),
    })

hashes = [{"text": t, "sha256": hashlib.sha256(t.encode()).hexdigest()}
          for t in ["", "abc", "a" * 1000, "é", "e\u0301"]]
json.dump({"made_by": "make_foundations.py", "streams": streams, "hashes": hashes},
          __import__("sys").stdout, indent=1, ensure_ascii=True)
print()
