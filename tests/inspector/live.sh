#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What looking does to a live process: nothing, however it ends. And what is
# said when looking is not possible.
set -u

seam=$BUILD_DIR/seam
failed=0

complain() {
	echo "$*"
	failed=1
}

# expect STATUS WORDS COMMAND...: COMMAND ends with STATUS, and its standard
# error has WORDS.
expect() {
	status=$1 words=$2
	shift 2
	"$@" >out 2>trouble
	got=$?
	[ $got = "$status" ] || complain "$*: status $got, not $status"
	[ -z "$words" ] || grep -q -e "$words" trouble || {
		complain "$*: does not say '$words':"
		cat trouble
	}
}

# settle STATE: wait until all threads of the process are in it, or complain.
settle() {
	for _ in $(seq 50); do
		[ "$(states)" = "$1" ] && return
		sleep 0.1
	done
	complain "threads are in state $(states), not $1, for seconds"
}

states() {
	sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' /proc/$pid/task/*/status |
		sort -u
}

"$BUILD_DIR/fixtures/grown-gcc-gold" live >ready &
pid=$!
trap 'kill -9 $pid 2>/dev/null' EXIT
until grep -q ready ready; do
	kill -0 $pid || exit 1
	sleep 0.1
done

expect 0 "process $pid was stopped for [0-9.]* ms" \
	"$seam" list -p $pid --time
grep -q 'walker' out || complain "list does not show goroutine 2"
expect 1 'there is no goroutine 99' "$seam" stacks -p $pid 99 2
grep -q 'goroutine 2 "walker"' out || complain "goroutine 2 is not shown"

# libc's functions have the names of its symbols, and their lines on request.
expect 0 '' "$seam" stacks -p $pid 1
grep -q '^#[1-9]  usleep$' out || complain "usleep is not by its symbol"
expect 0 '' "$seam" stacks --raw -p $pid 1
grep -q ' in usleep at usleep.c:[0-9]*$' out || complain "usleep has no line"

# A stopped process stays stopped.
kill -STOP $pid
sleep 0.2
expect 0 '' "$seam" list -p $pid
sleep 0.2
[ "$(states)" = T ] || complain "a stopped process was let go: $(states)"
kill -CONT $pid

# Killed at any moment, it leaves the process running and free.
for delay in 0 0.001 0.002 0.004 0.008 0.016 0.03; do
	"$seam" stacks -p $pid >/dev/null &
	sleep $delay
	kill -9 $! 2>/dev/null
	wait $! 2>/dev/null
done
settle S
grep -q 'TracerPid:[[:space:]]*0$' /proc/$pid/status || complain "still held"

# Held by a debugger.
gdb -nx -q -batch -iex 'set auto-load off' -p $pid \
	-ex "shell $seam list -p $pid >out 2>trouble; echo \$? >status" \
	>/dev/null 2>&1
grep -q 'a debugger, holds it' trouble || complain "$(cat trouble)"
[ "$(cat status)" = 2 ] || complain "held by gdb: status $(cat status)"

expect 2 'there is no process 4194304' "$seam" list -p 4194304
sleep 60 &
expect 2 'neither the runtime linked in (no section seam_text) nor' \
	"$seam" list -p $!
kill $!
if [ "$(id -u)" = 0 ]; then
	expect 2 "may not look at process $pid: it is user 0's; run as that user" \
		setpriv --reuid=65534 --clear-groups "$seam" list -p $pid
	# Whoever gives up what root may is closed to debuggers from then on.
	python3 -c 'import os, time
os.setgroups([]); os.setresuid(65534, 65534, 65534)
print("ready", flush=True); time.sleep(60)' >given-up &
	until [ -s given-up ]; do sleep 0.1; done
	expect 2 "may not look at process $!: it has rights that seam has not" \
		setpriv --reuid=65534 --clear-groups "$seam" list -p $!
	kill $!
fi
# Root of a container, of what is outside.
if unshare --user --map-root-user true 2>unshared; then
	expect 2 "may not look at process $pid: the kernel says '.*' \
though seam has CAP_SYS_PTRACE: that is good for seam's own user \
namespace only" unshare --user --map-root-user "$seam" list -p $pid
else
	echo "no container is tried: $(cat unshared)"
fi

kill -USR1 $pid
wait $pid || complain "the process ended with $?"
exit $failed
