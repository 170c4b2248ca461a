#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 900
"""
seeds.py [--seconds N] [--only NAME,...]: run the fuzzers, from seeds that the
fixtures give, for a minute each, as make test does, or N seconds.

What one finds is kept in $BUILD_DIR/fuzz/found, and named; the fuzzer with that
file for an argument does it again. Status 1 if one has found anything.
"""
import argparse
import gzip
import lzma
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "parity"))
import fixtures  # noqa: E402

EXE = fixtures.BUILD / "fixtures" / "several-gcc-gold"
FUZZ = fixtures.BUILD / "fuzz"

# By fuzzer: how long an input is at the most.
FUZZERS = {"core": 4096, "whole-core": 209, "dwarf": 209, "cfi": 209,
           "filter": 512, "names": 2048}
EDITS = 100         # seeds of one edit, each a command's

# As libFuzzer counts: what wants more memory at once has not checked a number.
ALLOCATED_MOST = 512    # MiB
TIME_MOST = 60          # seconds for one input


def packed(data):
    yield data
    yield gzip.compress(data)
    yield lzma.compress(data)
    for argv in ("zstd", "-q", "-c"), ("lz4", "-q", "-c"):
        yield subprocess.run(argv, input=data, stdout=subprocess.PIPE,
                             check=True).stdout


def seeds(name, core):
    """Inputs to begin with."""
    if name == "core":
        yield from packed(core.read_bytes()[:4000])
    elif name == "filter":
        text = (fixtures.SRC / "tests/golden/filter.txt").read_text()
        yield from (line.strip().encode() for line in text.splitlines())
    elif name == "names":
        for path in (fixtures.SRC / "inspector/layout/runtimes").glob("*.rt"):
            yield from map(str.encode, path.read_text().split("\n\n"))
    else:
        some = random.Random(name)
        yield from (bytes([i]) for i in range(16))
        yield from (bytes(some.randrange(256) for _ in range(14))
                    for _ in range(EDITS))


def fuzz(name, core, folder, seconds):
    """Run one; 1 if it finds something."""
    corpus, found = folder / ("seeds-" + name), FUZZ / "found"
    corpus.mkdir()
    found.mkdir(parents=True, exist_ok=True)
    for i, seed in enumerate(seeds(name, core)):
        (corpus / str(i)).write_bytes(seed)
    env = dict(os.environ, FUZZ_CORE=str(core), FUZZ_EXE=str(EXE),
               TMPDIR=str(folder))
    done = subprocess.run(
        [str(FUZZ / name), str(corpus), "-close_fd_mask=3", "-len_control=0",
         "-seed=1",
         "-max_len=%d" % FUZZERS[name], "-timeout=%d" % TIME_MOST,
         "-malloc_limit_mb=%d" % ALLOCATED_MOST, "-rss_limit_mb=0",
         "-artifact_prefix=%s/%s-" % (found, name),
         "-max_total_time=%d" % seconds],
        env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        universal_newlines=True, errors="replace", check=False)
    ran = re.findall(r"Done (\d+) runs", done.stdout)
    print("%s: %s" % (name, "%s runs, nothing found" % ran[0] if ran
                      else done.stdout[-5000:]))
    sys.stdout.flush()
    return 0 if ran and done.returncode == 0 else 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--only", default=",".join(FUZZERS))
    args = parser.parse_args()
    if args.seconds < 1:
        parser.error("--seconds is 1 or more")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        core, _ = fixtures.make_core(EXE, folder)
        found = sum(fuzz(name, core, folder, args.seconds)
                    for name in args.only.split(","))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
