#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Cores that somebody packed are read as they are; what is cut off, damaged or too
large for the disk is told; and nothing is left behind.
"""
import gzip
import lzma
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "parity"))
import fixtures  # noqa: E402

EXE = fixtures.BUILD / "fixtures" / "grown-gcc-gold"


def piped(*argv):
    return lambda data: subprocess.run(
        argv, input=data, stdout=subprocess.PIPE, check=True).stdout


PACKERS = {
    "zstd": piped("zstd", "-q", "-c"),
    "gzip": gzip.compress,
    "lz4": piped("lz4", "-q", "-c"),
    "xz": lzma.compress,
}


def small_files():
    """As on a disk that is full."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


def seam(folder, core, **more):
    env = dict(os.environ, TMPDIR=str(folder))
    done = subprocess.run(
        [str(fixtures.BUILD / "seam"), "stacks", str(core), str(EXE)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
        universal_newlines=True, **{"env": env, **more})
    return done.returncode, done.stdout, done.stderr


def expect(core, got, status, words):
    """0 if seam ended with STATUS and said WORDS, and no more than that."""
    found, _, said = got
    if found == status and re.fullmatch(words, said):
        return 0
    print("%s: status %d, not %d: %s" % (core.name, found, status, said))
    return 1


def check_packed(name, pack, core, folder):
    """Whole, twice, and spoilt."""
    whole, wrong = core.read_bytes(), 0
    half = len(whole) // 2
    healthy = seam(folder, core)
    assert healthy[0] == 0 and "walker" in healthy[1], healthy
    packed, file = pack(whole), folder / name

    for data in packed, pack(whole[:half]) + pack(whole[half:]):
        file.write_bytes(data)
        wrong += seam(folder, file) != healthy
    file.write_bytes(packed[:-5])
    wrong += expect(file, seam(folder, file), 1,
                    r"seam: core is cut off behind byte %d of what %s packed; "
                    r"\d+ bytes of it are there\n(?s:.*)"
                    % (len(packed) - 5, name))
    file.write_bytes(packed + b"garbage!" * 8)
    got = seam(folder, file)
    wrong += got[1] != healthy[1]
    wrong += expect(
        file, got, 1, r"seam: core is damaged behind byte \d+ of what %s "
        r"packed; %d bytes of it are there\n" % (name, len(whole)))
    file.write_bytes(packed[:20])
    wrong += expect(file, seam(folder, file), 2,
                    "seam: '.*' is no core of an x86-64 program: core is cut "
                    "off behind byte 20 of what %s packed; 0 bytes .*\n" % name)
    file.write_bytes(packed)
    wrong += expect(file, seam(folder, file, preexec_fn=small_files), 2,
                    "seam: cannot unpack core '.*' to a file in '%s': File too "
                    "large; name another folder in TMPDIR, or use `%s -d`\n"
                    % (folder, name))
    return wrong


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        core, _ = fixtures.make_core(EXE, folder)
        wrong = sum(check_packed(name, pack, core, folder)
                    for name, pack in PACKERS.items())
        wrong += expect(
            core, seam(folder / "absent", folder / "xz"), 2,
            "seam: cannot unpack .*/absent': No such file or directory; .*\n")
        left = {path.name for path in folder.iterdir()}
        if left - {core.name} != set(PACKERS):
            print("left behind: %s" % left)
            wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
