# SPDX-License-Identifier: BSD-2-Clause
"""The benchmark's driver: ratios, medians, verdicts, what cannot run."""
import os
import pathlib
import sys
import tempfile
import unittest
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import bench  # noqa: E402
import crowds  # noqa: E402
import inspector_rows  # noqa: E402
import looking  # noqa: E402
import rows  # noqa: E402
import verdict  # noqa: E402

OURS = rows.Series("ours", "w", 1)
PEER = rows.Series("peer", "w", 1)
TWO = rows.Series("ours", "w", 2)


def table(goals, numbers, failed=None, others=()):
    row = rows.Row("name", "text", "ns", OURS, tuple(goals), tuple(others))
    return verdict.row_lines(row, numbers, failed or {})


class Verdicts(unittest.TestCase):
    def test_median_of_ratios_not_ratio_of_medians(self):
        lines, verdicts = table([rows.Goal("<=", 0.5, PEER)],
                                {OURS: [1, 10, 6], PEER: [2, 20, 10]})
        self.assertEqual(verdicts, ["reached"])  # of the medians: 6/10
        self.assertIn(" 0.500 (0.500-0.600) ", lines[0])

    def test_a_bound_is_met_by_itself_only(self):
        for op, bound, wanted in (("<=", 0.5, "reached"),
                                  ("<=", 0.499, "missed"),
                                  (">=", 0.5, "reached"),
                                  (">=", 0.501, "missed")):
            _, verdicts = table([rows.Goal(op, bound, PEER)],
                                {OURS: [1], PEER: [2]})
            self.assertEqual(verdicts, [wanted], (op, bound))

    def test_bound_on_the_figure_itself(self):
        for bound, wanted in ((2300, "reached"), (2299, "missed")):
            _, verdicts = table([rows.Goal("<=", bound, None)],
                                {OURS: [2400, 2300, 2200]})
            self.assertEqual(verdicts, [wanted])

    def test_beside_nothing_ours_is_too_much(self):
        for peer in (0, -0.5):
            _, verdicts = table([rows.Goal("<=", 0.5, PEER)],
                                {OURS: [1], PEER: [peer]})
            self.assertEqual(verdicts, ["missed"])

    def test_what_did_not_run_is_missed_and_says_why(self):
        goal = rows.Goal("<=", 0.5, PEER)
        for missing, there in ((OURS, PEER), (PEER, OURS)):
            lines, verdicts = table([goal], {there: [1]},
                                    {missing: "not built"})
            self.assertEqual(verdicts, ["missed"])
            self.assertIn("missed (%s: not built)" % missing.program,
                          lines[0])

    def test_others_have_no_verdict(self):
        lines, verdicts = table([rows.Goal("<=", 1, PEER)],
                                {OURS: [1], PEER: [2], TWO: [4]},
                                others=[TWO])
        self.assertEqual((len(lines), len(verdicts)), (2, 1))
        self.assertIn("ours on 2 4 ns", lines[1])
        self.assertIn("0.250", lines[1])

    def test_summary(self):
        self.assertEqual(verdict.summary(["missed", "reached", "missed"]),
                         "1 reached, 2 missed")


class Rounds(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def program(self, name, body):
        path = self.folder / name
        path.write_text("#!/bin/sh\n" + body + "\n")
        path.chmod(0o755)

    def run_rounds(self, *series):
        return bench.run_rounds(self.folder, series, 3)

    def test_series_take_turns(self):
        log = self.folder / "log"
        for name in "ours", "peer":
            self.program(name, "echo %s $1 $SEAM_MAXPROCS $GOMAXPROCS >>%s;"
                               " echo 2.5" % (name, log))
        numbers, failed = self.run_rounds(TWO, PEER)
        self.assertEqual(failed, {})
        self.assertEqual(numbers, {TWO: [2.5] * 3, PEER: [2.5] * 3})
        self.assertEqual(log.read_text().splitlines(),
                         ["ours w 2 2", "peer w 1 1", "peer w 1 1",
                          "ours w 2 2", "ours w 2 2", "peer w 1 1"])

    def test_short_ones_have_several_turns(self):
        log = self.folder / "log"
        for name in "ours", "peer":
            self.program(name, "echo $0 >>%s; wc -l <%s" % (log, log))
        ours, peer = (rows.Series(name, "short", 1)
                      for name in ("ours", "peer"))
        with mock.patch.dict(bench.TURNS, short=3):
            numbers, _ = self.run_rounds(OURS, ours, peer)
        self.assertEqual([pathlib.Path(line).name
                          for line in log.read_text().splitlines()[:7]],
                         ["ours"] + ["ours", "peer", "peer", "ours",
                                     "ours", "peer"])
        self.assertEqual(numbers[OURS], [1, 8, 15])
        self.assertEqual(numbers[ours][:4], [2, 5, 6, 10])
        self.assertEqual(numbers[peer][:4], [3, 4, 7, 9])

    def test_rivals_have_one_processor_in_each_turn(self):
        log = self.folder / "log"
        for name in "ours", "peer":
            self.program(name, "taskset -cp $$ | sed 's/.*: //' >>%s; echo 1"
                         % log)
        series = [rows.Series(name, "short", procs)
                  for procs in (1, 2) for name in ("ours", "peer")]
        every = sorted(os.sched_getaffinity(0))
        with mock.patch.object(bench, "HELD", ("short",)):
            self.run_rounds(*series)
        found = log.read_text().splitlines()
        for i in range(3):
            both = found[4 * i:][:4]
            ours, peer, ours2, peer2 = both if i % 2 == 0 else both[::-1]
            self.assertEqual(ours, str(every[(i + 1) // 2 % len(every)]))
            self.assertEqual(peer, ours)
            self.assertEqual(ours2, peer2)
            self.assertEqual(ours2 == ours, len(every) == 1)
        self.assertEqual(sorted(os.sched_getaffinity(0)), every)

    def test_series_of_a_row_have_as_many_turns(self):
        for row in rows.ROWS:
            self.assertEqual(
                1, len({bench.TURNS.get(one.work, 1)
                        for one in bench.all_series([row])}), row.name)

    def test_turns_are_of_works_that_there_are(self):
        works = {one.work for one in bench.all_series(rows.ROWS)}
        self.assertLessEqual(bench.TURNS.keys(), works)
        self.assertLessEqual(set(bench.HELD), bench.TURNS.keys())

    def test_memory_is_there_for_those_who_take_much(self):
        self.program("ours", "echo 1")
        with mock.patch.object(bench, "touch_memory") as touch:
            self.run_rounds(OURS, rows.Series("ours", "sleepers", 1))
        self.assertEqual(touch.call_args_list,
                         [mock.call(bench.MEMORY_BYTES)] * 3)

    def test_failures_have_their_reasons(self):
        self.program("ours", "echo cannot >&2; exit 1")
        (self.folder / "peer.log").write_text(
            "a.c:1: undefined reference to 'seam_select'\n")
        numbers, failed = self.run_rounds(OURS, PEER)
        self.assertEqual(numbers, {})
        self.assertEqual(failed, {
            OURS: "cannot", PEER: "not built, no seam_select"})

    def test_a_program_must_print_a_number(self):
        self.program("ours", "echo fast")
        _, failed = self.run_rounds(OURS)
        self.assertEqual(failed, {OURS: "prints no number"})

    def test_servers_are_run_by_their_load(self):
        self.program("load", "test $1 = %s/ours && test $2 = rate && echo 7"
                     % self.folder)
        self.program("ours", "exit 1")
        rate = rows.Series("ours", "rate", 2)
        numbers, _ = self.run_rounds(rate)
        self.assertEqual(numbers, {rate: [7.0] * 3})
        self.assertEqual(bench.programs([rate]), ["load", "ours"])

    def test_first_error_names_what_is_missing(self):
        for words in ("a.c:1:1: error: unknown type name \u2018seam_x\u2019",
                      "a.c:1:1: error: 'seam_x' undeclared; 'seam_y'?",
                      "a.c:9: undefined reference to `seam_x'",
                      "ld.lld: error: undefined symbol: seam_x"):
            (self.folder / "ours.log").write_text(
                "a.c: In function 'f':\n" + words + "\n")
            self.assertEqual(bench.why_not_built(self.folder / "ours"),
                             "not built, no seam_x", words)

    def test_rows_by_name(self):
        names = [row.name for row in bench.select("yield*,spawn")]
        self.assertEqual(names, ["spawn", "yield", "yield-2"])
        with self.assertRaises(SystemExit):
            bench.select("nothing")

    def test_names_are_unique(self):
        for table in rows.ROWS, inspector_rows.ROWS:
            names = [row.name for row in table]
            self.assertEqual(len(names), len(set(names)))


class Looks(unittest.TestCase):
    """What looks at crowds: here programs that only say what they do."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def program(self, name, body):
        path = self.folder / name
        path.write_text("#!/bin/sh\n" + body + "\n")
        path.chmod(0o755)
        return path

    def test_every_row_can_be_measured(self):
        looks = looking.Looks(None, None)
        for one in bench.all_series(inspector_rows.ROWS):
            word = one.work if one.program == "seam" else one.program
            self.assertTrue(hasattr(looks, "_" + word.replace("-", "_")), one)

    def test_stopped_is_what_seam_says(self):
        self.program("crowd", "echo ready; exec sleep 600")
        seam = self.program(
            "seam", "echo 'seam: process 3 was stopped for 1.5 ms' >&2")
        with crowds.Crowds(self.folder) as made:
            number = looking.Looks(seam, made).number(
                inspector_rows.look("seam", "stopped", 7))
            pid = made.process("crowd", 7)
        self.assertEqual(number, 1.5)
        with self.assertRaises(ProcessLookupError):
            os.kill(pid, 0)

    def test_failures_have_their_reasons(self):
        self.program("crowd", "echo no")
        row = inspector_rows.row("r", "", "ms", inspector_rows.look(
            "seam", "stopped", 7), inspector_rows.under(1))
        with crowds.Crowds(self.folder) as made:
            numbers, failed = looking.run_rounds(
                looking.Looks(self.folder / "seam", made), [row], 2)
        self.assertEqual(numbers, {})
        self.assertEqual(failed, {row.ours: "crowd 7: is not ready"})

    def test_a_crowd_without_its_program(self):
        with crowds.Crowds(self.folder) as made:
            with self.assertRaisesRegex(RuntimeError, "not built"):
                made.core("crowd-go", 3)


if __name__ == "__main__":
    unittest.main()
