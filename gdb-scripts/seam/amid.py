# SPDX-License-Identifier: BSD-2-Clause
"""What the script does amid a stop, and what the user has there.

gdb runs the commands of the user's breakpoints behind what a script executes.
Amid a stop that is too early: "continue" among them would never come back.
"""

import gdb

# What is no expression, in any language.
_NOTHING = ')'


def execute(command):
    """Let gdb do COMMAND, and run the user's commands when all have been told.

    It does not run them behind an error. One in a command would let it forget
    them; one in a condition does not.
    """
    try:
        gdb.execute('%s\nif %s\nend' % (command, _NOTHING))
    except gdb.error as error:
        if _NOTHING not in str(error):
            raise


def hits(event):
    """The breakpoints that the program has stopped at."""
    return getattr(event, 'breakpoints', ())


def tell(event):
    """Where the program is, unless gdb does so for one that was hit and is
    still there."""
    if not any(hit.is_valid() and not hit.silent and not is_silent(hit)
               for hit in hits(event)):
        execute('frame')


def is_silent(breakpoint_):
    """Whether its commands begin as gdb has it for those that tell nothing."""
    return (breakpoint_.commands or '').split('\n', 1)[0].strip() == 'silent'


def reach(places):
    """Let the program go on to one of PLACES, breakpoints of the script's,
    which are deleted. An error if that is not where it stops and stays, or if
    the user stops there, too."""
    stops = []

    def stopped(event):
        stops.append(hits(event))

    gdb.events.stop.connect(stopped)
    try:
        gdb.execute('continue')
    finally:
        gdb.events.stop.disconnect(stopped)
        for place in places:
            place.delete()
    if len(stops) != 1 or not stops[0] or set(stops[0]) - set(places):
        raise gdb.GdbError('The program stopped on the way.')
