"""Takes the events of one hub into a file, each once, and does its work from there. Only Python's own library is used.

    python3 consumer.py http://localhost:8080/tmf-api/customerManagement/v5 --port 8090 --file events.db

An event is answered once it is in the file, so that it survives whatever happens next. One that comes again has the
same eventId, and is answered and forgotten. Work is done apart from taking in, from the file: what was not finished
when the program ended is taken up when it starts again. Where the file lost something (it was restored from a copy,
say), `--since` tells from when on the operator is to replay.
"""

import argparse
import base64
import contextlib
import datetime
import hashlib
import hmac
import http.client
import http.server
import json
import sqlite3
import sys
import threading
import time
import urllib.error
import urllib.request

TOLERANCE = 300  # seconds that a message may be old, or ahead of our clock
SCHEMA = """
CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, time TEXT NOT NULL, body TEXT NOT NULL, done TEXT);
CREATE TABLE IF NOT EXISTS subscription (hub TEXT PRIMARY KEY, id TEXT NOT NULL, secret TEXT NOT NULL);
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("api", help="base path of an API version")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--file", default="events.db")
    parser.add_argument("--query", default="", help="which events, such as eventType=CustomerCreateEvent")
    parser.add_argument(
        "--since", action="store_true", help="print from when on to replay what the file lacks, and end"
    )
    options = parser.parse_args()
    with opened(options.file) as file:
        file.executescript(SCHEMA)
    if options.since:
        print(replay_from(options.file))
        return
    server = http.server.ThreadingHTTPServer(("localhost", options.port), Listener)
    server.file, server.secret = options.file, None
    threading.Thread(target=work_forever, args=(options.file,), daemon=True).start()
    callback = f"http://localhost:{options.port}/events"
    while server.secret is None:
        try:
            server.secret = subscribed(options.file, f"{options.api}/hub", callback, options.query)
        except (OSError, http.client.HTTPException) as error:
            print(f"{options.api} can't be reached ({error}); trying again soon", file=sys.stderr, flush=True)
            time.sleep(2)
    server.serve_forever()


@contextlib.contextmanager
def opened(name):
    """Open the file for one transaction, which is on the disk when the block has ended."""
    with contextlib.closing(sqlite3.connect(name, timeout=30)) as file, file:
        file.execute("PRAGMA synchronous = FULL")
        yield file


class Listener(http.server.BaseHTTPRequestHandler):
    """What the callback address answers."""

    protocol_version = "HTTP/1.1"  # connections stay open
    timeout = 60

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if is_signed(self.server.secret, self.headers, body):
            take_in(self.server.file, body)
            self.answer(204)
        else:
            self.answer(401)

    def answer(self, status):
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_words):
        """Say nothing."""


def is_signed(secret, headers, body):
    """Tell whether a message was made by who knows the secret, lately (Standard Webhooks)."""
    identifier, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not stamp.isdecimal() or abs(time.time() - int(stamp)) > TOLERANCE:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = hmac.digest(key, f"{identifier}.{stamp}.".encode() + body, hashlib.sha256)
    expected = "v1," + base64.b64encode(signature).decode()
    # While the secret is being changed there are two signatures.
    given = headers.get("webhook-signature", "").encode().split()
    return any(hmac.compare_digest(expected.encode(), one) for one in given)


def take_in(name, body):
    """Keep an event, unless it is there already; on the disk before this returns."""
    event = json.loads(body)
    with opened(name) as file:
        row = (event["eventId"], event["eventTime"], body.decode())
        file.execute("INSERT OR IGNORE INTO event (id, time, body) VALUES (?, ?, ?)", row)


def work_forever(name):
    """Do the work of each event, oldest first; one that fails is tried again."""
    while True:
        with opened(name) as file:
            waiting = file.execute(
                "SELECT id, body FROM event WHERE done IS NULL ORDER BY time, id LIMIT 100"
            ).fetchall()
        for identifier, body in waiting:
            work(json.loads(body))
            with opened(name) as file:
                file.execute("UPDATE event SET done = datetime('now') WHERE id = ?", (identifier,))
        if not waiting:
            time.sleep(0.1)


def work(event):
    """Do what an event asks for. It may be done twice, if the program ends right here: let that make no difference."""
    print(event["eventType"], event["eventId"], flush=True)


def replay_from(name):
    """Return an instant before everything that a file restored from a copy may lack.

    Events of different resources may overtake one another, so it is an hour before the newest one: what comes twice
    does no harm.
    """
    with opened(name) as file:
        (newest,) = file.execute("SELECT max(time) FROM event").fetchone()
    if newest is None:
        return "2000-01-01T00:00:00Z"
    return (datetime.datetime.fromisoformat(newest) - datetime.timedelta(hours=1)).isoformat()


def subscribed(name, hub, callback, query):
    """Return the secret of our subscription, which is made at the first start: the secret is told only then."""
    with opened(name) as file:
        known = file.execute("SELECT id, secret FROM subscription WHERE hub = ?", (hub,)).fetchone()
        if known and call("GET", f"{hub}/{known[0]}")[0] == 200:
            return known[1]
        for other in wanted("GET", hub, 200)[1]:
            if other["callback"] == callback:  # made by us once, but its secret is lost
                call("DELETE", f"{hub}/{other['id']}")
        headers, made = wanted("POST", hub, 201, {"@type": "Hub", "callback": callback, "query": query})
        secret = headers["Webhook-Secret"]
        file.execute("INSERT OR REPLACE INTO subscription VALUES (?, ?, ?)", (hub, made["id"], secret))
        return secret


def wanted(method, address, status, body=None):
    """Return headers and body of a reply with a status; one that is out of order for now is an OSError."""
    said, headers, reply = call(method, address, body)
    if said >= 500:
        raise OSError(f"it answers {said}")
    if said != status:
        raise SystemExit(f"{address} answers {said}: {reply}")
    return headers, reply


def call(method, address, body=None):
    """Return status, headers and body of a reply."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.status, reply.headers, json.loads(reply.read() or "null")
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


if __name__ == "__main__":
    main()
