#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The echo server with some hundreds of clients, polite and others."""
import os
import socket
import struct
import subprocess
import sys
import threading

SERVER = os.path.join(os.environ["BUILD_DIR"], "examples", "echo")
CLIENTS = 300
PATIENCE = 60  # seconds, until a test gives up


class Server:
    """A server that runs in a with statement."""

    def __init__(self, procs, *args):
        self.argv = [SERVER, *args]
        self.env = dict(os.environ, SEAM_MAXPROCS=str(procs))

    def __enter__(self):
        self.process = subprocess.Popen(
            self.argv, stdout=subprocess.PIPE, env=self.env,
            universal_newlines=True)
        self.port = int(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        assert self.process.poll() is None, "the server has ended"
        self.process.kill()
        self.process.communicate()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE)


def receive(client, n):
    """N bytes, or those before the end."""
    parts = []
    while n > 0:
        part = client.recv(min(n, 65536))
        if not part:
            break
        parts.append(part)
        n -= len(part)
    return b"".join(parts)


def many(server):
    """Everybody's words come back to them alone."""
    clients = [server.connect() for _ in range(CLIENTS)]
    for turn in range(5):
        words = [b"%d says %d" % (i, turn) * (i + 1) for i in range(CLIENTS)]
        for client, word in zip(clients, words):
            client.sendall(word)
        for client, word in zip(clients, words):
            assert receive(client, len(word)) == word
    for client in clients:
        client.close()


def half_close(server):
    """What was sent before the end comes back, and then the end."""
    for size in (0, 1, 511, 512, 513, 3000000):
        with server.connect() as client:
            data = os.urandom(size)
            sender = threading.Thread(target=send_all, args=(client, data))
            sender.start()
            assert receive(client, size + 1) == data
            sender.join()


def send_all(client, data):
    client.sendall(data)
    client.shutdown(socket.SHUT_WR)


def reset(server):
    """Peers that break off, reading or not, leave the server as it was."""
    for i in range(100):
        client = server.connect()
        if i % 2:
            client.settimeout(0.01)
            try:
                client.sendall(bytes(20000000))
            except socket.timeout:
                pass  # it waits for us to read
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                          struct.pack("ii", 1, 0))
        client.close()


def deadlines(procs):
    """Who says nothing is put out; who speaks meanwhile stays."""
    with Server(procs, "-t", "1000") as server:
        with server.connect() as silent:
            assert receive(silent, 1) == b""
        with server.connect() as client:
            client.sendall(b"hello")
            assert receive(client, 5) == b"hello"
            assert receive(client, 1) == b""


def main():
    for procs in (1, 4):
        with Server(procs) as server:
            many(server)
            half_close(server)
            reset(server)
            many(server)
        deadlines(procs)


if __name__ == "__main__":
    sys.exit(main())
