#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""seam tells each goroutine's state, place and whole stack."""
import sys

import fixtures
import parity


def seam(target):
    where = [target.core] if target.core else ["-p", target.pid]
    program = fixtures.BUILD / "seam"
    text = parity.output([program, "stacks", *where])
    if "stops here" in text:
        yield text[:text.index("stops here")].splitlines()[-1]
    yield from parity.compare_goroutines(target, parity.parse_stacks(text))
    yield from parity.compare_list(
        target, parity.output([program, "list", *where]))


if __name__ == "__main__":
    sys.exit(parity.main(seam))
