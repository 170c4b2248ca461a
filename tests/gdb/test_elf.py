#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Build-ids of programs in made-up memory."""
import struct
import unittest

import world  # noqa: F401
from seam import elf
from seam.model import Unreadable

BASE = 0x5000
HEADERS = BASE + 64


def note(name, type_, says):
    """One note; what it says is padded to 4 bytes."""
    return (struct.pack('<III', len(name), len(says), type_)
            + name.ljust(-(-len(name) // 4) * 4, b'\0')
            + says.ljust(-(-len(says) // 4) * 4, b'\0'))


def program(*notes):
    """What reads a program at BASE with these segments of notes."""
    headers = [struct.pack('<II6Q', 6, 4, 64, 64, 64, 0, 0, 8)]
    at, body = 1024, b''
    for data in notes:
        headers.append(struct.pack('<II6Q', 4, 4, 0, at + len(body), 0,
                                   len(data), len(data), 4))
        body += data
    image = (bytes(64) + b''.join(headers)).ljust(at, b'\0') + body

    def read(addr, size):
        if addr < BASE or addr + size > BASE + len(image):
            raise Unreadable(addr)
        return image[addr - BASE:addr - BASE + size]
    return read, HEADERS, len(headers)


class BuildId(unittest.TestCase):
    def test_found(self):
        other = note(b'GNU\0', 5, b'\1\2\3\4\5')
        ours = note(b'GNU\0', 3, bytes(range(20)))
        for notes in ((ours,), (other + ours,), (other, ours)):
            self.assertEqual(elf.build_id(*program(*notes)),
                             bytes(range(20)).hex())

    def test_none(self):
        for notes in ((), (note(b'GNU\0', 5, b'\1'),),
                      (note(b'XYZ\0', 3, b'\1'),), (b'\1\0',)):
            self.assertIsNone(elf.build_id(*program(*notes)))

    def test_unreadable(self):
        read, headers, count = program(note(b'GNU\0', 3, b'\1'))
        self.assertIsNone(elf.build_id(read, headers - 4096, count))
        self.assertIsNone(elf.build_id(read, headers, 1 << 40))


if __name__ == '__main__':
    unittest.main()
