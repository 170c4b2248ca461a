#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# valgrind says nothing of a program that is right, however its stacks grow and
# switch; it finds what a goroutine has lost, and what nobody has set.
# timeout: 900
set -u
failed=0

# memcheck PROGRAM...: its status, or 9 where there is something to report.
memcheck() {
	valgrind --error-exitcode=9 --leak-check=full \
		--show-leak-kinds=definite --errors-for-leak-kinds=definite \
		"$@" >out 2>log
	status=$?
}

complain() {
	echo "$*, status $status:"
	cat log out
	failed=1
}

silent() {
	memcheck "$@"
	if [ $status != 0 ] || grep -q Warning log; then
		complain "$* is not silent"
	fi
}

# told WORDS PROGRAM...
told() {
	words=$1
	shift
	memcheck "$@"
	if [ $status != 9 ] || ! grep -q "$words" log; then
		complain "no '$words' of $*"
	fi
}

for compiler in gcc clang; do
	leaks=$BUILD_DIR/checked/leaks-$compiler
	for machines in 1 4; do
		export SEAM_MAXPROCS=$machines
		silent "$leaks" nothing
		told 'bytes in 1[0-6] blocks are definitely lost' \
			"$leaks" loses
		told 'depends on uninitialised value' "$leaks" strays
	done
	unset SEAM_MAXPROCS
done

# Each scenario runs in processes of its own, which end with 9 after a report.
# They keep their settings for ever.
for scenario in growth chans locals; do
	memcheck --leak-check=no "$BUILD_DIR/tests/runtime/$scenario-gcc-gold-O2"
	[ $status = 0 ] || complain "$scenario is not silent"
done
exit $failed
