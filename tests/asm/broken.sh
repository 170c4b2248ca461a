#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 400
#
# paths.sh would see any line of CFI missing from asm/morestack.S: a stack is
# wrong without it. Line 0 is none, and no stack is wrong.
set -eu
stepped=$BUILD_DIR/stepped

step() {
	line=$1
	shift
	"$stepped/step" "$stepped/broken/$line/paths" "$@" >said 2>&1
}

# seen_missing LINE MODE STATUS...
seen_missing() {
	! step "$@" && grep -q '^wrong chain' said
}

tell() {
	echo "$1"
	cat said
	status=1
}

status=0
step 0 end 0 slow 0 deadlock 2 || tell "wrong with every line:"
count=0
while read -r line; do
	[ "$line" -gt 0 ] || continue
	count=$((count + 1))
	seen_missing "$line" end 0 deadlock 2 || seen_missing "$line" slow 0 ||
		tell "right without line $line:"
done <"$stepped/broken/list"
echo "$count lines left out, one at a time"
[ "$count" -gt 0 ] && exit $status
