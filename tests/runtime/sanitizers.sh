#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A program under AddressSanitizer runs, and a fault in a goroutine that has
# grown is told with its whole stack; ThreadSanitizer is refused in words.
set -u
failed=0
program=$SRC_DIR/tests/runtime/faults.c
libs=$(sed -n 's,^Libs: .*-lseam \(.*\) -fuse-ld=.*,\1,p' "$BUILD_DIR/seam.pc")

complain() {
	echo "$*"
	cat log
	failed=1
}

# build COMPILER LINKER SANITIZER
build() {
	# shellcheck disable=SC2086 # a word an option
	"$1" -g -O1 -fno-optimize-sibling-calls -fsplit-stack \
		-fsanitize="$3" -I"$SRC_DIR/runtime" "$program" \
		"$BUILD_DIR/libseam.a" $libs -fuse-ld="$2" -o faults >log 2>&1
}

# told WORDS FAULT
told() {
	timeout 100 ./faults "$2" >log 2>&1 && complain "$2 is not found"
	grep -q "AddressSanitizer: $1" log || complain "$2 is not '$1'"
	[ "$(grep -c ' in deep ' log)" -ge 31 ] ||
		complain "the stack of $2 is not whole"
}

for tools in "gcc gold" "clang lld"; do
	# shellcheck disable=SC2086 # two words
	build $tools address || complain "$tools: is not built"
	for machines in 1 4; do
		export SEAM_MAXPROCS=$machines
		for debug in "" split poison look; do
			SEAM_DEBUG=$debug timeout 100 ./faults none >log 2>&1 ||
				complain "$tools, $machines, $debug: has faults"
			[ "$(cat log)" = right ] || complain "$tools: says more"
		done
		told heap-use-after-free uses_freed
		told stack-buffer-overflow leaves_array
	done
	program=$SRC_DIR/tests/runtime/leaks.c
	# shellcheck disable=SC2086 # two words
	build $tools address || complain "$tools: is not built"
	./faults nothing >log 2>&1 || complain "$tools: what is kept is lost"
	./faults loses >log 2>&1 && complain "$tools: what is lost is not found"
	grep -q 'leak of [0-9]* byte(s) in 1[0-6] object(s)' log ||
		complain "$tools: not what is lost is found"
	program=$SRC_DIR/tests/runtime/faults.c
	# shellcheck disable=SC2086 # two words
	build $tools thread && complain "$tools: ThreadSanitizer is not refused"
	grep -q '#error "ThreadSanitizer' log || complain "$tools: gives no reason"
done
exit $failed
