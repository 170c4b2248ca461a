#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A process that never rests, stopped at many different moments: each stack is
# whole and named, and the process does not notice, nor lose a signal.
set -u

seam=$BUILD_DIR/seam
"$BUILD_DIR/fixtures/busy-gcc-gold" live >ready &
pid=$!
trap 'kill $pid 2>/dev/null' EXIT
until grep -q ready ready; do
	kill -0 $pid || exit 1
	sleep 0.1
done

failed=0
for i in $(seq 100); do
	if "$seam" stacks -p $pid >stacks.out 2>trouble &&
		! grep -e 'stops here' -e "??" stacks.out; then
		continue
	fi
	echo "stop number $i:"
	cat trouble stacks.out
	failed=1
done

# A signal that comes in while we look is delivered afterwards.
"$seam" stacks -p $pid >/dev/null &
kill -USR1 $pid
wait $!
wait $pid || {
	echo "the process ended with $?"
	failed=1
}
exit $failed
