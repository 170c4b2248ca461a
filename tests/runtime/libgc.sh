#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A garbage collector over goroutines loses nothing live and takes the garbage:
# the example says so by its status.
# timeout: 200
failed=0

# run PROGRAM MACHINES DEBUG
run() {
	if ! SEAM_MAXPROCS=$2 SEAM_DEBUG=$3 timeout 60 "$1" >log 2>&1; then
		echo "$1 on $2 threads, '$3':"
		cat log
		failed=1
	fi
}

for compiler in gcc clang; do
	program=$BUILD_DIR/examples/libgc-$compiler
	for machines in 1 4; do
		run "$program" $machines ''
		run "$program" $machines split,poison
		run "$program" $machines look
	done
done
exit $failed
