"""Tests the daemon's WebSocket with python3-websocket, a third-party client. Runs in the machine: see wire_test.py."""

import json
import os
import pwd
import socket
import subprocess
import threading
import unittest
from unittest import mock

import websocket
from websocket import ABNF

SOCKET = "/run/twofactor/api.sock"
SECONDS = 20


def connect(path="/api/current", user=None, **options):
    """Makes a connection as `user`, or as root."""
    peer = socket.socket(socket.AF_UNIX)
    peer.settimeout(SECONDS)
    if user is None:
        peer.connect(SOCKET)
    else:
        entry = pwd.getpwnam(user)
        os.setgroups(os.getgrouplist(user, entry.pw_gid))
        os.setegid(entry.pw_gid)
        os.seteuid(entry.pw_uid)
        try:
            peer.connect(SOCKET)
        finally:
            os.seteuid(0)
            os.setegid(0)
            os.setgroups([])
    return websocket.create_connection(f"ws://localhost{path}", socket=peer, timeout=SECONDS, **options)


def request(method, *params, id_=1):
    return json.dumps({"jsonrpc": "2.0", "id": id_, "method": method, "params": params})


class WebSocket(unittest.TestCase):
    maxDiff = None

    def open(self, *arguments, **options):
        connection = connect(*arguments, **options)
        self.addCleanup(connection.shutdown)
        return connection

    def receive(self, connection):
        """Returns the next message, which must be one text and one JSON object."""
        opcode, data = connection.recv_data()
        self.assertEqual(opcode, ABNF.OPCODE_TEXT, data)
        return json.loads(data)

    def call(self, connection, method, *params):
        connection.send(request(method, *params))
        return self.receive(connection)

    def error(self, connection, method, *params):
        answer = self.call(connection, method, *params)
        self.assertEqual(sorted(answer), ["error", "id", "jsonrpc"], answer)
        self.assertEqual((answer["jsonrpc"], answer["id"]), ("2.0", 1))
        return answer["error"]

    def assert_closed(self, connection, status):
        """Checks that the next frame is the server's close, with this status, and that the connection then ends."""
        opcode, frame = connection.recv_data_frame(control_frame=True)
        self.assertEqual(opcode, ABNF.OPCODE_CLOSE, frame)
        self.assertEqual(int.from_bytes(frame.data[:2], "big"), status)
        with self.assertRaises((websocket.WebSocketConnectionClosedException, ConnectionError)):
            connection.recv_frame()

    def frame(self, connection, data, opcode=ABNF.OPCODE_TEXT, fin=1):
        connection.send_frame(ABNF.create_frame(data, opcode, fin))

    def raw_answer(self, text):
        """Returns everything that the server sends in answer to these bytes of HTTP, up to its close."""
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(SECONDS)
            peer.connect(SOCKET)
            peer.sendall(text.encode())
            answer = b""
            while block := peer.recv(65536):
                answer += block
        return answer.decode()

    # The handshake ------------------------------------------------------------------------------------------------

    def test_the_first_call_is_core_set_options(self):
        connection = self.open()
        self.assertEqual(self.call(connection, "core.set_options", {"py_exceptions": False, "private_methods": False}),
                         {"jsonrpc": "2.0", "id": 1, "result": None})
        self.assertEqual(self.call(connection, "core.ping"), {"jsonrpc": "2.0", "id": 1, "result": "pong"})

    def test_every_version_of_the_api_is_served_and_no_other_path(self):
        for path in ("/api/current", "/api/v25.04.0", "/api/v25.10.1"):
            self.assertEqual(self.call(self.open(path), "core.ping")["result"], "pong")
        for path in ("/", "/websocket", "/api", "/api/current/more", "/api/v25"):
            with self.assertRaises(websocket.WebSocketBadStatusException) as refused:
                connect(path)
            self.assertEqual(refused.exception.status_code, 404, path)

    def test_what_is_no_upgrade_gets_an_http_error_and_a_close(self):
        answer = self.raw_answer("GET /api/current HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.assertTrue(answer.startswith("HTTP/1.1 426 "), answer)
        self.assertIn("Upgrade: websocket\r\n", answer)
        self.assertIn("Connection: close\r\n", answer)
        self.assertTrue(self.raw_answer("GARBAGE\r\n\r\n").startswith("HTTP/1.1 400 "))
        old = self.raw_answer("GET /api/current HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n\r\n")
        self.assertTrue(old.startswith("HTTP/1.1 426 "), old)
        self.assertIn("Sec-WebSocket-Version: 13\r\n", old)

    def test_extensions_and_protocols_that_are_offered_are_not_taken(self):
        connection = self.open(header=["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"])
        self.assertNotIn("sec-websocket-extensions", connection.getheaders())
        self.assertEqual(self.call(connection, "core.ping")["result"], "pong")

    def test_the_peer_is_who_the_kernel_says(self):
        for user, uid in ((None, 0), ("alice", pwd.getpwnam("alice").pw_uid)):
            me = self.call(self.open(user=user), "auth.me")["result"]
            self.assertEqual((me["pw_name"], me["pw_uid"]), (user or "root", uid))
            self.assertEqual(me["roles"], [] if user else ["FULL_ADMIN"])

    # Frames -------------------------------------------------------------------------------------------------------

    def test_a_ping_is_answered_with_its_own_payload(self):
        connection = self.open()
        for payload in (b"", b"are you there?", bytes(125)):
            connection.ping(payload)
            opcode, frame = connection.recv_data_frame(control_frame=True)
            self.assertEqual((opcode, frame.data), (ABNF.OPCODE_PONG, payload))
        connection.pong(b"nobody asked")
        self.assertEqual(self.call(connection, "core.ping")["result"], "pong")

    def test_a_message_may_come_in_fragments_with_a_ping_between_them(self):
        connection = self.open()
        text = request("core.set_options", {"text": "Zürich €"})
        data = text.encode()
        self.frame(connection, data[:10], fin=0)
        connection.ping(b"between")
        for byte in data[10:-1]:
            self.frame(connection, bytes([byte]), ABNF.OPCODE_CONT, fin=0)
        opcode, frame = connection.recv_data_frame(control_frame=True)
        self.assertEqual((opcode, frame.data), (ABNF.OPCODE_PONG, b"between"))
        self.frame(connection, data[-1:], ABNF.OPCODE_CONT, fin=1)
        self.assertEqual(self.receive(connection), {"jsonrpc": "2.0", "id": 1, "result": None})

    def test_a_fragment_that_may_be_empty_is_one(self):
        connection = self.open()
        self.frame(connection, b"", fin=0)
        self.frame(connection, request("core.ping").encode(), ABNF.OPCODE_CONT, fin=0)
        self.frame(connection, b"", ABNF.OPCODE_CONT, fin=1)
        self.assertEqual(self.receive(connection)["result"], "pong")

    # Close codes --------------------------------------------------------------------------------------------------

    def test_a_close_is_answered_with_its_own_code(self):
        for status in (1000, 1001, 3000, 4999):
            connection = self.open()
            connection.send_close(status, b"bye")
            self.assert_closed(connection, status)

    def test_binary_is_1003(self):
        connection = self.open()
        connection.send_binary(request("core.ping").encode())
        self.assert_closed(connection, 1003)

    def test_text_that_is_no_utf8_is_1007(self):
        connection = self.open()
        self.frame(connection, b'{"jsonrpc": "2.0", "id": 1, "method": "core.ping\xff"}')
        self.assert_closed(connection, 1007)

    def test_a_message_that_is_too_long_is_1009(self):
        connection = self.open()
        self.assertEqual(self.call(connection, "core.set_options", {"text": "x" * 60000})["result"], None)
        connection.send(request("core.set_options", {"text": "x" * 70000}))
        self.assert_closed(connection, 1009)
        # The same in short fragments.
        connection = self.open()
        self.frame(connection, b"x" * 40000, fin=0)
        self.frame(connection, b"x" * 40000, ABNF.OPCODE_CONT, fin=0)
        self.assert_closed(connection, 1009)

    def test_broken_frames_are_1002(self):
        unmasked = ABNF.create_frame(request("core.ping"), ABNF.OPCODE_TEXT)
        unmasked.mask = 0
        reserved = ABNF(1, 1, 0, 0, ABNF.OPCODE_TEXT, 1, b"x").format()
        for bytes_ in (unmasked.format(), reserved, b"\x83\x80\0\0\0\0", b"\x80\x80\0\0\0\0", b"\x09\x80\0\0\0\0"):
            connection = self.open()
            connection.sock.sendall(bytes_)
            self.assert_closed(connection, 1002)

    # Calls --------------------------------------------------------------------------------------------------------

    def test_calls_are_answered_as_they_finish_each_by_its_id(self):
        connection = self.open()
        connection.send(request("user.get_instance", "alice", id_="slow"))
        connection.send(request("core.ping", id_="fast"))
        answers = [self.receive(connection), self.receive(connection)]
        self.assertEqual([answer["id"] for answer in answers], ["fast", "slow"])
        self.assertEqual(answers[1]["result"]["username"], "alice")

    def test_many_calls_at_once_are_all_answered_once(self):
        connection = self.open()
        names = {}
        for number in range(18):
            names[number] = ("alice", "bob", "root")[number % 3]
            connection.send(request("user.get_instance", names[number], id_=number))
        answers = [self.receive(connection) for _ in names]
        self.assertEqual({answer["id"]: answer["result"]["username"] for answer in answers}, names)

    def test_ids_notifications_and_batches(self):
        connection = self.open()
        for id_ in (7, -1, 1.5, "text", "", None):
            connection.send(request("core.ping", id_=id_))
            self.assertEqual(self.receive(connection), {"jsonrpc": "2.0", "id": id_, "result": "pong"})
        connection.send('{"jsonrpc": "2.0", "method": "core.ping"}')
        connection.send("[" + request("core.ping", id_=1) + ', {"jsonrpc": "2.0", "method": "core.ping"}, '
                        + request("core.no_such", id_=2) + "]")
        # The notification got no answer: this is the batch.
        answers = self.receive(connection)
        self.assertEqual(sorted((answer["id"], "result" in answer) for answer in answers), [(1, True), (2, False)])

    def test_the_clients_own_event_loop_works(self):
        seen = []

        def on_open(application):
            application.send(request("core.set_options", {}, id_=1))

        def on_message(application, text):
            seen.append(json.loads(text))
            if len(seen) == 1:
                threading.Timer(1.5, application.send, [request("core.ping", id_=2)]).start()
            else:
                application.close()

        def on_pong(_application, _payload):
            seen.append("pong frame")

        # This version has no option for another kind of socket, so the test replaces its connect function.
        peer = socket.socket(socket.AF_UNIX)
        self.addCleanup(peer.close)
        peer.connect(SOCKET)
        with mock.patch("websocket._core.connect", lambda *_: (peer, ("localhost", 80, "/api/current"))):
            application = websocket.WebSocketApp("ws://localhost/api/current", on_open=on_open, on_message=on_message,
                                                 on_pong=on_pong)
            application.run_forever(ping_interval=1)
        self.assertEqual(seen[0], {"jsonrpc": "2.0", "id": 1, "result": None})
        self.assertIn("pong frame", seen)
        self.assertEqual(seen[-1], {"jsonrpc": "2.0", "id": 2, "result": "pong"})

    # What TrueNAS clients rely on ---------------------------------------------------------------------------------

    def result(self, connection, method, *params):
        answer = self.call(connection, method, *params)
        self.assertIn("result", answer, answer)
        return answer["result"]

    def test_a_moment_is_an_object_and_filters_take_it(self):
        connection = self.open()
        moment = self.result(connection, "user.get_instance", "alice")["last_password_change"]
        self.assertEqual(list(moment), ["$date"], moment)
        for filter_ in (["last_password_change.$date", ">", "2001-01-01T00:00:00"], ["last_password_change", "=", moment],
                        ["last_password_change", ">", "2001-01-01"], ["last_password_change.$date", "=", moment["$date"]]):
            users = self.result(connection, "user.query", [filter_, ["username", "=", "alice"]], {"select": [["username", "name"]]})
            self.assertEqual(users, [{"name": "alice"}], filter_)

    def test_each_version_has_its_fields(self):
        def fields(path):
            return set(self.result(self.open(path), "user.get_instance", "alice"))
        reference = fields("/api/current")
        password = {"last_password_change", "password_age", "password_history", "password_change_required"}
        self.assertEqual(fields("/api/v25.04.0"), reference - password)
        self.assertEqual(fields("/api/v25.04.2"), reference)
        self.assertEqual(fields("/api/v25.10.1"), reference - {"id_type_both"})
        self.assertEqual(fields("/api/v26.0.0"), (reference - {"id_type_both"}) | {"webshare"})

    def test_a_change_of_a_factor_is_told_to_those_who_may_see_it(self):
        listening = {user: self.open(user=user) for user in (None, "alice", "bob")}
        for connection in listening.values():
            self.assertIsInstance(self.result(connection, "core.subscribe", "user.query"), str)
        # api_client subscribes to this before each job.
        self.result(listening["bob"], "core.subscribe", "core.get_jobs")
        self.result(self.open(), "user.renew_2fa_secret", "alice", {"otp_digits": 8})
        for user in (None, "alice"):
            event = self.receive(listening[user])
            self.assertEqual((event["jsonrpc"], event["method"]), ("2.0", "collection_update"))
            params = event["params"]
            self.assertEqual((params["msg"], params["collection"], params["id"]),
                             ("changed", "user.query", pwd.getpwnam("alice").pw_uid))
            self.assertEqual(params["fields"]["twofactor_config"],
                             {"provisioning_uri": None, "secret_configured": True, "interval": 30, "otp_digits": 8})
        # Bob got no notification: this is the answer.
        self.assertEqual(self.result(listening["bob"], "core.ping"), "pong")
        self.result(self.open(), "user.unset_2fa_secret", "alice")
        self.assertFalse(self.receive(listening["alice"])["params"]["fields"]["twofactor_auth_configured"])

    def test_what_a_local_client_calls_is_there(self):
        connection = self.open(user="alice")
        self.assertEqual(self.result(connection, "auth.mechanism_choices"), ["OTP_TOKEN"])
        denied = self.result(connection, "auth.login_ex", {"mechanism": "PASSWORD_PLAIN", "username": "alice", "password": "x"})
        self.assertEqual(denied["response_type"], "DENIED")
        self.assertEqual(self.result(connection, "core.get_jobs", [["id", "=", 1]]), [])
        self.assertEqual(self.result(connection, "core.get_services", "CLI")["user"]["type"], "crud")
        self.assertIn("user.renew_2fa_secret", self.result(connection, "core.get_methods", None, "CLI"))
        self.assertRegex(self.result(connection, "system.version"), r"^twofactor-\d")
        self.assertEqual(self.result(connection, "system.hostname"), socket.gethostname())
        info = self.result(connection, "system.info")
        self.assertEqual(list(info["datetime"]), ["$date"])
        self.assertEqual(info["hostname"], socket.gethostname())
        self.assertEqual([group["name"] for group in self.result(connection, "group.query")], ["alice"])
        group = self.result(self.open(), "group.get_instance", "twofactor-admin")
        self.assertEqual((group["roles"], group["local"]), (["FULL_ADMIN"], True))
        self.assertIn(0, self.result(self.open(), "group.query", [["gid", "=", 0]], {"get": True})["users"])
        self.result(self.open(), "user.unset_2fa_secret", "alice")
        me = self.result(connection, "auth.me")
        self.assertEqual((me["source"], me["privilege"]["roles"], me["account_attributes"]), ("LOCAL", [], ["LOCAL"]))
        self.assertIs(self.result(connection, "auth.logout"), True)

    def test_the_journal_tells_wrong_codes_from_right_ones(self):
        connection = self.open()
        self.result(connection, "user.renew_2fa_secret", "bob", {"interval": 60})
        self.assertIs(self.result(connection, "user.verify_twofactor_token", "bob", "000000"), False)
        self.error(self.open(user="alice"), "user.unset_2fa_secret", "bob")
        self.result(connection, "user.unset_2fa_secret", "bob")
        subprocess.run(["journalctl", "--sync"], check=True)
        journal = subprocess.run(["journalctl", "-o", "json", "TWOFACTOR_USER=bob", "-u", "twofactord"], check=True,
                                 capture_output=True, text=True).stdout
        entries = [json.loads(line) for line in journal.splitlines()]
        seen = {(entry["TWOFACTOR_METHOD"], entry["TWOFACTOR_CALLER_UID"], entry["TWOFACTOR_OUTCOME"], entry["PRIORITY"])
                for entry in entries if "TWOFACTOR_METHOD" in entry}
        alice = str(pwd.getpwnam("alice").pw_uid)
        self.assertLessEqual({("user.renew_2fa_secret", "0", "success", "6"), ("user.verify_twofactor_token", "0", "wrong", "5"),
                              ("user.unset_2fa_secret", alice, "EPERM", "5"), ("user.unset_2fa_secret", "0", "success", "6")}, seen)
        self.assertIn("algorithm=SHA1, interval=60, otp_digits=6, type=TOTP", [entry["TWOFACTOR_REASON"] for entry in entries])

    # Errors, as documented ---------------------------------------------------------------------------------------

    def test_errors_of_json_rpc(self):
        connection = self.open()
        for text, id_, code, message in (("{no json", None, -32700, "Parse error"),
                                         ('{"id": 5}', 5, -32600, "Invalid Request"),
                                         ("[]", None, -32600, "Invalid Request"),
                                         ('{"jsonrpc": "1.0", "id": 5, "method": "core.ping"}', 5, -32600, "Invalid Request"),
                                         ('{"jsonrpc": "2.0", "id": 5, "method": ""}', 5, -32600, "Invalid Request"),
                                         ('{"jsonrpc": "2.0", "id": 5, "method": "core.ping", "params": {}}', 5, -32600,
                                          "Invalid Request"),
                                         (request("core.no_such", id_=5), 5, -32601, "Method does not exist")):
            connection.send(text)
            self.assertEqual(self.receive(connection), {"jsonrpc": "2.0", "id": id_, "error": {
                "code": code, "message": message, "data": None}})

    def test_invalid_params_name_every_fault_at_once(self):
        error = self.error(self.open(), "user.renew_2fa_secret", "alice", {"otp_digits": 9, "interval": 4, "other": 1})
        self.assertEqual((error["code"], error["message"]), (-32602, "Invalid params"))
        data = error["data"]
        self.assertEqual(sorted(data), ["errname", "error", "extra", "reason", "trace"])
        self.assertEqual((data["error"], data["errname"], data["trace"]), (22, "EINVAL", None))
        self.assertEqual(sorted(row[0] for row in data["extra"]),
                         ["twofactor_options.interval", "twofactor_options.other", "twofactor_options.otp_digits"])
        for attribute, text, number in data["extra"]:
            self.assertEqual(number, 22)
            self.assertIn(f"[EINVAL] {attribute}: {text}", data["reason"])
        for params in ((), ("alice",), ("alice", {}, 1), (1, {}), ("alice", [])):
            self.assertEqual(self.error(self.open(), "user.renew_2fa_secret", *params)["code"], -32602, params)

    def test_what_is_not_there_and_what_is_too_much_fail_as_with_truenas(self):
        error = self.error(self.open(), "user.get_instance", 999999)
        self.assertEqual(error["code"], -32602)
        self.assertEqual(error["data"]["extra"], [[None, "User 999999 does not exist", 2]])
        self.assertEqual(error["data"]["reason"], "[ENOENT] None: User 999999 does not exist")
        error = self.error(self.open(), "user.query", [["uid", "=", 999999]], {"get": True})
        self.assertEqual((error["code"], error["data"]["errname"]), (-32001, "EINVAL"))
        error = self.error(self.open(), "core.ping", 1)
        self.assertEqual(error["data"]["extra"], [["", "Too many arguments (expected 0, found 1)", 22]])

    def assert_refused(self, error, number, name):
        self.assertEqual((error["code"], error["message"]), (-32001, "Method call error"))
        data = error["data"]
        self.assertEqual(sorted(data), ["errname", "error", "extra", "reason", "trace"])
        self.assertEqual((data["error"], data["errname"], data["trace"], data["extra"]), (number, name, None, None))
        self.assertRegex(data["reason"], rf"^\[{name}\] .")

    def test_refusals_of_methods(self):
        self.assert_refused(self.error(self.open(), "user.renew_2fa_secret", "nobody-there", {}), 2, "ENOENT")
        alice = self.open(user="alice")
        self.assert_refused(self.error(alice, "user.renew_2fa_secret", "bob", {}), 1, "EPERM")
        self.assert_refused(self.error(alice, "user.unset_2fa_secret", "alice"), 1, "EPERM")
        self.assertIn("result", self.call(alice, "user.renew_2fa_secret", "alice", {}))
        self.assert_refused(self.error(self.open(user="alice"), "user.renew_2fa_secret", "alice", {}), 13, "EACCES")
        # The connection that received the secret may continue, up to the limit.
        for _ in range(5):
            self.assertIn("result", self.call(alice, "user.renew_2fa_secret", "alice", {}))
        error = self.error(alice, "user.renew_2fa_secret", "alice", {})
        self.assert_refused(error, 11, "EAGAIN")
        self.assertRegex(error["data"]["reason"], r"\d+ seconds")

    def test_too_many_calls_at_once(self):
        connection = self.open()
        for number in range(30):
            connection.send(request("user.get_instance", "alice", id_=number))
        answers = [self.receive(connection) for _ in range(30)]
        refused = [answer for answer in answers if "error" in answer]
        self.assertEqual(sorted(answer["id"] for answer in answers), list(range(30)))
        self.assertTrue(refused)
        for answer in refused:
            self.assertEqual(answer["error"], {"code": -32000, "message": "Too many concurrent calls", "data": None})
        self.assertEqual(self.call(connection, "core.ping")["result"], "pong")
