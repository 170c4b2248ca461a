#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""seam tells each goroutine's state, place and whole stack."""
import sys

import fixtures
import parity


def output(target, command):
    where = [target.core] if target.core else ["-p", target.pid]
    return parity.output([fixtures.BUILD / "seam", command, *where])


def seam(target):
    text = output(target, "stacks")
    if "stops here" in text:
        yield text[:text.index("stops here")].splitlines()[-1]
    yield from parity.compare_goroutines(target, parity.parse_stacks(text))
    yield from parity.compare_list(target, output(target, "list"))


if __name__ == "__main__":
    sys.exit(parity.main(seam, fixtures.each_target(
        fixtures.NAMES + fixtures.OBJECTS + ("blocking", "signalled"))))
