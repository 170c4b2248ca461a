#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# deps.sh install [LIST]   install the packages of LIST that are missing
# deps.sh try [LIST]       the same one by one: what cannot be had is named
# deps.sh check [LIST]     name those that are missing; status 1 if any is
#
# LIST is packages.txt, what Seam needs, unless given.
# Installing needs apt, and root or sudo. Without them, or when apt fails, it
# prints what is needed and ends with status 2.
set -eu
LC_ALL=C
export LC_ALL
list=${2-$(dirname "$0")/packages.txt}

wanted() {
	sed 's/#.*//; s/[[:space:]]//g; /^$/d' "$list" | sort
}

# What dpkg does not know at all it names on stderr, with status 1.
installed() {
	# shellcheck disable=SC2046 # a word a package
	dpkg-query -W -f '${db:Status-Status} ${Package}\n' $(wanted) \
		2>/dev/null | sed -n 's/^installed //p' | sort -u
}

missing() {
	command -v dpkg-query >/dev/null || { wanted; return; }
	installed >"$known"
	wanted | comm -23 - "$known"
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

# sudo may ask for a password where there is somebody to ask.
can_be_root() {
	[ "$(id -u)" = 0 ] && return
	command -v sudo >/dev/null || return
	sudo -n true 2>/dev/null || [ -t 0 ]
}

give_up() {
	{
		echo "deps: $1"
		echo "deps: $list needs these packages (Debian's names):"
		printf '%s\n' "$packages" | sed 's/^/    /'
	} >&2
	exit 2
}

update() {
	command -v apt-get >/dev/null || give_up "there is no apt-get here"
	can_be_root || give_up "installing needs root or sudo"
	# One source that cannot be reached need not be one that matters.
	as_root apt-get -q update || echo "deps: apt-get update failed" >&2
}

# Just after boot the machine may be busy installing its own updates.
install() {
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -q -y -o DPkg::Lock::Timeout=300 \
		--no-install-recommends install "$@"
}

install_all() {
	update
	# shellcheck disable=SC2086 # a word a package
	install $packages || give_up "apt-get install failed"
}

install_each() {
	update
	for package in $packages; do
		install "$package" || echo "deps: no $package" >&2
	done
}

known=$(mktemp)
trap 'rm -f "$known"' EXIT
packages=$(missing)
case ${1-} in
install)
	[ -z "$packages" ] || install_all
	;;
try)
	[ -z "$packages" ] || install_each
	;;
check)
	[ -z "$packages" ] && exit
	printf '%s\n' "$packages"
	exit 1
	;;
*)
	echo "usage: tests/deps.sh install|try|check [LIST]" >&2
	exit 64
	;;
esac
