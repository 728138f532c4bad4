"""Pings the daemon from 64 connections until its standard input ends; prints the latencies in milliseconds. Runs in the machine."""

import json
import selectors
import socket
import sys
import time

CLIENTS = 64
PING = b'{"jsonrpc":"2.0","id":1,"method":"core.ping","params":[]}\n'
PAUSE_SECONDS = 0.064


def main():
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ)
    clients = []
    for number in range(CLIENTS):
        peer = socket.socket(socket.AF_UNIX)
        peer.connect("/run/twofactor/api.sock")
        selector.register(peer, selectors.EVENT_READ, number)
        clients.append(peer)
    latencies = []
    sent = [0.0] * CLIENTS
    # One after the other, a millisecond apart.
    due = [time.monotonic() + number * PAUSE_SECONDS / CLIENTS for number in range(CLIENTS)]
    while True:
        now = time.monotonic()
        for number, moment in enumerate(due):
            if moment <= now:
                due[number] = float("inf")
                sent[number] = time.monotonic()
                clients[number].sendall(PING)
        for key, _ in selector.select(max(0, min(due) - time.monotonic()) if min(due) < 1e300 else None):
            if key.data is None:
                print(json.dumps(latencies))
                return
            assert b'"pong"' in key.fileobj.recv(4096)
            done = time.monotonic()
            latencies.append((done - sent[key.data]) * 1000)
            due[key.data] = done + PAUSE_SECONDS


main()
