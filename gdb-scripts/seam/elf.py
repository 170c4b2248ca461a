# SPDX-License-Identifier: BSD-2-Clause
"""The build-id and the unwind table of a program that lies in memory. 64-bit,
little-endian."""

import struct

from .model import Unreadable

PHDR_MAX = 1000         # program headers
NOTES_MAX = 65536       # bytes of notes

_PHDR = struct.Struct('<II6Q')  # type flags offset vaddr paddr filesz memsz align
_NOTE = struct.Struct('<III')   # bytes of the name, of what it says, type
_PT_NOTE, _PT_PHDR, _PT_EH_FRAME = 4, 6, 0x6474e550
_GNU, _GNU_BUILD_ID = b'GNU\0', 3


def build_id(read, phdr, count):
    """The build-id, in hexadecimal digits, of the program whose COUNT program
    headers lie at PHDR; None: it has none, or it cannot be read.

    READ(addr, size) gives bytes or raises Unreadable.
    """
    try:
        return _build_id(read, phdr, count)
    except (Unreadable, struct.error):
        return None


def eh_frame_header(read, phdr, count):
    """Where the table of .eh_frame lies, by the same; None: there is none."""
    headers, loaded = _headers(read, phdr, count)
    return next((loaded[0] + h[3] for h in headers
                 if loaded and h[0] == _PT_EH_FRAME), None)


def _headers(read, phdr, count):
    """The program headers, and by how much the program has been moved, if it
    says so, as a list."""
    data = read(phdr, _PHDR.size * min(count, PHDR_MAX))
    headers = list(_PHDR.iter_unpack(data))
    return headers, [phdr - h[3] for h in headers if h[0] == _PT_PHDR]


def _build_id(read, phdr, count):
    headers, loaded = _headers(read, phdr, count)
    for type_, _, _, vaddr, _, _, size, _ in headers:
        if loaded and type_ == _PT_NOTE and size <= NOTES_MAX:
            found = _in_notes(read(loaded[0] + vaddr, size))
            if found is not None:
                return found
    return None


def _in_notes(data):
    at = 0
    while at + _NOTE.size <= len(data):
        name, size, type_ = _NOTE.unpack_from(data, at)
        at += _NOTE.size
        says = at + (name + 3 & -4)
        if type_ == _GNU_BUILD_ID and data[at:at + name] == _GNU:
            return data[says:says + size].hex()
        at = says + (size + 3 & -4)
    return None
