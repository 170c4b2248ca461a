# SPDX-License-Identifier: BSD-2-Clause
# Included by the Makefile: what `make test` builds for tests/run.
