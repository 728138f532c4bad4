"""What one hostile user does to the daemon's socket, each way without end: attackers.py SOCKET WAY. On SIGTERM it prints how often it did so."""

import itertools
import json
import os
import resource
import select
import signal
import socket
import sys

KEPT_OPEN = 10000


def connected(path):
    peer = socket.socket(socket.AF_UNIX)
    peer.settimeout(5)
    peer.connect(path)
    return peer


def calls(*methods_and_params):
    return [{"jsonrpc": "2.0", "id": id_, "method": method, "params": params} for id_, (method, params) in enumerate(methods_and_params)]


def keep_sending(path, text, greeting=b""):
    """`text` without end, after a greeting that is answered; whatever is answered is read and thrown away."""
    while True:
        try:
            with connected(path) as peer:
                if greeting:
                    peer.sendall(greeting)
                    peer.recv(4096)
                while True:
                    peer.sendall(text)
                    yield
                    while select.select([peer], [], [], 0)[0]:
                        if not peer.recv(1 << 20):
                            raise ConnectionError
        except OSError:
            yield


def connect(path):
    """Connects and goes away."""
    while True:
        peer = socket.socket(socket.AF_UNIX)
        peer.setblocking(False)
        try:
            peer.connect(path)
        except OSError:
            pass
        peer.close()
        yield


def hold(path):
    """Ten thousand connections that say nothing; those that are closed are made anew."""
    held = {}
    poll = select.poll()
    while True:
        if len(held) < KEPT_OPEN:
            peer = socket.socket(socket.AF_UNIX)
            peer.setblocking(False)
            try:
                peer.connect(path)
                held[peer.fileno()] = peer
                poll.register(peer, select.POLLRDHUP)
            except OSError:
                peer.close()
            yield
        if len(held) % 64 == 0 or len(held) == KEPT_OPEN:
            for number, _ in poll.poll(0):
                poll.unregister(number)
                held.pop(number).close()


def batches(path):
    """Batches of as many calls as there may be."""
    return keep_sending(path, json.dumps(calls(*[("core.get_methods", [])] * 64)).encode() + b"\n")


def guesses(path):
    """Guesses and renewals for somebody else, each with its entry in the journal."""
    return keep_sending(path, b"".join(json.dumps(call).encode() + b"\n" for call in calls(
        ("user.renew_2fa_secret", ["games", {}]), ("user.verify_twofactor_token", ["games", "000000"]), ("pam.state", ["games"]))))


def junk(path):
    """The longest line that is read, of what takes the longest to parse."""
    return keep_sending(path, b'{"a":[' + b"[],{}," * 10000 + b"1]}\n")


def dribble(path):
    """A byte at a time, on many connections."""
    peers = []
    for _ in itertools.count():
        while len(peers) < 64:
            try:
                peers.append(connected(path))
                peers[-1].sendall(b'{"a":"')
            except OSError:
                break
        for peer in list(peers):
            try:
                peer.send(b"x", socket.MSG_DONTWAIT)
            except BlockingIOError:
                pass
            except OSError:
                peers.remove(peer)
        yield


def greed(path):
    """Calls with the longest answers, none of which is ever read."""
    text = json.dumps(calls(*[("core.get_methods", [])] * 20)).encode() + b"\n"
    while True:
        peers = []
        try:
            for _ in range(64):
                peers.append(connected(path))
            for _ in range(1000):
                for peer in peers:
                    try:
                        peer.send(text, socket.MSG_DONTWAIT)
                    except BlockingIOError:
                        pass
                    yield
        except OSError:
            yield
        for peer in peers:
            peer.close()


def pings(path):
    """Frames of a WebSocket that are no messages: pings, and beginnings without an end."""
    upgrade = (b"GET /api/current HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
               b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
    beginnings = b"\x01\x80\0\0\0\0" + b"\0\x80\0\0\0\0" * 1000 + b"\x80\x80\0\0\0\0"
    return keep_sending(path, b"\x89\x80\0\0\0\0" * 1000 + beginnings, upgrade)


def spin(_):
    """Nothing to the daemon: a process that uses its CPU, as any may."""
    while True:
        yield


WAYS = (connect, hold, batches, guesses, junk, dribble, greed, pings)


def main():
    path, way = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_NOFILE, (KEPT_OPEN + 100,) * 2)
    os.setgroups([])
    os.setgid(12345)
    os.setuid(12345)
    tries = 0

    def end(*_):
        os.write(1, str(tries).encode())
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    for tries, _ in enumerate(globals()[way](path), start=1):
        pass


if __name__ == "__main__":
    main()
