# SPDX-License-Identifier: BSD-2-Clause
"""Frames by .eh_frame in made-up memory."""
import struct
import unittest

import world  # noqa: F401
from seam import cfi, read
from seam.model import Unreadable

PHDR, TABLE, CODE, STACK = 0x5040, 0x6000, 0x7000, 0x9000

# Codes of DWARF, and what an entry has before: CFA is sp + 8, rip lies at -8.
ADVANCE, OFFSET, RBP, RSP, RIP = 0x40, 0x80, 6, 7, 16
DEF_CFA, DEF_REGISTER, DEF_OFFSET = 0x0c, 0x0d, 0x0e
FIRST = bytes([DEF_CFA, RSP, 8, OFFSET | RIP, 1])


class Memory:
    """A program whose functions have 256 bytes and these instructions."""

    def __init__(self, *functions, augmentation=b'zR\0'):
        self.bytes = {}
        header = struct.pack('<II6Q', 6, 4, PHDR - 0x5000, PHDR - 0x5000, 0, 0,
                             0, 8)
        header += struct.pack('<II6Q', 0x6474e550, 4, 0, TABLE - 0x5000, 0, 0,
                              0, 4)
        self.put(PHDR, header)
        common = b'\1' + augmentation + bytes([1, 0x78, RIP, 1, 0x1b]) + FIRST
        self.put(TABLE + 0x200, struct.pack('<II', len(common) + 4, 0) + common)
        at, rows = TABLE + 0x300, b''
        for number, code in enumerate(functions):
            pc = CODE + 256 * number
            body = struct.pack('<iI', pc - (at + 8), 256) + b'\0' + code
            self.put(at, struct.pack('<II', len(body) + 4,
                                     at + 4 - (TABLE + 0x200)) + body)
            rows += struct.pack('<ii', pc - TABLE, at - TABLE)
            at += 0x40
        self.put(TABLE, struct.pack('<4BiI', 1, 0x1b, 3, 0x3b, 0,
                                    len(functions)) + rows)
        self.rows = cfi.Rows(self.read, PHDR, 2)

    def put(self, addr, data):
        self.bytes.update((addr + i, byte) for i, byte in enumerate(data))

    def read(self, addr, size):
        try:
            return bytes(self.bytes[addr + i] for i in range(size))
        except KeyError:
            raise Unreadable(addr) from None

    def pcs(self, pc, *words):
        self.put(STACK, struct.pack('<%dQ' % len(words), *words))
        return cfi.pcs(read.Memory(self.read), self.rows, pc, STACK)


PUSHED = bytes([ADVANCE | 1, DEF_OFFSET, 16, OFFSET | RBP, 2])
FRAME = PUSHED + bytes([ADVANCE | 3, DEF_REGISTER, RBP])
LAST = bytes([0x07, RIP])       # undefined
SUB = CODE + 9


class Pcs(unittest.TestCase):
    def test_by_sp_to_the_end(self):
        memory = Memory(bytes([DEF_OFFSET, 24]), LAST)
        self.assertEqual(memory.pcs(SUB, 1, 2, CODE + 300),
                         (SUB, CODE + 300))

    def test_the_row_is_that_of_the_call(self):
        memory = Memory(PUSHED, LAST)
        for pc, words in ((CODE + 1, ()), (CODE + 2, (5,))):
            self.assertEqual(memory.pcs(pc, *words, CODE + 300),
                             (pc, CODE + 300))

    def test_by_rbp_that_another_has_saved(self):
        memory = Memory(PUSHED, FRAME, LAST)
        second, third = CODE + 256 + 9, CODE + 512 + 9
        self.assertEqual(
            memory.pcs(SUB, STACK + 40, second, 3, 4, 5, 6, third),
            (SUB, second, third))

    def test_rbp_is_not_known_of_the_first(self):
        self.assertIsNone(Memory(FRAME, LAST).pcs(SUB, STACK, CODE + 300))

    def test_what_is_not_understood(self):
        self.assertIsNone(Memory(bytes([0x0f, 1, 0x30]), LAST).pcs(SUB, 1))
        self.assertIsNone(Memory(bytes([0x3f]), LAST).pcs(SUB, 1))
        self.assertIsNone(Memory(LAST, augmentation=b'zRS\0').pcs(SUB, 1))

    def test_no_code_there(self):
        memory = Memory(b'', LAST)
        self.assertIsNone(memory.pcs(SUB, 0x1234))
        self.assertIsNone(memory.pcs(0, CODE))

    def test_no_stack_there(self):
        self.assertIsNone(Memory(bytes([DEF_OFFSET, 24]), LAST).pcs(SUB, 1))

    def test_no_table_there(self):
        memory = Memory(LAST)
        memory.rows = cfi.Rows(memory.read, 0, 0)
        self.assertIsNone(memory.pcs(SUB, 1))
        memory.rows = cfi.Rows(memory.read, 0x123456, 5)
        self.assertIsNone(memory.pcs(SUB, 1))


if __name__ == '__main__':
    unittest.main()
