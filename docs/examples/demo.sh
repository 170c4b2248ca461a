#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# demo.sh BUILD_DIR - what Seam does, on an indexer of the C headers in
# /usr/include: its result against grep's, its stacks while it works, the core
# of a crash deep in a recursion, a deadlock. Fails if one of them is not so.
set -u
build=$(cd "$1" && pwd)
# In the tree the program names the tree's scripts, which gdb must be allowed.
scripts=$(cd "$(dirname "$0")/../../gdb-scripts" && pwd)
PATH=$build:$build/examples:$PATH
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
ulimit -c unlimited
export LC_ALL=C

say() {
	printf '\n\033[1m== %s\033[0m\n\n' "$*"
}

fail() {
	printf 'demo: %s\n' "$*" >&2
	exit 1
}

# Echo a command, run it, keep what it prints in $dir/out.
run() {
	printf '$ %s\n' "$*"
	"$@" >out 2>&1
	status=$?
}

# The first N lines, and how many there are.
show() {
	head -n "$1" out
	local n
	n=$(wc -l <out)
	[ "$n" -le "$1" ] || printf '    ... %d lines in all\n' "$n"
	echo
}

no_unknown_frames() {
	if grep -qE '(^|[^?])\?\?($|[^?])' out; then
		fail "an unknown frame (??): $(grep -m1 -F '??' out)"
	fi
}

# The core of the program that just died, in $core. Where the kernel does not
# write cores here, gdb runs the program again and makes one.
find_core() {
	core=$(find . -name 'core*' | head -n 1)
	[ -n "$core" ] && return
	core=core.gdb
	echo "(the kernel keeps cores elsewhere: gdb makes one)"
	gdb -nx -batch -iex 'set auto-load off' -ex run \
		-ex "generate-core-file $core" --args "$@" >out 2>&1
	[ -s "$core" ] || fail "no core"
}

in_gdb() {
	local args=()
	for command; do
		args+=(-ex "$command")
	done
	run gdb -nx -q -batch -iex "add-auto-load-safe-path $scripts" "${args[@]}" \
		"$build/examples/indexer" "$core"
}

say "The indexer: goroutines read the headers and follow each #include"
run indexer
show 20
[ "$status" = 0 ] || fail "the indexer ended with status $status"
indexer -a >ours
grep -rhoE --include='*.h' \
	'^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"][^<>"]+[>"]' \
	/usr/include | sed 's/.*[<"]\([^<>"]*\)[>"]$/\1/' | sort | uniq -c |
	sort -k1,1nr -k2,2 >theirs
diff -w ours theirs >unlike || fail "grep counts otherwise: $(head -3 unlike)"
echo "grep counts the same: $(wc -l <ours) names."

say "(a) Its stacks while it works"
# However few headers there are: with so long a rest it works for a while.
indexer -s 20000 >/dev/null &
pid=$!
for _ in $(seq 60); do
	seam stacks -p $pid 2>&1 | grep -q '^    -- seam --' && break
	sleep 0.5
done
run seam list -p $pid
show 14
run seam stacks --time -p $pid
show 46
no_unknown_frames
[ "$status" = 0 ] || fail "seam ended with status $status"
grep -q '^    -- seam --' out || fail "no stack has grown"
kill $pid
wait $pid 2>/dev/null

say "(b) The core of a crash deep in the recursion"
echo '$ ulimit -c unlimited'
run indexer -c 6
cat out
[ "$status" = 139 ] || fail "the indexer did not crash: status $status"
find_core indexer -c 6
crashed=$(sed -n 's/^seam: goroutine \([0-9]*\).*SIGSEGV.*/\1/p' out)
[ -n "$crashed" ] || fail "the runtime did not say which goroutine crashed"
run seam stacks "$core" "$crashed"
show 40
no_unknown_frames
[ "$(grep -c ' visit ' out)" -ge 5 ] || fail "the recursion is not whole"
in_gdb "goroutine $crashed" bt \
	'frame function index_header' 'info args' 'info locals'
show 60
no_unknown_frames
grep -q '^path = .*/usr/include/' out || fail "gdb shows no arguments"
echo "Another goroutine, parked:"
parked=$(seam list "$core" |
	awk '/^ / && ($2 == "waiting" || $2 == "runnable") { print $1; exit }')
[ -n "$parked" ] || fail "no goroutine is parked"
in_gdb 'info goroutines' "goroutine $parked" bt
show 40
no_unknown_frames
grep -qE '^#.* seam_(recv|send)' out ||
	fail "gdb does not show where goroutine $parked waits"

say "(c) A deadlock"
rm -f core*
run env SEAM_TRACEBACK=crash indexer -d
show 40
grep -q 'all goroutines are asleep: deadlock' out || fail "no deadlock"
find_core env SEAM_TRACEBACK=crash indexer -d
run seam list "$core"
show 20
run seam stacks "$core"
show 60
no_unknown_frames
[ "$status" = 0 ] || fail "seam ended with status $status"
echo "demo: all as it should be"
