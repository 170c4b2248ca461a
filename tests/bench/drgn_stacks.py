# SPDX-License-Identifier: BSD-2-Clause
"""What drgn runs, as its users do: the stacks of all threads. prog is drgn's."""
for thread in prog.threads():  # noqa: F821
    print(prog.stack_trace(thread.tid))  # noqa: F821
