"""One login at Cockpit by its form, in the machine: python3 cockpit_login.py USER PASSWORD CODE; prints the questions, and LOGGED-IN or REFUSED."""

import base64
import sys
import urllib.error
import urllib.request


def ask(authorization):
    """The answer's status and what it asks for (RFC 7235)."""
    request = urllib.request.Request("http://127.0.0.1:9090/cockpit/login", headers={"Authorization": authorization})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("WWW-Authenticate", "")


def encoded(text):
    return base64.b64encode(text.encode()).decode()


user, password, code = sys.argv[1:]
status, wanted = ask("Basic " + encoded(f"{user}:{password}"))
for _ in range(3):
    words = wanted.split()
    if status != 401 or not words or words[0] != "X-Conversation":
        break
    print(base64.b64decode(words[2]).decode().strip())
    status, wanted = ask(f"X-Conversation {words[1]} {encoded(code)}")
print("LOGGED-IN" if status == 200 else "REFUSED")
