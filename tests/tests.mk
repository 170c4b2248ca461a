# SPDX-License-Identifier: BSD-2-Clause
# Included by the Makefile: what `make test` builds for tests/run. Programs are
# named NAME-CC-LD or NAME-CC-LD-OPT.

TEST_CFLAGS := -std=gnu11 -Wall -Wextra -Werror
tests: $B/seam

# $(call program,SOURCE,OUTPUT,CC,LD,FLAGS,LIBS)
define program
$(2): $(1) $B/libseam.a Makefile tests/tests.mk
	@mkdir -p $$(@D)
	$(3) $(TEST_CFLAGS) $(PROGRAM) $(5) -MMD -MP $(1) $B/libseam.a $(6) $(SEAM_LIBS) -fuse-ld=$(4) -o $$@
tests: $(2)
endef

$(foreach c,$(CCS),$(foreach l,$(LDS),$(foreach o,O0 O1 O2 O3,\
$(eval $(call program,tests/runtime/growth.c,$B/tests/runtime/growth-$c-$l-$o,$c,$l,-$o,-lcmocka)))))
$(eval $(call program,tests/runtime/ends.c,$B/tests/runtime/ends-gcc-gold-O2,gcc,gold,-O2 -fno-optimize-sibling-calls,-lcmocka))
$(eval $(call program,tests/runtime/ends.c,$B/tests/runtime/ends-clang-lld-O0,clang,lld,-O0,-lcmocka))

# A program's own stackalloc and stackfree, in growth.c's place of trial.
$(foreach a,countalloc unmapalloc,$(foreach c,$(CCS),\
$(eval $(call program,tests/runtime/growth.c tests/runtime/$a.c,$B/tests/runtime/growth-$a-$c,$c,gold,-O2,-lcmocka))))

$(eval $(call program,docs/examples/indexer.c,$B/examples/indexer,gcc,gold,-Og))

# Unit tests of the inspector, with the sanitizers.
ASAN_O := $(patsubst %.c,$B/asan/%.o,$(filter-out inspector/main.c,$(INSPECTOR_C)))
$B/asan/%.o: %.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(OPT_asan) $(WARN) $(INSPECTOR_CPP) -c $< -o $@
$B/tests/inspector/%: tests/inspector/%.c $(ASAN_O) $B/inspector/seam.rt.o
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(OPT_asan) $(WARN) $(INSPECTOR_CPP) $(filter %.c %.o,$^) -ldw -lelf -lcmocka -o $@
tests: $(patsubst tests/%.c,$B/tests/%,$(wildcard tests/inspector/*_test.c))

# Fixtures keep each caller's frame: no tail calls.
$(foreach s,$(wildcard tests/fixtures/*.c),$(foreach c,$(CCS),$(foreach l,$(LDS),\
$(eval $(call program,$s,$B/fixtures/$(basename $(notdir $s))-$c-$l,$c,$l,-O2 -fno-optimize-sibling-calls -Wno-unused-parameter)))))

.PHONY: tests
