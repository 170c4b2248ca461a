# SPDX-License-Identifier: BSD-2-Clause
"""
Crowds to look at: processes that hold so many goroutines or threads, and cores
of them, which are made when they are first needed and deleted in the end.
"""
import pathlib
import shutil
import subprocess

READY_S = 120
CORE_BYTES = 6500  # of a goroutine in a core, and something to spare


class Crowds:
    """As a context: what was made is gone when it is left."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self._processes = {}
        self._cores = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.clear()

    def clear(self):
        for process in self._processes.values():
            process.kill()
            process.wait()
            process.stdout.close()
        for core in self._cores.values():
            core.unlink(missing_ok=True)
        self._processes, self._cores = {}, {}

    def program(self, name):
        program = self.folder / name
        if not program.exists():
            raise RuntimeError("not built, see %s.log" % name)
        return program

    def process(self, name, n):
        """Its id."""
        if (name, n) not in self._processes:
            process = subprocess.Popen([self.program(name), str(n)],
                                       stdout=subprocess.PIPE)
            self._processes[name, n] = process
            if process.stdout.readline() != b"ready\n":
                raise RuntimeError("%s %d: is not ready" % (name, n))
        return self._processes[name, n].pid

    def core(self, name, n):
        """Its path. The kernel's page cache has it: what was not read for a
        while may have been given up."""
        if (name, n) not in self._cores:
            core = self.folder / ("%s-%d.core" % (name, n))
            self._cores[name, n] = core
            self._dump(name, n, core)
        if not self._cores[name, n].exists():
            raise RuntimeError("no core of %s %d" % (name, n))
        read_through(self._cores[name, n])
        return self._cores[name, n]

    def _dump(self, name, n, core):
        if shutil.disk_usage(self.folder).free < n * CORE_BYTES:
            raise RuntimeError("the disk has no room for the core")
        running = (name, n) in self._processes
        pid = self.process(name, n)
        subprocess.run(
            ["gdb", "-nx", "-batch", "-iex", "set auto-load off", "-p",
             str(pid), "-ex", "generate-core-file %s" % core],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, timeout=READY_S, check=False)
        if not running:
            self._end(name, n)

    def _end(self, name, n):
        process = self._processes.pop((name, n))
        process.kill()
        process.wait()
        process.stdout.close()


def read_through(path):
    with open(path, "rb", buffering=0) as file:
        room = bytearray(1 << 20)
        while file.readinto(room):
            pass
