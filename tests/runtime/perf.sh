#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# perf's stacks by frame pointers cross seams, down to a goroutine's beginning,
# and name there who grew in place of its caller (deep() in place of grows());
# by DWARF they have the newest segment's frames, and end at the first seam.
set -u

skip() {
	echo "$*"
	exit 77
}

perf --version >log 2>&1 || skip "perf is not installed, or not for this kernel"
perf record -e cpu-clock -o try true >log 2>&1 ||
	skip "perf may not record here: see /proc/sys/kernel/perf_event_paranoid"

failed=0

# samples COMPILER HOW CONDITION: of burn's samples each fulfils it
samples() {
	perf record -e cpu-clock -F 500 --call-graph "$2" -o data \
		"$BUILD_DIR/checked/burn-$1" >log 2>&1
	perf script -i data -F comm,ip,sym >stacks 2>>log
	# An empty line ends a sample.
	awk '$2 == "burn" { burns = 1 } $2 == "deep" { deep++ }
		$2 == "work" { works = 1 } $2 ~ /^gostart/ { begins = 1 }
		/^$/ {
			all += burns
			good += burns && ('"$3"')
			burns = deep = works = begins = 0
		}
		END { print all + 0, good + 0; exit !(all > 20 && all == good) }' \
		stacks >counted || {
		echo "$1, $2: burn's samples, and those with $3:"
		cat counted log
		failed=1
	}
}

for compiler in gcc clang; do
	samples $compiler fp 'deep == 22 && works && begins'
	samples $compiler dwarf 'deep > 0 && deep < 21 && !works && !begins'
done
exit $failed
