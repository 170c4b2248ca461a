# SPDX-License-Identifier: BSD-2-Clause
"""gdb as a debug adapter, as IDEs use it: commands in its console, stacks of
threads without the runtime's frames. Run by `make newer-gdb`: gdb 13 is none."""
import json
import re
import subprocess
import unittest

import session

EXE = session.executable('parked')


class Adapter:
    """A session over its standard input and output."""

    def __init__(self):
        self._process = subprocess.Popen(
            ['gdb', '-nx', '-q', '-i=dap', '-iex', 'set auto-load off',
             '-iex', 'source %s' % session.SCRIPT],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._sent = 0

    def send(self, command, **arguments):
        """The number of the request."""
        self._sent += 1
        body = json.dumps({'seq': self._sent, 'type': 'request',
                           'command': command,
                           'arguments': arguments}).encode()
        self._process.stdin.write(
            b'Content-Length: %d\r\n\r\n' % len(body) + body)
        self._process.stdin.flush()
        return self._sent

    def until(self, **wanted):
        """The first message that has these members."""
        while True:
            message = self._receive()
            if wanted.items() <= message.items():
                return message

    def ask(self, command, **arguments):
        """The response."""
        return self.until(request_seq=self.send(command, **arguments))

    def typed(self, command):
        """What the console prints."""
        return self.ask('evaluate', expression=command, context='repl')[
            'body']['result']

    def end(self):
        self.ask('disconnect', terminateDebuggee=True)
        self._process.communicate(timeout=session.TIMEOUT)

    def _receive(self):
        size = 0
        for line in iter(self._process.stdout.readline, b'\r\n'):
            if not line:
                raise AssertionError('gdb has ended')
            found = re.match(rb'(?i)content-length: (\d+)', line)
            size = int(found.group(1)) if found else size
        return json.loads(self._process.stdout.read(size))


class Commands(unittest.TestCase):
    def setUp(self):
        self.gdb = Adapter()
        self.gdb.ask('initialize', clientID='test')
        launch = self.gdb.send('launch', program=str(EXE), args=['live'])
        self.gdb.ask('setFunctionBreakpoints', breakpoints=[
            {'name': 'usleep'}])
        self.gdb.send('configurationDone')
        self.gdb.until(request_seq=launch)
        self.gdb.until(event='stopped')
        self.addCleanup(self.gdb.end)

    def stack(self):
        frames = self.gdb.ask('stackTrace', threadId=1)['body']['stackFrames']
        return [frame['name'] for frame in frames]

    def test_console(self):
        self.assertRegex(self.gdb.typed('info goroutines'),
                         r'(?m)^\* 1  running (.*\n)+  6  runnable')
        self.assertEqual(
            session.functions(self.gdb.typed('goroutine 2 bt')),
            ['seam_recv', 'consumer'])
        self.assertIn('Switching to goroutine 2', self.gdb.typed('goroutine 2'))

    def test_stacks_are_those_of_threads(self):
        before = self.stack()
        self.assertEqual(before[0], 'usleep')
        self.assertEqual(before[-1], 'start')
        self.gdb.typed('goroutine 2')
        self.assertEqual(self.stack(), before)


if __name__ == '__main__':
    unittest.main()
