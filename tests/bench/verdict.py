# SPDX-License-Identifier: BSD-2-Clause
"""
From numbers to lines: ratios of each round, their median, the verdict. Knows
no programs and no clock, so it is tested like anything else.

Numbers: {series: [a number a turn]}. Failed: {series: why it has none}.
"""
import math
import statistics

HEAD = ("ROW", "WORK", "OURS", "PEER", "RATIO", "(MIN-MAX)", "TARGET",
        "VERDICT")
FORMAT = "%-12s %-36s %12s  %-30s %8s %-17s %-9s %s"


def ratios(ours, theirs):
    """Ours to theirs, round by round. Beside 0 and less nothing is small."""
    return [a / b if b > 0 else math.inf for a, b in zip(ours, theirs)]


def reached(goal, value):
    return value <= goal.bound if goal.op == "<=" else value >= goal.bound


def row_lines(row, numbers, failed):
    """The lines of a row and the verdicts among them."""
    lines, verdicts = [], []
    for goal in row.goals:
        cells, verdict = judge(row, goal, numbers, failed)
        lines.append(cells)
        verdicts.append(verdict)
    for other in row.others:
        lines.append(compare(row, other, numbers, failed) + ("-", ""))
    return [FORMAT % cells for cells in named(row, lines, numbers)], verdicts


def named(row, lines, numbers):
    """The row's name and our figure stand in its first line only."""
    head = row.name, row.text, figure(row.ours, numbers, row.unit)
    for cells in lines:
        yield head + cells
        head = "", "", ""


def judge(row, goal, numbers, failed):
    """PEER, RATIO, (MIN-MAX), TARGET, VERDICT; and the verdict."""
    missing = [s for s in (row.ours, goal.against) if s in failed]
    if goal.against is None:
        cells, value = ("", "", ""), median(row.ours, numbers)
    else:
        cells = compare(row, goal.against, numbers, failed)
        value = None if missing else statistics.median(
            ratios(numbers[row.ours], numbers[goal.against]))
    target = "%s %g" % (goal.op, goal.bound)
    if missing:
        why = "; ".join("%s: %s" % (s.program, failed[s]) for s in missing)
        return cells + (target, "missed (%s)" % why), "missed"
    verdict = "reached" if reached(goal, value) else "missed"
    return cells + (target, verdict), verdict


def compare(row, other, numbers, failed):
    """PEER, RATIO, (MIN-MAX) of a series beside ours."""
    if other in failed:
        return "%s: %s" % (other.program, failed[other]), "", ""
    peer = "%s %s" % (label(row.ours, other),
                      figure(other, numbers, row.unit))
    if row.ours in failed:
        return peer, "", ""
    each = ratios(numbers[row.ours], numbers[other])
    return (peer, "%.3f" % statistics.median(each),
            "(%.3f-%.3f)" % (min(each), max(each)))


def label(ours, other):
    """The series by what tells it from ours."""
    words = [other.program]
    if other.work != ours.work:
        words.append(other.work)
    if other.procs != ours.procs:
        words.append("on %d" % other.procs)
    return " ".join(words)


def median(series, numbers):
    return statistics.median(numbers[series]) if series in numbers else None


def figure(series, numbers, unit):
    value = median(series, numbers)
    return "-" if value is None else "%.4g %s" % (value, unit)


def summary(verdicts):
    return "%d reached, %d missed" % (verdicts.count("reached"),
                                      verdicts.count("missed"))
