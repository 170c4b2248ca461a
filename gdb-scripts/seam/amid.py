# SPDX-License-Identifier: BSD-2-Clause
"""What the script does amid a stop, and what the user has there.

gdb runs the commands of the user's breakpoints behind what a script executes.
Amid a stop that is too early: "continue" among them would never come back.
"""

import gdb

# What is no expression, in any language, as a condition.
_FAILS = 'if )\nend'


def execute(command):
    """Let gdb do COMMAND, and run the user's commands when all have been told.

    It does not run them behind an error. One in a command would let it forget
    them; one in a condition does not.
    """
    try:
        gdb.execute('%s\n%s' % (command, _FAILS))
    except gdb.error as error:
        if str(error) != _failure():
            raise


def _failure():
    """What gdb says of _FAILS, in the language that is set."""
    try:
        gdb.execute(_FAILS)
    except gdb.error as error:
        return str(error)
    return None


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
    which are deleted; several may be made by a generator, so that none stays
    where the next fails. An error if that is not where it stops, or if the
    user stops there, too."""
    made, reached = set(), []

    def end():
        for place in made:
            if place.is_valid():
                place.delete()

    def stopped(event):
        found = set(hits(event))
        if found & made:
            reached.append(found <= made)
            end()       # the user's commands there may let the program go on

    gdb.events.stop.connect(stopped)
    try:
        for place in places:
            made.add(place)
        gdb.execute('continue')
    finally:
        gdb.events.stop.disconnect(stopped)
        end()
    if reached != [True]:
        raise gdb.GdbError('The program stopped on the way.')
