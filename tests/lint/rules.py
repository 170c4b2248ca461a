#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The rules of docs/ARCHITECTURE.md that can be read off the sources."""
import ast
import re
import sys

from lint import Check, code, grep, main

TOOLS = r"(inspector|gdb-scripts)/.*\.(c|h|py|S)"

# The inspector's stages from left to right. util is everybody's.
STAGES = ("util", "target", "layout", "model", "unwind", "symbol", "analyse",
          "render")
SEEN_BY_RENDER = ("util/", "render/", "model/model.h")

TOPS = ("inspector/main.c", "inspector/answers.c", "inspector/answers.h")

# Where the modules of gdb-scripts/seam are listed from left to right: those
# that know no gdb, and then the others.
GDB_LIST = "gdb-scripts/seam/__init__.py"

# Names of the runtime that are ordinary words as well.
ORDINARY = {"status", "clock", "waiters", "Reader", "context"}

# What stands in a description and is not the runtime's: words that it has for
# users, and what every expression may say.
NOT_NAMES = r"(?m)^(state\.(words|unused|running|waiting)|runtime) .*|@\w+"


def inspector_direction(tree):
    """A stage includes stages to its left, and nothing from other rooms."""
    for path, text in tree.files(r"inspector/\w+/\w+\.[ch]"):
        stage = path.split("/")[1]
        for header in re.findall(r'(?m)^#include "(.*)"', text):
            if not may_include(stage, header):
                yield "%s: %s does not see %s" % (path, stage, header)


def may_include(stage, header):
    if stage == "render":
        return header.startswith(SEEN_BY_RENDER)
    other = header.split("/")[0]
    return (stage in STAGES and other in STAGES
            and STAGES.index(other) <= STAGES.index(stage))


def inspector_top(tree):
    """
    Of the files beside the stages main.c sees them, and the table of what
    each command asks of them.
    """
    for path, text in tree.files(r"inspector/\w+\.[ch]"):
        for header in re.findall(r'(?m)^#include "(\w+)/', text):
            if path not in TOPS and header != "util":
                yield "%s: only main.c and answers.c see %s" % (path, header)


def gdb_direction(tree):
    """
    A module imports those that stand before it in the list; the first part of
    that is tested by plain python3, and render sees the model alone.
    """
    plain, listed = gdb_stages(tree)
    files = {path.split("/")[-1][:-3]: (path, text) for path, text
             in tree.files(r"gdb-scripts/seam/(?!__init__)\w+\.py")}
    for module in sorted(files.keys() ^ set(listed)):
        yield "%s: %s is not there, or not in its list" % (GDB_LIST, module)
    for module, (path, text) in files.items():
        at = listed.index(module) if module in listed else 0
        for name in imports(text):
            if (name in listed[at:] or name == "gdb" and module in plain
                    or name in ("read", "layout") and module == "render"):
                yield "%s: imports %s" % (path, name)


def gdb_stages(tree):
    """(those that know no gdb, all) in the order of the list."""
    parts = [part.split() for _, text in tree.files(GDB_LIST)
             for part in re.findall(r"(?m)(?:^    .*\n)+", text)]
    return parts[0], sum(parts, [])


def imports(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)


def runtime_knows_no_tools(tree):
    """asm/cfi.h and lines.h alone may name the format of their tables."""
    yield from grep(tree, r"(runtime|asm)/.*", r"(?i)gdb|inspector",
                    "the runtime knows no tools")
    yield from grep(tree, r"runtime/.*|asm/(?!cfi\.h|lines\.h).*", r"(?i)dwarf",
                    "the runtime knows no tools")


def tools_repeat_nothing(tree):
    """What a runtime calls its things stands in its description alone."""
    words = runtime_words(tree)
    if words:
        yield from grep(tree, TOOLS, r"\b(%s)\b" % "|".join(sorted(words)),
                        "a name of the runtime outside its description", code)


def runtime_words(tree):
    """
    The runtimes' names in their descriptions, but those that the tools use in their own
    right, and the enumerators of its headers.
    """
    words, own = set(), set(ORDINARY)
    for _, text in tree.files(r"inspector/layout/runtimes/.*\.rt"):
        text = re.sub(NOT_NAMES, "", text) if "state.words" in text else text
        for left, right in re.findall(r"(?m)^([\w.]+)\s*=\s*(.*)$", text):
            own |= set(left.split("."))
            words |= set(re.findall(r"\w{4,}", right))
    for _, text in tree.files(r"runtime/(runtime|stack)\.h"):
        words |= set(re.findall(r"(?m)^\t((?:G|Stack)[A-Za-z]\w+)\b", text))
    return words - own - {"seam"}


def tools_include_no_runtime(tree):
    yield from grep(tree, TOOLS, r'#include ["<](runtime|asm|seam\.h)',
                    "the tools know the runtime by its debug information")


def target_is_evidence(tree):
    """No tool writes a target's memory, registers or core file."""
    yield from grep(
        tree, r"inspector/.*\.[ch]",
        r"PTRACE_(POKE|SET(REGS|FPREGS|REGSET)|KILL|ATTACH|O_EXITKILL)"
        r"|process_vm_writev|\bO_(RDWR|WRONLY)\b|\bpwrite(64|v2?)?\("
        r'|fopen\([^)]*"[wa+]',
        "the target is evidence", code)
    yield from grep(
        tree, r"gdb-scripts/.*\.py",
        r"write_memory|\.assign\(|\$\w+\s*=[^=]|open\([^)]*['\"][wa]"
        r"|parse_and_eval\((?!\"&'|'&|expression\))"
        r"|execute\(['\"](set|call|jump|print|p|return|signal|kill|call|run)\b"
        r"(?! (width|pagination|confirm|may-call-functions))",
        "the target is evidence", code)
    yield from grep(tree, r"gdb-scripts/(?!seam/(target|evaluating)\.py).*",
                    "parse_and_eval", "evaluating.py does that", code)


def segments_are_linked_in_stack_c(tree):
    yield from grep(tree, r"runtime/(?!stack\.c).*\.[ch]",
                    r"(->|\.)(stackbase|oldbase)\s*=[^=]",
                    "only stack.c links segments", code)
    yield from grep(tree, r"asm/(?!morestack\.S|offsets\.h).*",
                    r"stackbase|oldbase", "only stack.c links segments", code)


def status_changes_in_proc_c(tree):
    yield from grep(tree, r"runtime/(?!proc\.c).*\.[ch]",
                    r"(->|\.)status\s*=[^=]",
                    "only proc.c changes a status", code)
    yield from grep(tree, r"asm/(?!morestack\.S|offsets\.h).*", r"status",
                    "only proc.c changes a status", code)
    yield from grep(tree, r"asm/.*", r"(cmp|test)\w*\s.*G_status",
                    "asm/ decides nothing by a status", code)


def system_calls_in_os_linux_c(tree):
    yield from grep(
        tree, r"runtime/(?!os_linux).*\.[ch]",
        r"\b(mmap|munmap|mprotect|madvise|syscall|sigaltstack|sigaction"
        r"|clock_gettime|_exit|write|futex)\(",
        "system calls are in os_linux*.c", code)


RT = "goroutine.head = allg\ngoroutine.state = status\nstate.dead = Gdead\n"
RT_PATH = "inspector/layout/runtimes/seam.rt"


def c(path, line):
    return {path: line + "\n"}


LISTED = '"""It is:\n\n    model read\n    render\n\n    target view\n"""\n'


def gdb_scripts(**lines):
    """The modules of LISTED, and others, with these LINES."""
    names = {"model", "read", "render", "target", "view", *lines}
    return {GDB_LIST: LISTED, **{"gdb-scripts/seam/%s.py" % name: lines.get(
        name, "") + "\n" for name in names}}


CHECKS = (
    Check(inspector_direction, (
        c("inspector/target/a.c", '#include "layout/layout.h"'),
        c("inspector/render/a.c", '#include "target/target.h"'),
        c("inspector/render/a.c", '#include "model/collect.h"'),
        c("inspector/util/a.h", '#include "runtime/runtime.h"'))),
    Check(inspector_top, (
        c("inspector/options.c", '#include "render/render.h"'),)),
    Check(gdb_direction, (
        gdb_scripts(model="import gdb"),
        gdb_scripts(model="from .read import all"),
        gdb_scripts(read="import gdb.types"),
        gdb_scripts(read="from . import model, target"),
        gdb_scripts(target="from . import read, view"),
        gdb_scripts(render="from .read import all"),
        gdb_scripts(unlisted=""),
        {GDB_LIST: LISTED})),
    Check(runtime_knows_no_tools, (
        c("runtime/proc.c", "/* gdb reads this */"),
        c("runtime/stack.h", "/* see DWARF 5 */"),
        c("asm/gogo.S", "# for the Inspector"))),
    Check(tools_repeat_nothing, (
        {RT_PATH: RT, "inspector/model/a.c": 'f("allg");\n'},
        {RT_PATH: RT, "gdb-scripts/seam/read.py": "x = 'Gdead'\n"},
        {"runtime/runtime.h": "\tGidle,\n",
         "inspector/model/a.h": "enum { Gidle };\n"})),
    Check(tools_include_no_runtime, (
        c("inspector/main.c", '#include "asm/offsets.h"'),
        c("inspector/main.c", "#include <seam.h>"))),
    Check(target_is_evidence, (
        c("inspector/target/a.c", "ptrace(PTRACE_POKEDATA, pid, 0, 0);"),
        c("inspector/target/a.c", "ptrace(PTRACE_SETREGSET, pid, 0, 0);"),
        c("inspector/target/a.c", "process_vm_writev(pid, 0, 0, 0, 0, 0);"),
        c("inspector/target/a.c", "open(path, O_RDWR);"),
        c("inspector/target/a.c", "pwrite(fd, buf, n, at);"),
        c("inspector/target/a.c", "pwrite64(fd, buf, n, at);"),
        c("gdb-scripts/seam/a.py", "inferior.write_memory(1, b'')"),
        c("gdb-scripts/seam/a.py", "gdb.execute('set var x = 1')"),
        c("gdb-scripts/seam/a.py", 'gdb.execute("call f()")'),
        c("gdb-scripts/seam/target.py", "gdb.parse_and_eval('f()')"),
        c("gdb-scripts/seam/a.py", "gdb.parse_and_eval(expression)"),
        c("gdb-scripts/seam/a.py", "text = '$pc = 1'"))),
    Check(segments_are_linked_in_stack_c, (
        c("runtime/proc.c", "gp->stackbase = NULL;"),
        c("runtime/mal.c", "top.oldbase = top;"),
        c("asm/gogo.S", "movq %rax, G_stackbase(%rdi)"))),
    Check(status_changes_in_proc_c, (
        c("runtime/chan.c", "gp->status = Grunnable;"),
        c("asm/gogo.S", "movl $1, G_status(%rdi)"))),
    Check(system_calls_in_os_linux_c, (
        c("runtime/mal.c", "p = mmap(NULL, n, 0, 0, -1, 0);"),)),
)

if __name__ == "__main__":
    sys.exit(main(CHECKS))
