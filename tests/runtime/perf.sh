#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# perf's stacks by frame pointers cross seams, down to a goroutine's beginning.
set -u

skip() {
	echo "$*"
	exit 77
}

perf --version >log 2>&1 || skip "perf is not installed, or not for this kernel"
perf record -e cpu-clock -o try true >log 2>&1 ||
	skip "perf may not record here: see /proc/sys/kernel/perf_event_paranoid"

failed=0
for compiler in gcc clang; do
	perf record -e cpu-clock -F 500 --call-graph fp -o data \
		"$BUILD_DIR/checked/burn-$compiler" >log 2>&1
	perf script -i data -F comm,ip,sym >stacks 2>>log
	# An empty line ends a sample; burn's are to have all that called it.
	awk '$2 == "burn" { burns = 1 } $2 == "deep" { deep++ }
		$2 == "work" { works = 1 } $2 ~ /^gostart/ { begins = 1 }
		/^$/ {
			all += burns
			whole += burns && deep == 21 && works && begins
			burns = deep = works = begins = 0
		}
		END { print all + 0, whole + 0; exit !(all > 20 && all == whole) }' \
		stacks >counted || {
		echo "$compiler: burn's samples, and those that are whole:"
		cat counted log
		failed=1
	}
done
exit $failed
