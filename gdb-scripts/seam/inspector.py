# SPDX-License-Identifier: BSD-2-Clause
"""The inspector, as a program to be run: where it is, what it answers, and
what that means. Knows no gdb.

What takes long to import is imported where it is needed: gdb loads this in the
beginning of every session.
"""

import os
import re
from collections import namedtuple

NAME = 'seam'

# Its exit statuses: everything, or a part, is told; the rest is no answer.
WHOLE, PART, NONE = 0, 1, 2
UNABLE, INTERRUPTED = 127, 130

# What it printed and how it ended.
Answer = namedtuple('Answer', 'status text notes')

_ET_CORE = 4


def find(named, scripts, path=None):
    """The inspector's file, or None: NAMED, if that is not empty; otherwise
    the one installed with SCRIPTS, the folder of these, or in PATH."""
    import shutil
    if named:
        return shutil.which(os.path.expanduser(named))
    folders = [os.path.join(folder, 'bin') for folder in _above(scripts)]
    return (shutil.which(NAME, path=os.pathsep.join(folders))
            or shutil.which(NAME, path=path))


def _above(folder):
    """The folders that FOLDER is in, the innermost first."""
    while folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
        yield folder


def ask(program, command, core, executable, words):
    """The Answer of PROGRAM to COMMAND on CORE. EXECUTABLE may be None, where
    the core's own is right."""
    files = [os.path.abspath(file) for file in (core, executable) if file]
    return _run([program, command, *files, *words], '')


def ask_held(program, command, pid, registers, words):
    """The same on the process PID, which gdb holds. REGISTERS is what
    told() gives of its threads."""
    return _run([program, command, '--held', '-p', str(pid), *words],
                registers)


def told(threads):
    """THREADS, [(number, system call, registers)], as the inspector reads
    them. Registers are by their DWARF numbers."""
    return ''.join('%d %d %s\n' % (tid, call, ' '.join(map(hex, registers)))
                   for tid, call, registers in threads)


def _run(argv, stdin):
    import subprocess
    try:
        done = subprocess.run(argv, input=stdin.encode(),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              check=False)
    except OSError as error:    # of another machine, or no program at all
        return Answer(UNABLE, '', '%s: cannot run %s: %s\n'
                      % (NAME, argv[0], error.strerror))
    return Answer(done.returncode, *(
        text.decode('utf-8', 'backslashreplace')
        for text in (done.stdout, done.stderr)))


def failure(answer):
    """Why ANSWER is none, or None."""
    if answer.status in (WHOLE, PART):
        return None
    if answer.status < 0:
        return 'The inspector was ended by %s.' % _signal(-answer.status)
    words = answer.notes.strip()
    prefix = NAME + ': '
    if words.startswith(prefix):
        words = words[len(prefix):]
    return words or 'The inspector ended with status %d.' % answer.status


def _signal(number):
    import signal
    try:
        return signal.Signals(number).name
    except ValueError:
        return 'signal %d' % number


def core_in(text):
    """The core file among those that gdb names in TEXT, its list of what the
    target consists of; None if there is none."""
    for name in re.findall(r"(?m)^\s+`(.*)', [^']*$", text):
        if _is_core(name):
            return name
    return None


def _is_core(name):
    """Whether the ELF file NAME says that it is a core."""
    try:
        with open(name, 'rb') as file:
            head = file.read(18)
    except OSError:
        return False
    return head[:4] == b'\x7fELF' and head[16:] == bytes([_ET_CORE, 0])
