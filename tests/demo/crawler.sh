#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The crawler finds what find does: deep and wide trees, odd names, links that
# lead back, what cannot be opened.
set -u
export LC_ALL=C
failed=0

# alike TREE: the same lines, status and complaints, on any number of threads.
alike() {
	find "$1" >lines 2>trouble
	status=$?
	sort lines >theirs
	for setting in SEAM_MAXPROCS=1 SEAM_MAXPROCS=4 SEAM_DEBUG=split,poison; do
		env "$setting" "$BUILD_DIR/examples/crawler" "$1" \
			>lines 2>complaints
		ours=$?
		sort lines | diff - theirs >unlike &&
			[ $ours = $status ] &&
			[ "$(wc -l <complaints)" = "$(wc -l <trouble)" ] &&
			continue
		echo "$1, $setting: status $ours, find's is $status"
		head -n 5 unlike complaints trouble
		failed=1
	done
}

mkdir -p "tree/$(seq -s / 300)" tree/empty tree/wide "tree/a b/$(printf '\303\244')" tree/secret
touch tree/-n 'tree/a b/*' tree/.hidden tree/secret/file
seq -f tree/wide/%g 3000 | xargs touch
seq -f tree/wide/%g.d 300 | xargs mkdir
ln -s .. tree/wide/back
ln -s nowhere tree/wide/dangling
mkfifo tree/pipe
chmod 0 tree/secret

alike tree
alike tree/
alike tree/pipe
alike tree/wide/back
alike "$SRC_DIR/docs"
alike missing
chmod 700 tree/secret
exit $failed
