# SPDX-License-Identifier: BSD-2-Clause
# Included by the Makefile: the programs that `make bench-runtime` compares. One
# that cannot be built leaves its compiler's words in PROGRAM.log.

BENCH := $B/bench
BENCH_CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror -falign-functions=64

# $(call bench_program,NAME,PREREQUISITES,COMMAND)
define bench_program
$(BENCH)/$(1): $(2) tests/bench/bench.mk
	@mkdir -p $$(@D) && rm -f $$@
	$(3) >$$@.log 2>&1
endef

# $(call bench_seam,SOURCES,CC,LD,FLAGS): ours, from seam_bench.h's users.
bench_seam = $(2) $(BENCH_CFLAGS) $(PROGRAM) $(4) $(1) $B/libseam.a $(SEAM_LIBS) -fuse-ld=$(3) -o $$@

BENCH_H := $(wildcard tests/bench/*.h)
$(foreach p,seam seam_select seam_mutex seam_parallel,$(eval $(call bench_program,$p,tests/bench/$p.c $(BENCH_H) $B/libseam.a,\
$(call bench_seam,tests/bench/$p.c,gcc,gold))))
# Go's server has no shared libraries whose pages would count as its own.
$(eval $(call bench_program,seam_echo,tests/bench/seam_echo.c $(BENCH_H) $B/libseam.a,\
$(call bench_seam,tests/bench/seam_echo.c,gcc,gold,-static)))

# Growth: ours, libgcc's own, and what has no checks.
bench_calls = $$(CC) -O2 -fno-builtin -falign-functions=64 $(2) -DNAME=$(1)_calls -c tests/bench/libccall.c -o $$@-calls.o
$(eval $(call bench_program,seam_split,tests/bench/seam_split.c tests/bench/libccall.c $(BENCH_H) $B/libseam.a,\
{ $(call bench_calls,checked,-fsplit-stack) && $(call bench_seam,tests/bench/seam_split.c $$@-calls.o,gcc,gold); }))
$(eval $(call bench_program,floor,tests/bench/floor.c tests/bench/floor.S tests/bench/libccall.c $(BENCH_H),\
{ $(call bench_calls,plain) && gcc $(BENCH_CFLAGS) tests/bench/floor.c tests/bench/floor.S $$@-calls.o -o $$@; }))
$(eval $(call bench_program,libgcc,tests/bench/libgcc.c $(BENCH_H),\
gcc $(BENCH_CFLAGS) -fsplit-stack tests/bench/libgcc.c -fuse-ld=gold -pthread -o $$@))

# $(call bench_peer,NAME,SOURCE,COMPILER,LIBRARIES)
bench_peer = $(call bench_program,$(1),tests/bench/$(2) $(BENCH_H),$(3) -O2 -g -Wall -Wextra -Werror -falign-functions=64 tests/bench/$(2) $(4) -o $$@)
$(eval $(call bench_peer,pthreads,pthreads.c,gcc -std=gnu11 -D_GNU_SOURCE,-pthread))
$(eval $(call bench_peer,statethreads,statethreads.c,gcc -std=gnu11,-lst))
$(eval $(call bench_peer,boost_context,boost_context.cpp,g++,-lboost_context))
$(eval $(call bench_peer,boost_fiber,boost_fiber.cpp,g++,-lboost_fiber -lboost_context -pthread))
$(eval $(call bench_program,go,tests/bench/peer.go,GOFLAGS= GO111MODULE=off GOCACHE=$(CURDIR)/$(BENCH)/go-cache go build -o $$@ tests/bench/peer.go))
$(eval $(call bench_program,gccgo,tests/bench/peer.go,gccgo-12 -O2 -g tests/bench/peer.go -o $$@))
$(eval $(call bench_peer,load,load.c,gcc -std=gnu11,))
$(eval $(call bench_peer,floor_echo,floor_echo.c,gcc -std=gnu11,))

# Whole programs, in a goroutine and on a thread: NAME-CC and NAME-CC-plain. Their
# sources are compiled once, for whatever runtime they are linked with.
LUA := build/bench-src/lua
SQLITE := build/bench-src/sqlite
lua_c = $(wildcard $(LUA)/*.c) tests/bench/lua.c tests/bench/mix.lua
lua_flags = -I$(LUA) -DLUA_USE_POSIX -DSCRIPT='"$(CURDIR)/tests/bench/mix.lua"'
sqlite_c = $(SQLITE)/sqlite3.c $(SQLITE)/speedtest1.c tests/bench/sqlite.c
sqlite_flags = -I$(SQLITE) -DSQLITE_OMIT_LOAD_EXTENSION -Dmain=speedtest1_main
# clang 14 has no varargs under -fsplit-stack: sources.sh has marked them.
varargs_gcc :=
varargs_clang := __attribute__((no_split_stack))

# $(call bench_objects,PROGRAM,NAME,CC,FLAGS): all of it as one object.
define bench_objects
$(call bench_program,$(1).o,$($(2)_c) tests/bench/whole.h,(cd $$(@D) && rm -rf $(1)-objects && mkdir $(1)-objects && cd $(1)-objects && \
$(3) -O2 -g $(4) -DSPLIT_VARARGS='$(varargs_$(3))' $(subst -I,-I$(CURDIR)/,$($(2)_flags)) -I$(CURDIR)/tests/bench -c $(addprefix $(CURDIR)/,$(filter %.c,$($(2)_c))) && ld -r *.o -o $(CURDIR)/$$@))
endef

# $(call bench_whole,NAME,CC,LD)
define bench_whole
$(call bench_objects,$(1)-$(2),$(1),$(2),-fsplit-stack)
$(call bench_objects,$(1)-$(2)-plain,$(1),$(2),)
$(call bench_program,$(1)-$(2),tests/bench/whole.c $(BENCH)/$(1)-$(2).o $B/libseam.a,\
$(call bench_seam,tests/bench/whole.c $(BENCH)/$(1)-$(2).o,$(2),$(3),-DIN_GOROUTINE -lm))
$(call bench_program,$(1)-$(2)-plain,tests/bench/whole.c $(BENCH)/$(1)-$(2)-plain.o,\
$(2) $(BENCH_CFLAGS) tests/bench/whole.c $(BENCH)/$(1)-$(2)-plain.o -lm -pthread -fuse-ld=$(3) -o $$@)
endef
$(foreach p,lua sqlite,$(eval $(call bench_whole,$p,gcc,gold)) $(eval $(call bench_whole,$p,clang,lld)))

# What `make bench-inspector` looks at, and unwinding alone. The inspector itself
# is built with BUILD=release.
$(eval $(call bench_program,crowd,tests/bench/crowd.c $B/libseam.a,\
$(call bench_seam,tests/bench/crowd.c,gcc,gold,-Wno-unused-parameter -fno-optimize-sibling-calls)))
$(eval $(call bench_peer,crowd-threads,crowd_threads.c,gcc -std=gnu11 -fno-optimize-sibling-calls,-pthread))
$(eval $(call bench_program,crowd-go,tests/bench/crowd.go,GOFLAGS= GO111MODULE=off GOCACHE=$(CURDIR)/$(BENCH)/go-cache go build -o $$@ tests/bench/crowd.go))
$(eval $(call bench_program,unwinding,tests/bench/unwinding.c $(INSPECTOR_O),\
$$(CC) $(INSPECTOR_CFLAGS) tests/bench/unwinding.c $(filter-out $B/inspector/main.o,$(INSPECTOR_O)) $(INSPECTOR_LIBS) -o $$@))
LOOKED_AT := $(addprefix $(BENCH)/,crowd crowd-threads crowd-go unwinding)
.PHONY: looked-at
looked-at: $B/seam $(LOOKED_AT)

# What installs peers and runs the programs.
bench-deps: ## install what bench-runtime, bench-inspector and bench-gdb compare with
	tests/deps.sh try tests/bench/packages.txt
	-sh tests/bench/sources.sh build/bench-src lua
	-sh tests/bench/sources.sh build/bench-src sqlite

bench_rows = $(if $(ROWS),--rows '$(ROWS)') $B/bench
bench-runtime: ## the runtime beside its peers, in ratios; ROWS=yield,spawn* ROUNDS=7
	-$(MAKE) -k --no-print-directory $$(python3 tests/bench/bench.py programs $(bench_rows)) >/dev/null 2>&1
	python3 tests/bench/bench.py run $(if $(ROUNDS),--rounds $(ROUNDS)) $(bench_rows)

bench-inspector: ## seam beside its peers; ROWS=list1m,stop* ROUNDS=3
	-$(MAKE) -k --no-print-directory BUILD=release looked-at >/dev/null 2>&1
	python3 tests/bench/looking.py $(if $(ROWS),--rows '$(ROWS)') $(if $(ROUNDS),--rounds $(ROUNDS)) build/release/seam build/release/bench

bench-gdb: ## gdb's commands for goroutines beside their peers; ROWS=list*,apply ROUNDS=7
	-$(MAKE) -k --no-print-directory BUILD=release looked-at >/dev/null 2>&1
	python3 tests/bench/in_gdb.py $(if $(ROWS),--rows '$(ROWS)') $(if $(ROUNDS),--rounds $(ROUNDS)) build/release/seam build/release/bench
