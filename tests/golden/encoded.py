#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
What seam --json writes is as docs/seam.schema.json says, has no member that is
not in there, and tells what the text tells.
"""
import contextlib
import json
import re
import subprocess
import sys
import tempfile
import pathlib

import jsonschema

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent
                       / "parity"))
import fixtures  # noqa: E402

SEAM = fixtures.BUILD / "seam"
SCHEMA = json.loads((fixtures.SRC / "docs" / "seam.schema.json").read_text())
COMMANDS = (
    ["list"], ["stacks"], ["stacks", "--threads", "--raw"],
    ["stacks", "--args", "--locals", "--registers", "--threads"],
    ["stacks", "--args", "--locals", "--bytes"], ["segments"],
    *(["groups", "--by", key] for key in (
        "stack", "top", "function", "creator", "state", "reason", "name",
        "thread")),
    ["waits"], ["channels"], ["mutexes"], ["fds"], ["timers"], ["check"],
    ["threads"])
FIXTURES = ("parked", "grown", "inlined", "objects", "crossed", "forgotten",
            "circle", "hostile", "overflow", "callback", "values")
# What there is of a runtime whose description tells of goroutines alone.
OF_GOROUTINES = COMMANDS[:COMMANDS.index(["waits"])] + (["threads"],)
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


class Wrong(Exception):
    pass


def run(target, command, *more):
    where = [target.core, target.exe] if target.core else [
        "-p", str(target.pid)]
    return subprocess.run([SEAM, *command, *where, *more], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def strict(schema):
    """SCHEMA without members that it does not know, which it allows."""
    if isinstance(schema, list):
        return [strict(value) for value in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema and "properties" in schema:
        schema = joined(SCHEMA["$defs"][schema["$ref"].split("/")[-1]], schema)
    closed = {key: strict(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and "$defs" not in schema:
        closed["additionalProperties"] = False
    return closed


def joined(base, schema):
    """What SCHEMA adds to BASE."""
    return dict(base, properties={**base["properties"],
                                  **schema["properties"]},
                required=base.get("required", []) + schema.get("required", []))


def strict_document():
    """Each command's members stand beside those of all."""
    closed = strict(SCHEMA)
    for branch in closed["oneOf"]:
        branch["properties"] = {**SCHEMA["properties"],
                                **branch["properties"]}
    return closed


STRICT = strict_document()


def look(value):
    """At each text that there is."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            look(inner)
    elif isinstance(value, str) and CONTROL.search(value):
        raise Wrong("%r has a control character" % value)


def texts(value):
    if isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif not isinstance(value, (bool, float)):
        yield str(value)


def words(text):
    """Names, functions, files, addresses and numbers of a text."""
    return set(re.findall(r"0x[0-9a-f]+|[^\W\d]\w*\.[ch]\b|\b\d+\b(?![.\w])"
                          r"|\"[^\"\n]*\"", text))


def same(command, text, document):
    """All that the text says, the document says."""
    said = set(texts(document))
    said |= {'"%s"' % t for t in said}
    for t in list(said):
        said |= words(t)
    return sorted(w for w in words(text) if w not in said)


def check(target, command):
    # Bytes, for programs alone, stand in place of what the text has.
    as_bytes = [w for w in command if w == "--bytes"]
    command = [w for w in command if w not in as_bytes]
    plain = run(target, command)
    done = run(target, command, "--json", *as_bytes)
    document = json.loads(done.stdout.decode("utf-8"))
    jsonschema.validate(document, STRICT)
    look(document)
    if document["command"] != command[0]:
        raise Wrong("it is of %s" % document["command"])
    if done.returncode != plain.returncode:
        raise Wrong("status %d, not %d" % (done.returncode, plain.returncode))
    notes = "".join("seam: %s\n" % note for note in document["notes"])
    if notes != done.stderr.decode("utf-8"):
        raise Wrong("%r is said, not %r" % (done.stderr, notes))
    if command[0] in ("stacks", "segments", "list") and not as_bytes:
        missing = same(command, number_free(plain.stdout.decode("utf-8")),
                       document)
        if missing:
            raise Wrong("%s: only in the text" % ", ".join(missing))


def number_free(text):
    """Without what is counted in the text only, and what is rounded."""
    text = re.sub(r"(?m)^#\d+ +|^ *\d+ (?= 0x)|^ *\.\.\. \d+ more frames? .*$",
                  " ", text)
    text = re.sub(r"\b0x0+(?=[0-9a-f])", "0x", text)
    return re.sub(r"\b\d+(us|ms|m\d\ds|h\d\dm)\b|\b\d+\.\ds\b", " ", text)


def fields(target):
    """How some things must be told: (command, what of the document, value)."""
    def of(command, *more):
        return json.loads(run(target, command.split(), "--json", *more).stdout)

    goroutine = of("stacks", "id == 2")["goroutines"]
    yield len(goroutine), 1
    yield goroutine[0]["name"], "the consumer"
    yield [f["function"] for f in goroutine[0]["frames"]], [
        "seam_recv", "consumer"]
    yield goroutine[0]["created_by"]["function"], "start"
    yield of("list", "3-4")["goroutines"][1]["reason"], "sleep"
    yield [g["ids"] for g in of("groups", "2-4")["groups"]], [
        [[2, 2]], [[3, 3]], [[4, 4]]]
    yield [g["ids"] for g in of("groups --by state")["groups"]], [
        [[2, 4]], [[5, 6]], [[1, 1]]]
    yield of("stacks", "6")["goroutines"][0]["frames"][0]["entry"], True
    yield of("channels")["objects"][0]["waiters"][0]["to"], "receive"
    address = goroutine[0]["address"]
    yield of("whatis", address)["address"], address
    yield of("list", "77")["notes"], ["there is no goroutine 77"]


@contextlib.contextmanager
def gccgo():
    """A core of a gccgo program."""
    exe = fixtures.BUILD / "gccgo" / "parked"
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen([str(exe)], stdout=subprocess.PIPE)
        core = pathlib.Path(folder, "core")
        try:
            process.stdout.readline()
            subprocess.run(["gdb", "-nx", "-batch", "-p", str(process.pid),
                            "-ex", "generate-core-file %s" % core],
                           stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, check=True)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
        yield fixtures.Target(exe, [], core=core)


def targets():
    """Each with the commands that it is to be asked."""
    for name in FIXTURES:
        exe = fixtures.BUILD / "fixtures" / (name + "-gcc-gold")
        yield fixtures.dead(exe), COMMANDS, name
    yield gccgo(), OF_GOROUTINES, "gccgo"


def main():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    count = bad = 0
    for opened, commands, name in targets():
        with opened as target:
            for command in commands:
                count += 1
                try:
                    check(target, command)
                except (Wrong, ValueError, jsonschema.ValidationError) as e:
                    bad += 1
                    print("%s: %s: %s" % (target, " ".join(command), e))
            for got, wanted in fields(target) if name == "parked" else ():
                if got != wanted:
                    bad += 1
                    print("%s: %s, not %s" % (target, got, wanted))
    print("%d documents, %d wrong" % (count, bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
