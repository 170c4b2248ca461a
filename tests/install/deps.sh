#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tests/deps.sh on machines of all kinds: PATH is a folder that has what the
# machine has. apt-get, dpkg-query, id and sudo are stand-ins, and write down
# how they were called.
set -u

deps=$SRC_DIR/tests/deps.sh
packages=$(sed 's/#.*//; s/[[:space:]]//g; /^$/d' "$SRC_DIR/tests/packages.txt")
called=$PWD/called
failed=0

complain() {
	echo "$machine: $*"
	failed=1
}

# machine NAME: a new one, with the commands that every machine has, root.
machine() {
	machine=$1
	rm -rf bin
	mkdir bin
	: >"$called"
	for command in cat comm dirname env mktemp rm sed sort; do
		ln -s "$(command -v $command)" bin
	done
	has id 'echo 0'
}

# has COMMAND SCRIPT: it has a COMMAND that does this.
has() {
	printf '#!/bin/sh\necho "%s $*" >>%s\n%s\n' "$1" "$called" "$2" >"bin/$1"
	chmod +x "bin/$1"
}

# knows PACKAGES: a dpkg-query to which these are installed.
knows() {
	has dpkg-query "$(echo "$1" | sed 's/^/echo installed /'); exit 1"
}

# expect STATUS WORDS COMMAND: deps.sh COMMAND ends with it, its standard error
# has WORDS.
expect() {
	PATH=$PWD/bin "$deps" "$3" </dev/null >out 2>trouble
	status=$?
	[ $status = "$1" ] || complain "$3: status $status, not $1"
	[ -z "$2" ] || grep -q -e "$2" trouble ||
		complain "$3: does not say '$2': $(cat trouble)"
}

# lists FILE PACKAGES: it has each, on a line of its own.
lists() {
	for package in $2; do
		grep -qxF -e "$package" -e "    $package" "$1" ||
			complain "$package is not told"
	done
}

was_called() {
	grep -qx -e "$1" "$called" ||
		complain "no call of '$1' in: $(cat "$called")"
}

never_called() {
	! grep -q -e "^$1" "$called" || complain "calls $1: $(cat "$called")"
}

machine 'neither apt nor dpkg'
expect 2 'there is no apt-get here' install
lists trouble "$packages"
[ ! -s out ] || complain "prints to standard output: $(cat out)"
expect 1 '' check
lists out "$packages"

machine 'everything is installed'
knows "$packages"
has apt-get 'exit 100'
expect 0 '' install
expect 0 '' check
[ ! -s out ] || complain "misses $(cat out)"
never_called apt-get

machine 'two are missing'
knows "$(echo "$packages" | grep -vx -e gdb -e lld)"
has apt-get :
expect 1 '' check
[ "$(cat out)" = "$(printf 'gdb\nlld')" ] || complain "misses $(cat out)"
expect 0 '' install
was_called 'apt-get .* update'
was_called 'apt-get .* install gdb lld'

machine 'apt-get install fails'
knows gcc
has apt-get 'case $* in *install*) echo E: no such package >&2; exit 100 ;; esac'
expect 2 'apt-get install failed' install
grep -q 'E: no such package' trouble || complain "hides what apt-get said"
lists trouble 'clang gdb'

machine 'apt-get update fails'
knows gcc
has apt-get 'case $* in *update*) exit 100 ;; esac'
expect 0 'apt-get update failed' install
was_called 'apt-get .* install .* gdb .*'

machine 'a user without sudo'
has apt-get :
has id 'echo 1000'
expect 2 'installing needs root or sudo' install
lists trouble "$packages"
never_called apt-get

machine 'a user with sudo'
has apt-get :
has id 'echo 1000'
# shellcheck disable=SC2016 # its own arguments
has sudo '[ "$1" = -n ] || exec "$@"'
expect 0 '' install
was_called 'sudo apt-get .* update'
was_called 'sudo env .* install .* gdb .*'
was_called 'apt-get .* install .* gdb .*'

machine 'a user who may not sudo'
has apt-get :
has id 'echo 1000'
has sudo 'exit 1'
expect 2 'installing needs root or sudo' install
never_called apt-get

machine 'a wrong word'
expect 64 'usage: ' uninstall

exit $failed
