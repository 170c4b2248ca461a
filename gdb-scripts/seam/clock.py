# SPDX-License-Identifier: BSD-2-Clause
"""This machine's clocks, as a live target reads them. x86-64 Linux."""

import functools
import time

# rdtsc; shl $32, %rdx; or %rdx, %rax; ret
_READ_TSC = b'\x0f\x31\x48\xc1\xe2\x20\x48\x09\xd0\xc3'


def reading():
    """(ticks, nanoseconds of CLOCK_MONOTONIC) now.

    None where the system lets no process make code (SELinux, execmem).
    """
    try:
        ticks = _ticks_function()()
    except OSError:
        return None
    return ticks, time.clock_gettime_ns(time.CLOCK_MONOTONIC)


@functools.lru_cache(maxsize=1)
def _ticks_function():
    """Python has no way to read the time stamp counter: ten bytes of code."""
    import ctypes       # which takes long, and is not needed for a core
    import mmap
    page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE
                     | mmap.PROT_EXEC)
    page.write(_READ_TSC)
    where = ctypes.addressof(ctypes.c_char.from_buffer(page))
    function = ctypes.CFUNCTYPE(ctypes.c_uint64)(where)
    function.page = page    # must live as long
    return function
