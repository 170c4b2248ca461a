# SPDX-License-Identifier: BSD-2-Clause
"""Goroutines in gdb: the commands, printers and backtraces of Seam.

The stages are those of the inspector, over gdb; each uses only the ones that
stand before it. Plain Python, without gdb:

    later model layout elf cfi read where filter clock analyse alike grouping
    render render_groups inspector

With gdb:

    target evaluating unwind command naming here settings selection stop amid
    stepping following backtraces printers stacks view completing asking applying
    commands breaking catching waking elements functions install

model.py is the one to read first; later.py says which are read when they are
first used.
"""
