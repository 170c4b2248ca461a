#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A stack of more frames than seam keeps: its two ends are told, what is
# missing between them is named, and the numbers go on. What is the same again
# and again is shown a few times.
set -u

seam=$BUILD_DIR/seam
"$BUILD_DIR/fixtures/deep-gcc-gold" live >ready &
pid=$!
trap 'kill $pid 2>/dev/null' EXIT
until grep -q ready ready; do
	kill -0 $pid || exit 1
	sleep 0.1
done
failed=0

complain() {
	echo "$*"
	failed=1
}

"$seam" stacks -p $pid >out 2>trouble
got=$?
[ $got = 1 ] || complain "status $got, not 1"
left=$(sed -n 's/^    -- \([0-9]*\) frames are left out --$/\1/p' out)
shown=$(grep -c ' sink at ' out)
folded=$(sed -n 's/^    \.\.\. \([0-9]*\) more frames like this.*/\1/p' out |
	awk "{ n += \$1 } END { print n }")
[ $((left + shown + folded)) = 1100000 ] ||
	complain "$shown of sink are shown, ${left:-none} left out," \
		"${folded:-none} folded"
[ "$(wc -l <out)" -lt 60 ] || complain "$(wc -l <out) lines"
grep -q "goroutine 1: $left frames in the middle of its stack are left out" \
	trouble || complain "$(cat trouble)"
last=$(sed -n 's/^#\([0-9]*\) *start at .*/\1/p' out)
first=$(sed -n 's/^#\([0-9]*\) *stop at .*/\1/p' out)
[ "$((last - first))" = 1100001 ] ||
	complain "stop is number $first, start number $last"
"$seam" segments -p $pid >out 2>trouble || complain "segments: $(cat trouble)"
exit $failed
