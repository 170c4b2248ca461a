#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What is told of a process in constant change is true of one moment, that of the
# stop, though most of it is copied before: see baton.c.
set -u

seam=$BUILD_DIR/seam
"$BUILD_DIR/fixtures/baton-gcc-gold" live >ready &
pid=$!
trap 'kill $pid 2>/dev/null' EXIT
until grep -q ready ready; do
	kill -0 $pid || exit 1
	sleep 0.1
done

# Per runner, in their order: its state, and where it is, or -.
runners() {
	awk '
	/^goroutine / { told = 0; state = $3; where = "-" }
	/ (even|odd) at / { where = $2 }
	/ (even|odd|runner) at / { if ($2 == "runner") print state, where }
	' stacks.out
}

# All that wait before the first who does not are in one function, all that wait
# behind the last in the other.
check() {
	awk '
	$1 !~ /waiting/ { if (!first) first = NR; last = NR }
	{ state[NR] = $1; where[NR] = $2 }
	END {
		if (NR != 200 || !first) {
			print NR, "runners; all wait"
			exit 1
		}
		before = first > 1 ? where[1] : ""
		behind = last < NR ? where[NR] : ""
		for (i = 1; i <= NR; i++)
			if (i < first && where[i] != before ||
			    i > last && where[i] != behind || before != "" && before == behind) {
				print "runner", i, "is in", where[i]
				print "those who do not wait:", first, "to", last
				exit 1
			}
	}' runners.out
}

failed=0
for i in $(seq 100); do
	"$seam" stacks -p $pid >stacks.out 2>trouble && runners >runners.out &&
		check && continue
	echo "stop number $i:"
	cat trouble
	failed=1
	break
done
kill -USR1 $pid
exit $failed
