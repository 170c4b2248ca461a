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
    r'goroutine (\d+)(?: "(.*)")? \[(\w+)(?:, (.*?))?(?:, [\dhms.u]+)?\]:')
STACK_FRAME = re.compile(r"#\d+ +(\S+)(?: at \S+)?( \(inlined\))?$")


def parse_stacks(text):
    """The goroutines of `seam stacks`, or of the runtime's own dump."""
    found = []
    for line in text.splitlines():
        head = STACK_HEAD.match(line)
        frame = STACK_FRAME.match(line)
        if head:
            goid, _, state, reason = head.groups()
            found.append(expect.Goroutine(
                int(goid), state, waiting_reason(state, reason), []))
        elif frame and found:
            name, inlined = frame.groups()
            found[-1].chain.append(name + ("/inlined" if inlined else ""))
    return found


def waiting_reason(state, reason):
    return reason or "" if state == "waiting" else ""


