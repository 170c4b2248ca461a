# SPDX-License-Identifier: BSD-2-Clause
# Included by the Makefile: what `make test` builds for tests/run. Programs are
# named NAME-CC-LD or NAME-CC-LD-OPT.

TEST_CFLAGS := -std=gnu11 -Wall -Wextra -Werror
# The list is for tests/run: programs whose source is gone stay in the build.
tests: $B/seam
	@mkdir -p $B/tests
	@printf '%s\n' $(patsubst $B/tests/%,%,$(filter $B/tests/%,$^)) >$B/tests/list

comma := ,
# $(call program,SOURCE,OUTPUT,CC,LD,FLAGS,LIBS)
define program
$(2): $(1) $B/libseam.a Makefile tests/tests.mk
	@mkdir -p $$(@D)
	$(3) $(TEST_CFLAGS) $(PROGRAM) $(5) -MMD -MP $(1) $B/libseam.a $(6) $(SEAM_LIBS) -fuse-ld=$(4) -o $$@
tests: $(2)
endef

$(foreach c,$(CCS),$(foreach l,$(LDS),$(foreach o,O0 O1 O2 O3,\
$(eval $(call program,tests/runtime/growth.c,$B/tests/runtime/growth-$c-$l-$o,$c,$l,-$o,-lcmocka)))))
# The other scenarios, with the compiler and linker that differ most.
SCENARIOS := settings ends chans deadlines selects cancels mutexes rwlocks conds groups joins locals rest blocked netpoll crowded streams reused outside jumps widened threadends signals ordinary processes foreign foreignwaits startstop foreach stock nomemory
$(foreach s,$(SCENARIOS) profile,\
$(eval $(call program,tests/runtime/$s.c,$B/tests/runtime/$s-gcc-gold-O2,gcc,gold,-O2 -fno-optimize-sibling-calls,-lcmocka))\
$(eval $(call program,tests/runtime/$s.c,$B/tests/runtime/$s-clang-lld-O0,clang,lld,-O0,-lcmocka)))

# errno, whose address compilers keep.
$(foreach c,$(CCS),$(foreach o,O0 O1 O2 O3,\
$(eval $(call program,tests/runtime/errnos.c,$B/tests/runtime/errnos-$c-gold-$o,$c,gold,-$o,-lcmocka))))

# With a library of other people's.
$(eval $(call program,tests/runtime/lua.c,$B/tests/runtime/lua-gcc-gold-O2,gcc,gold,-O2 -I/usr/include/lua5.4,-llua5.4 -lcmocka))
$(eval $(call program,tests/runtime/lua.c,$B/tests/runtime/lua-clang-lld-O0,clang,lld,-O0 -I/usr/include/lua5.4,-llua5.4 -lcmocka))

# Only gcc has nested functions; of linkers only gold sees what pointers to them
# ask for.
$(foreach o,O0 O2,\
$(eval $(call program,tests/runtime/nested.c,$B/tests/runtime/nested-gcc-gold-$o,gcc,gold,-$o,-lcmocka))\
$(eval $(call program,tests/runtime/nested.c,$B/tests/runtime/nested-gcc-lld-$o,gcc,lld,-$o,-lcmocka -Wl$(comma)-z$(comma)execstack)))

# A program's own stackalloc and stackfree, in growth.c's place of trial.
$(foreach a,countalloc unmapalloc,$(foreach c,$(CCS),\
$(eval $(call program,tests/runtime/growth.c tests/runtime/$a.c,$B/tests/runtime/growth-$a-$c,$c,gold,-O2,-lcmocka))))
$(foreach c,$(CCS),\
$(eval $(call program,tests/runtime/ordinary.c tests/runtime/vectoralloc.c,$B/tests/runtime/ordinary-vectoralloc-$c,$c,gold,-O2,-lcmocka)))

# What tests/runtime/perf.sh and valgrind.sh look at; the latter reads no DWARF 5
# of clang's.
$(foreach c,$(CCS),\
$(eval $(call program,tests/runtime/burn.c,$B/checked/burn-$c,$c,gold,-O1 -fno-omit-frame-pointer -fno-optimize-sibling-calls))\
$(eval $(call program,tests/runtime/leaks.c,$B/checked/leaks-$c,$c,gold,-O1 -gdwarf-4)))

$(foreach e,indexer sieve pipeline echo crawler,\
$(eval $(call program,docs/examples/$e.c,$B/examples/$e,gcc,gold,-Og)))

# The example with a collector.
$(foreach c,$(CCS),\
$(eval $(call program,docs/examples/libgc.c,$B/examples/libgc-$c,$c,$(if $(filter gcc,$c),gold,lld),-O2,-lgc)))

# Unit tests of the inspector, with the sanitizers.
ASAN_O := $(patsubst %.c,$B/asan/%.o,$(filter-out inspector/main.c,$(INSPECTOR_C)))
$B/asan/%.o: %.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(OPT_asan) $(WARN) $(INSPECTOR_CPP) -c $< -o $@
$B/tests/inspector/%: tests/inspector/%.c $(ASAN_O) $(RUNTIMES_O)
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(OPT_asan) $(WARN) $(INSPECTOR_CPP) $(filter %.c %.o,$^) $(INSPECTOR_LIBS) -lcmocka -o $@
tests: $(patsubst tests/%.c,$B/tests/%,$(wildcard tests/inspector/*_test.c))

# Fixtures keep each caller's frame: no tail calls.
$(foreach s,$(wildcard tests/fixtures/*.c),$(foreach c,$(CCS),$(foreach l,$(LDS),\
$(eval $(call program,$s,$B/fixtures/$(basename $(notdir $s))-$c-$l,$c,$l,-O2 -fno-optimize-sibling-calls -Wno-unused-parameter)))))

# So many goroutines as it is told.
$(eval $(call program,tests/bench/crowd.c,$B/checked/crowd,gcc,gold,-O2 -fno-optimize-sibling-calls -Wno-unused-parameter))

# Programs of another runtime, gccgo's, with its library shared and in them.
$B/gccgo/parked: tests/gccgo/parked.go
	@mkdir -p $(@D)
	gccgo-12 -g -O1 $< -o $@
$B/gccgo/parked-static: tests/gccgo/parked.go
	@mkdir -p $(@D)
	gccgo-12 -g -O1 -static-libgo $< -o $@
tests: $B/gccgo/parked $B/gccgo/parked-static

# What tests/gdb/stepping.py steps through.
$(foreach c,$(CCS),$(foreach o,O0 O2,\
$(eval $(call program,tests/gdb/crossing.c,$B/crossing/crossing-$c-gold-$o,$c,gold,-$o -fno-optimize-sibling-calls -Wno-unused-parameter))))

# Crowds that tests/gdb/applying.py looks at, in C++ as well.
$(foreach c,$(CCS),$(foreach o,O0 O2,\
$(eval $(call program,tests/gdb/alike.c,$B/alike/alike-$c-$o,$c,gold,-$o -fno-optimize-sibling-calls -Wno-unused-parameter))))
$B/alike/alike-g++-O2: tests/gdb/alike.c $B/libseam.a tests/tests.mk
	@mkdir -p $(@D)
	g++ -x c++ -Wall -Wextra -Werror $(PROGRAM) -O2 -fno-optimize-sibling-calls -Wno-unused-parameter $< -x none $B/libseam.a $(SEAM_LIBS) -fuse-ld=gold -o $@
tests: $B/alike/alike-g++-O2

# Programs that tests/asm steps through, and what does it. clang 14 has no
# varargs under -fsplit-stack.
STEP_C := $(filter-out tests/asm/paths.c tests/asm/varargs.c,$(wildcard tests/asm/*.c))
STEPPED_CFLAGS := -O2 -fno-optimize-sibling-calls
$B/stepped/step: $(STEP_C) $(wildcard tests/asm/*.h runtime/*.h) tests/tests.mk
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(OPT) $(WARN) $(CPP) -Iruntime $(STEP_C) -ldw -lelf -o $@
$B/stepped/varargs.o: tests/asm/varargs.c tests/asm/called.h tests/asm/shadow.h
	@mkdir -p $(@D)
	gcc $(TEST_CFLAGS) $(PROGRAM) $(STEPPED_CFLAGS) -c $< -o $@
$(foreach c,$(CCS),$(foreach l,$(LDS),\
$(eval $B/stepped/paths-$c-$l: $B/stepped/varargs.o)\
$(eval $(call program,tests/asm/paths.c tests/asm/anchors.S,$B/stepped/paths-$c-$l,$c,$l,$(STEPPED_CFLAGS),$B/stepped/varargs.o))))
tests: $B/stepped/step

# The same with line N of CFI left out, for each N that says something, and with
# none (0). Their runtime has no frame pointers and leaves rbp and r12-r15 alone,
# so that walks need every sp, and these from where asm/ saved them. Not
# rbx's place alone: libdw 0.188 forgets rbx.
BROKEN := 0 $(shell grep -nE '^\s+(.cfi_|CFI_)' asm/morestack.S \
	| grep -vE '(cfi_(startproc|endproc|remember_state|signal_frame|offset %rbx)|CFI_PERSONALITY)' | cut -d: -f1)
$B/stepped/runtime/%.o: runtime/%.c
	@mkdir -p $(@D)
	$(CC) $(RUNTIME_CFLAGS) -fomit-frame-pointer $(addprefix -ffixed-,rbp r12 r13 r14 r15) -c $< -o $@
$B/stepped/broken/%/asm.o: asm/morestack.S $(wildcard asm/*.h)
	@mkdir -p $(@D)
	awk 'NR != $*' $< | $(CC) $(CPP) -MF /dev/null -x assembler-with-cpp -c - -o $@
STEPPED_O := $(filter-out $B/asm/morestack.o,$(RUNTIME_O:$B/runtime/%=$B/stepped/runtime/%))
$B/stepped/broken/%/libseam.a: $B/stepped/broken/%/asm.o $(STEPPED_O) $B/libseam.a
	$(call archive,$< $(STEPPED_O))
$B/stepped/broken/%/paths: $B/stepped/broken/%/libseam.a tests/asm/paths.c tests/asm/anchors.S tests/asm/called.h tests/asm/shadow.h $B/stepped/varargs.o
	gcc $(TEST_CFLAGS) $(PROGRAM) $(STEPPED_CFLAGS) $(filter %.c %.S,$^) $< $B/stepped/varargs.o $(SEAM_LIBS) -fuse-ld=gold -o $@
$B/stepped/broken/list: tests/tests.mk $(BROKEN:%=$B/stepped/broken/%/paths)
	printf '%s\n' $(BROKEN) >$@
tests: $B/stepped/broken/list

# The stress build of the runtime, for some with segments that are unmapped; `make
# stress` runs them, `make test` two.
$B/stress/runtime/%.o: runtime/%.c
	@mkdir -p $(@D)
	$(CC) $(RUNTIME_CFLAGS) -DSEAM_STRESS -c $< -o $@
STRESSED_O := $(patsubst $B/runtime/%,$B/stress/runtime/%,$(RUNTIME_O))
$B/stress/libseam.a: $(STRESSED_O) $B/libseam.a
	$(call archive,$(STRESSED_O))

# nomemory counts on the runtime's own segments. Most of the others have deadlines of
# microseconds, or a call for each byte: with a mapping for every call the former
# go by before a wait begins, and the latter take minutes.
STRESSED := growth $(filter-out nomemory,$(SCENARIOS))
$(foreach s,chans locals outside ordinary,$(eval UNMAPPED_$s := tests/runtime/unmapalloc.c))

# $(call stressed,SCENARIO,OUTPUT,CC,LD,OPT,GOAL)
define stressed
$(2): tests/runtime/$(1).c $(UNMAPPED_$(1)) $B/stress/libseam.a $(wildcard tests/runtime/*.h)
	@mkdir -p $$(@D)
	$(3) $(TEST_CFLAGS) $(PROGRAM) -$(5) -fno-optimize-sibling-calls $$(filter-out %.h,$$^) -lcmocka $(SEAM_LIBS) -fuse-ld=$(4) -o $$@
$(6): $(2)
endef
$(foreach s,$(STRESSED),$(foreach o,O0 O1 O2 O3,\
$(eval $(call stressed,$s,$B/stress/tests/runtime/$s-gcc-gold-$o,gcc,gold,$o,stressed))\
$(eval $(call stressed,$s,$B/stress/tests/runtime/$s-clang-lld-$o,clang,lld,$o,stressed))))
$(eval $(call stressed,chans,$B/tests/runtime/chans-stressed-gcc,gcc,gold,O3,tests))
$(eval $(call stressed,selects,$B/tests/runtime/selects-stressed-clang,clang,lld,O1,tests))
.PHONY: stressed

# Not run by `make test`.
$(eval $(call program,tests/soak/soak.c,$B/soak/soak,gcc,gold,-O2))
# Run by it a few times.
$B/soak/stops: tests/soak/stops.c $(filter-out $B/inspector/main.o,$(INSPECTOR_O))
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(OPT) $(WARN) $(INSPECTOR_CPP) $^ $(INSPECTOR_LIBS) -o $@
tests: $B/soak/stops

.PHONY: tests

# What runs them, besides `make test`.
golden: ## write the expected texts anew from what seam prints; read the diff
	$(MAKE) -j$$(nproc) all tests
	SEAM_GOLDEN=write BUILD_DIR=$(CURDIR)/$B tests/golden/golden.py
	SEAM_GOLDEN=write BUILD_DIR=$(CURDIR)/$B tests/golden/samples.py
	SEAM_GOLDEN=write BUILD_DIR=$(CURDIR)/$B tests/golden/damaged.py

stress: have-deps ## the runtime's tests with a stress build, at each -O
	$(MAKE) -j$$(nproc) stressed
	BUILD_DIR=$(CURDIR)/$B/stress tests/run -t 600 'runtime/*-O?'

MINUTES ?= 20
soak: have-deps ## MINUTES=20 of load on four threads; then minutes of a profiler
	$(MAKE) -j$$(nproc) all tests
	SEAM_MAXPROCS=4 $B/soak/soak $(MINUTES)
	SECONDS=60 $B/tests/runtime/profile-gcc-gold-O2

STOPS ?= 100000
stops: have-deps ## STOPS=100000 looks of seam at a loaded process, at random
	$(MAKE) -j$$(nproc) all tests
	for words in '' poison split; do SEAM_DEBUG=$$words $B/soak/stops $$(($(STOPS) / 3 + 1)) $B/fixtures/loaded-gcc-gold || exit; done

NEWER_GDB := build/newer-gdb
newer-gdb: have-deps ## the tests of gdb's commands in the gdb of Debian 13
	$(MAKE) -j$$(nproc) all tests
	[ -x $(NEWER_GDB)/bin/gdb ] || sh tests/gdb/newer.sh $(NEWER_GDB)
	PATH=$(CURDIR)/$(NEWER_GDB)/bin:$$PATH BUILD_DIR=$(CURDIR)/$B sh -ec 'tests/run gdb/; python3 tests/gdb/adapter.py'

lint: ## the rules of tests/lint alone
	BUILD_DIR=$(CURDIR)/$B tests/run lint
