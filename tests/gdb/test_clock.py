# SPDX-License-Identifier: BSD-2-Clause
"""This machine's clocks, by plain Python."""
import mmap
import time
import unittest
from unittest import mock

import world  # noqa: F401  (finds the package)
from seam import clock


class Reading(unittest.TestCase):
    def test_both_clocks_go_on(self):
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        first, second = clock.reading(), clock.reading()
        after = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        self.assertLess(first[0], second[0])
        self.assertTrue(before <= first[1] <= second[1] <= after)

    def test_where_no_process_may_make_code(self):
        clock._ticks_function.cache_clear()
        with mock.patch.object(mmap, 'mmap', side_effect=PermissionError):
            self.assertIsNone(clock.reading())
        self.assertIsNotNone(clock.reading())


if __name__ == '__main__':
    unittest.main()
