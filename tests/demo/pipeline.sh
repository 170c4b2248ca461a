#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The pipeline counts as tr, wc and sort do, and gives up when it is told to.
set -u
export LC_ALL=C
text=$SRC_DIR/docs/HACKING.md

tr -cs '[:alpha:]' '\n' <"$text" | tr '[:upper:]' '[:lower:]' | grep . >words
longest=$(awk '{ print length, $0 }' words | sort -k1,1nr -k2,2 |
	awk 'NR == 1 { print $2 }')
printf '%d lines, %d words, %d letters, longest: %s\n' \
	"$(wc -l <"$text")" "$(wc -l <words)" "$(tr -d '\n' <words | wc -c)" \
	"$longest" >theirs
for procs in 1 2 4; do
	SEAM_MAXPROCS=$procs "$BUILD_DIR/examples/pipeline" <"$text" >ours ||
		exit 1
	diff ours theirs || exit 1
done

# Standard input that neither says anything nor ends.
mkfifo silence
sleep 100 >silence &
if SEAM_MAXPROCS=2 "$BUILD_DIR/examples/pipeline" -t 50 <silence 2>trouble; then
	echo "it did not give up"
	exit 1
fi
kill $!
grep -q 'pipeline: no result: Connection timed out' trouble || cat trouble
grep -q 'pipeline: no result: Connection timed out' trouble
