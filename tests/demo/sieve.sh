#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The primes of the sieve are those that factor(1) finds.
set -u
"$BUILD_DIR/examples/sieve" 200 >ours || exit 1
seq 2 5000 | factor | awk 'NF == 2 { print $2 }' | head -n 200 >theirs
diff ours theirs
