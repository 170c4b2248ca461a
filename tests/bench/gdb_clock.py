# SPDX-License-Identifier: BSD-2-Clause
"""In gdb: clock COMMAND [; COMMAND]... runs them and adds a line with the
seconds that they took to the file $SEAM_CLOCK. What they print is printed."""
import os
import time

import gdb


class Clock(gdb.Command):
    """Tell how long commands take."""

    def __init__(self):
        super().__init__("clock", gdb.COMMAND_USER)

    def invoke(self, argument, from_tty):
        began = time.monotonic()
        for command in argument.split(";"):
            gdb.execute(command, False)
        gdb.flush()
        took = time.monotonic() - began
        with open(os.environ["SEAM_CLOCK"], "a", encoding="utf-8") as file:
            file.write("%.9f\n" % took)


Clock()
