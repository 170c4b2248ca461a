#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Copy a core that gdb wrote, with the notes where the kernel has them: before
the memory. notes_first.py CORE COPY"""
import pathlib
import struct
import sys

PT_LOAD, PT_NOTE = 1, 4
HEADER = struct.Struct("<IIQQQQQQ")  # type flags offset vaddr paddr filesz ..


def main():
    core = bytearray(pathlib.Path(sys.argv[1]).read_bytes())
    table, = struct.unpack_from("<Q", core, 32)
    count, = struct.unpack_from("<H", core, 56)
    headers = {table + i * HEADER.size: HEADER.unpack_from(
        core, table + i * HEADER.size) for i in range(count)}
    note = next(h for h in headers.values() if h[0] == PT_NOTE)
    notes = core[note[2]:note[2] + note[5]]
    first = min(h[2] for h in headers.values() if h[0] == PT_LOAD)
    for at, h in headers.items():
        moved = first if h[0] == PT_NOTE else h[2] + len(notes)
        HEADER.pack_into(core, at, *h[:2], moved, *h[3:])
    pathlib.Path(sys.argv[2]).write_bytes(
        core[:first] + notes + core[first:note[2]])


if __name__ == "__main__":
    main()
