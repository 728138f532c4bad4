"""One user who keeps as many calls under way as there may be, each about what the directory never answers: slow_askers.py SOCKET UID WHAT. WHAT is
"names", or "me" for a user whose own name it is. On SIGTERM it prints how many calls were answered."""

import json
import os
import select
import signal
import socket
import sys

CALLS = 64


def call_of(what, number):
    method, params = ("user.verify_twofactor_token", [f"slow-{number}", "000000"]) if what == "names" else ("auth.me", [])
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode() + b"\n"


def main():
    path, uid, what = sys.argv[1:]
    os.setgroups([])
    os.setgid(int(uid))
    os.setuid(int(uid))
    answers = 0

    def end(*_):
        os.write(1, str(answers).encode())
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    poll = select.poll()
    peers = {}
    for number in range(CALLS):
        peer = socket.socket(socket.AF_UNIX)
        peer.connect(path)
        if what == "names":
            # Who asks is known, so that only the names are slow.
            peer.sendall(call_of("me", 0))
            peer.recv(65536)
        peer.sendall(call_of(what, number))
        peers[peer.fileno()] = peer
        poll.register(peer, select.POLLIN)
    print("asked", flush=True)
    while True:
        for number, _ in poll.poll():
            if not peers[number].recv(65536):
                poll.unregister(number)
                continue
            answers += 1
            peers[number].sendall(call_of(what, number))


if __name__ == "__main__":
    main()
