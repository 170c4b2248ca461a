#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# `make demo` shows what it says: demo.sh fails where it does not.
# timeout: 240
exec "$SRC_DIR/docs/examples/demo.sh" "$BUILD_DIR"
