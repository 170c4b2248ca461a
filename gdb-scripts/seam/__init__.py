# SPDX-License-Identifier: BSD-2-Clause
"""Goroutines in gdb: the commands, printers and backtraces of Seam.

The stages are those of the inspector, over gdb; each uses only the ones to
its left:

    layout model elf cfi read analyse alike grouping render render_groups
    inspector       plain Python, no gdb
    target unwind naming here settings selection stepping following    gdb
    backtraces printers view stacks command completing asking applying commands
    breaking catching waking elements functions

model.py is the one to read first; later.py says which are read when they are
first used.
"""
