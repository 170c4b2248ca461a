# SPDX-License-Identifier: BSD-2-Clause
"""
What the parity tests share. Each test gives one tool: a function that looks
at a target and returns what it found wrong, a line each.
"""
import re
import subprocess

import expect
import fixtures

TOOL_TIMEOUT = 60  # seconds


def main(tool, targets=None):
    """The exit status of a test that tries TOOL on each target."""
    count, wrong = 0, 0
    for target in targets or fixtures.each_target():
        count += 1
        for line in tool(target):
            wrong += 1
            print("%s: %s" % (target, line))
    print("%d targets, %d wrong" % (count, wrong))
    return 1 if wrong or not count else 0


def output(argv):
    """What a tool prints, standard error included."""
    done = subprocess.run(
        [str(a) for a in argv], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        timeout=TOOL_TIMEOUT, universal_newlines=True, check=False)
    return done.stdout


def compare_threads(target, threads, inlined):
    """
    What is wrong with the stacks of a target's threads, each a list of
    function names: some thread must show each goroutine that runs.
    """
    for goroutine in target.running():
        wanted = chain(goroutine, inlined)
        wrong = [expect.of_thread(wanted, frames) for frames in threads]
        if not threads or all(wrong):
            yield "goroutine %d: %s" % (goroutine.goid, nearest(wrong))


def nearest(wrong):
    """Of what is wrong with all threads, what tells most."""
    return max(wrong, key=len, default="no threads")


def compare_goroutines(target, told, inlined=True):
    """What is wrong with the goroutines that a tool tells of a target."""
    wanted = {g.goid: g for g in target.expected}
    got = {g.goid: g for g in told}
    if sorted(wanted) != sorted(got):
        yield "wanted goroutines %s, got %s" % (sorted(wanted), sorted(got))
    for goid in sorted(set(wanted) & set(got)):
        yield from compare_goroutine(wanted[goid], got[goid], inlined)


def compare_goroutine(wanted, got, inlined):
    if (wanted.state, wanted.reason) != (got.state, got.reason):
        yield "goroutine %d: wanted %s %s, got %s %s" % (
            wanted.goid, wanted.state, wanted.reason, got.state, got.reason)
    if wanted.object != got.object:
        yield "goroutine %d: %s the object that it waits on" % (
            wanted.goid, "without" if wanted.object else "told with")
    frames = got.chain
    if wanted.state == "running":
        frames = below(frames, wanted.chain[0])
    wrong = expect.difference(chain(wanted, inlined), frames)
    if wrong:
        yield "goroutine %d: %s" % (wanted.goid, wrong)


def below(frames, name):
    """The frames from NAME on: above may stand the C library."""
    return frames[frames.index(name):] if name in frames else frames


def chain(goroutine, inlined):
    return goroutine.chain if inlined else expect.called(goroutine.chain)


STACK_HEAD = re.compile(
    r'goroutine (\d+)(?: ".*")? \[(\w+)(?:, (.*?)( 0x[1-9a-f][0-9a-f]*)?)?'
    r"(, \d[\dhms.u]*)?\]:$")
STACK_FRAME = re.compile(r"#\d+ +(<[^>]*>|\S+)(?: at \S+)?(?: \((\w+)\))?$")
LIST_LINE = re.compile(
    r"[* ] (\d+) +(\w+) +(thread \d+|\w+ \w+|\S+) +\S+ +(\S+)")


def headings(text):
    """What stands above each goroutine's stack, without how long it waits."""
    heads = filter(None, map(STACK_HEAD.match, text.splitlines()))
    return [head.group().replace(head.group(5) or "", "") for head in heads]


def parse_heading(line):
    """The goroutine that this line, of any tool, stands above, or None."""
    head = STACK_HEAD.match(line)
    if not head:
        return None
    goid, state, reason, waits_on, _ = head.groups()
    return expect.Goroutine(int(goid), state, waiting_reason(state, reason),
                            waits_on is not None, [])


def parse_stacks(text):
    """The goroutines of `seam stacks`, or of the runtime's own dump."""
    found = []
    for line in text.splitlines():
        head = parse_heading(line)
        frame = STACK_FRAME.match(line)
        if head:
            found.append(head)
        elif frame and found:
            name, mark = frame.groups()
            found[-1].chain.append(name + ("/" + mark if mark else ""))
    return found


def compare_list(target, text):
    """What is wrong with a table of `seam list` or `info goroutines`."""
    lines = [LIST_LINE.match(line) for line in text.splitlines()]
    got = {int(m.group(1)): m.groups()[1:] for m in lines if m}
    for goroutine in target.expected:
        line = got.get(goroutine.goid)
        if not line or not in_list(target, goroutine, *line):
            yield "goroutine %d is listed as %s" % (goroutine.goid, line)
    if len(got) != len(target.expected):
        yield "list has %d goroutines" % len(got)


def in_list(target, goroutine, state, reason, where):
    if goroutine.state == "running":
        reason_is_right = reason.startswith("thread ")
    else:
        reason_is_right = reason == (goroutine.reason or "-")
    return (state == goroutine.state and reason_is_right
            and (where == user_function(goroutine)
                 or sleeps_in_libc(target, goroutine)))


def sleeps_in_libc(target, goroutine):
    """Then where it runs is some function of the C library."""
    return goroutine.state == "running" and (
        goroutine.chain[0] != "stop" or target.pid)


def user_function(goroutine):
    """The innermost that is not the runtime's."""
    names = (name.split("/")[0] for name in goroutine.chain)
    return next(name for name in names if not name.startswith("seam_"))


def marked(target, names):
    """NAMES of a tool that does not say which calls are inlined: take the
    fixture's word for it."""
    marks = {name.split("/")[0]: name for g in target.expected
             for name in g.chain if "/" in name}
    return [marks.get(name, name) for name in names]


def waiting_reason(state, reason):
    return reason or "" if state == "waiting" else ""
