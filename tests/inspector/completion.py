#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
What `seam --completion` prints completes commands, and behind each the options
that seam takes with it and no others, in the shells themselves.
"""
import os
import pathlib
import re
import subprocess
import sys

SEAM = pathlib.Path(os.environ["BUILD_DIR"]) / "seam"
BASH_COMPLETION = "/usr/share/bash-completion/bash_completion"

# What it is asked with: the words so far, the last one unfinished.
BASH = """
source $1
shift
source bash.completion
COMP_LINE=$1 COMP_POINT=${#COMP_LINE}
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
compopt() { :; }
_seam
printf '%s\\n' "${COMPREPLY[@]}"
"""
ZSH = """
compdef() { :; }
_arguments() {
    [[ ${@[-2]} == '1: :->command' ]] || exit 3
    for word in $@[1,-3]; do print -r -- ${word%%\\[*}; done
}
source ./zsh.completion
words=("$@")
_seam
"""


# What options take.
VALUES = {"by": "=top", "pid": "=1", "frames": "=1", "completion": "=zsh"}


def run(*argv):
    return subprocess.run(argv, stdout=subprocess.PIPE, check=False,
                          stderr=subprocess.PIPE, universal_newlines=True)


def help_words():
    """The commands and the options of --help, with their values."""
    text = run(SEAM, "--help").stdout
    commands = re.findall(r"(?m)^  ([a-z]+)  ", text)
    return commands, dict(re.findall(r"(?m)^ +(?:-\w, )?--([a-z]+)(=?)",
                                     text))


def taken(command, options):
    """The options that seam does not refuse with the command."""
    kept = set()
    for option, value in options.items():
        word = "--" + option + (VALUES.get(option, "=x") if value else "")
        said = run(SEAM, command, word, "/nowhere",
                   *["0x1"] * (command == "whatis")).stderr
        if not re.search("--%s goes with [a-z]" % option, said):
            kept.add(option)
    return kept


def offered(lines):
    """The long options among them."""
    return {line[2:].rstrip("=") for line in lines.splitlines()
            if line.startswith("--")}


def by_bash(*words):
    """The same with the package bash-completion and without."""
    got = by_bash_with(BASH_COMPLETION, words)
    alone = by_bash_with("/dev/null", words)
    assert got == alone, "%s with bash-completion, %s without" % (got, alone)
    return got


def by_bash_with(package, words):
    line = " ".join(["seam", *words]).replace(" = ", "=")
    return run("bash", "-c", BASH, "bash", package, line, "seam", *words).stdout


def by_zsh(*words):
    return run("zsh", "-f", "-c", ZSH, "zsh", "seam", *words).stdout


def by_fish(*words):
    # Options that exist without a value have a text behind a tab.
    done = run("fish", "--no-config", "-c",
               "source fish.completion; complete -C 'seam %s'"
               % " ".join(words))
    return re.sub(r"(?m)\t.*$", "", done.stdout)


def wrong(what, wanted, got):
    if wanted == got:
        return 0
    print("%s: %s, not %s" % (what, sorted(got), sorted(wanted)))
    return 1


def main():
    commands, options = help_words()
    for shell in "bash", "zsh", "fish":
        done = run(SEAM, "--completion", shell)
        pathlib.Path(shell + ".completion").write_text(done.stdout)
    bad = wrong("commands in bash", set(commands),
                set(by_bash("").splitlines()))
    bad += wrong("commands in fish", set(commands),
                 set(by_fish("").splitlines()) & set(commands))
    for command in commands:
        wanted = taken(command, options)
        for shell in by_bash, by_zsh, by_fish:
            bad += wrong("%s %s" % (shell.__name__, command), wanted,
                         offered(shell(command, "--")))
    keys = set(re.search(r"one of (.*)", run(
        SEAM, "groups", "--by=x").stderr).group(1).split(", "))
    bad += wrong("keys in bash", keys, set(by_bash(
        "groups", "--by", "=", "").splitlines()))
    bad += wrong("keys in fish", keys, {
        line.replace("--by=", "") for line in by_fish(
            "groups", "--by=").splitlines()})
    pathlib.Path("own.rt").touch()
    bad += wrong("files in bash", {"own.rt"}, set(by_bash(
        "list", "--runtime", "=", "ow").splitlines()))
    bad += wrong("files in fish", {"--runtime=own.rt"},
                 set(by_fish("list", "--runtime=ow").splitlines()))
    bad += wrong("files in zsh", ["runtime"], re.findall(
        r"(?m)^\t'--(\w+)=\[.*\]:FILE:_files'$",
        pathlib.Path("zsh.completion").read_text()))
    print("%d commands, %d options, %d wrong" % (
        len(commands), len(options), bad))
    return 1 if bad or len(commands) < 12 or len(options) < 8 else 0


if __name__ == "__main__":
    sys.exit(main())
