#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# seam waits --dot is what graphviz reads, with hostile names too.
set -u

seam=$BUILD_DIR/seam
failed=0

# live FIXTURE: seam waits --dot of it is a graph, with the words that follow.
live() {
	"$BUILD_DIR/fixtures/$1-gcc-gold" live >ready &
	pid=$!
	until grep -q ready ready; do
		kill -0 $pid || exit 1
		sleep 0.1
	done
	"$seam" waits -p $pid --dot >graph
	got=$?
	kill $pid
	shift
	[ $got = 0 ] || { echo "status $got"; failed=1; }
	dot -Tplain graph >plain || failed=1
	for words; do
		grep -q -e "$words" graph && continue
		echo "not in the graph: $words"
		cat graph
		failed=1
	done
	: >ready
}

live crossed 'color=red' 'o[0-9]* -> p2' 'label="goroutine 2 \\"lefty\\"'
live hostile 'gr\\\\xff'
live forgotten 'style=dashed'
exit $failed
