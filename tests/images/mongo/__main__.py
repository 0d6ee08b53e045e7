"""A stand-in for MongoDB's mongod: NX-27017 behind the few options and settings that the example uses.

It is no MongoDB. It answers the wire protocol from SQLite files under the data directory, well enough for the drivers
in Debian 12 (pymongo 3.11, ruby-mongo 2.5.1) and, as 5.0, for its exporter of MongoDB, which is of 2018. Where NX-27017
differs from mongod in what these see first, it is brought back to it below, in both directions: what mongod accepts is
accepted, what mongod refuses is refused.
Where it still differs (seen with 0.8.1): $push of a document stores it as a JSON string, and a filter on an ObjectId in
any field but _id finds nothing.
"""

import argparse
import logging
import os
import resource
import secrets
import signal
import socket
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import yaml
from nx_27017 import handler as nx_handler
from nx_27017.server import run_server_threaded

VERSION = os.environ.get("MONGO_VERSION", "7.0.0")
"""The official images set it too."""
NUMBERS = [*map(int, VERSION.split(".")), 0]
SERVES_OP_QUERY = NUMBERS < [5, 1]

# A mongod tells every client that its oldest version is 0; NX-27017 says 17, and drivers of 2020 then refuse it.
nx_handler.MIN_WIRE_VERSION, nx_handler.MAX_WIRE_VERSION = 0, 13 if SERVES_OP_QUERY else 21

HANDSHAKE = {"hello", "isMaster", "ismaster"}
COUNTED_AS = {"insert": "insert", "find": "query", "update": "update", "delete": "delete", "getMore": "getmore"}
BATCHES = ("documents", "updates", "deletes")


class Handler(nx_handler.NeoSQLiteHandler):
    """The commands that mongod answers otherwise, and the counters of all of them."""

    operations: Counter[str]
    connected = 0

    def __init__(self, data_dir: str) -> None:
        super().__init__(":memory:", journal_mode="WAL", data_dir=data_dir)
        self.operations = Counter()

    def increment_connections(self):
        self.connected += 1
        super().increment_connections()

    def handle_query(self, msg):
        """An OP_QUERY, which mongod knows only as a handshake since 5.1: NX-27017 forgets the database's name."""
        query = msg["query"].get("$query", msg["query"])
        command = next(iter(query), "")
        if not (SERVES_OP_QUERY or command in HANDSHAKE):
            return msg["request_id"], [{"ok": 0.0, "code": 352, "errmsg": f"Unsupported OP_QUERY command: {command}"}]
        if msg["collection"] != "$cmd":
            return super().handle_query(msg)
        body = {**query, "$db": msg["db"]}
        request_id, reply = self.handle_command({**msg, "sections": [("body", body)]})
        return request_id, [reply]

    def handle_insert(self, msg):
        self._count(msg["sections"])
        return super().handle_insert(msg)

    def handle_command(self, msg):
        body = dict(msg["sections"])["body"]
        self._count(msg["sections"])
        match next(iter(body), ""):
            case "buildInfo" | "buildinfo":  # NX-27017 leaves out the version, and drivers index it blindly
                return msg["request_id"], {"version": VERSION, "versionArray": NUMBERS, "ok": 1.0}
            case "isMaster" | "ismaster":  # and here what the command is called for
                request_id, reply = super().handle_command(msg)
                return request_id, {"ismaster": True, **reply}
            case "serverStatus":
                return msg["request_id"], self._server_status()
            case "getnonce":  # drivers of then ask for one before anything else, and use it only to log in
                return msg["request_id"], {"nonce": secrets.token_hex(8), "ok": 1.0}
            case "replSetGetStatus":
                return msg["request_id"], {"ok": 0.0, "code": 76, "errmsg": "not running with --replSet"}
            case _:
                return super().handle_command(msg)

    def _count(self, sections):
        """As mongod does: a document, or a change of documents, is an operation, and whatever is none is a command."""
        command = next(iter(dict(sections).get("body", ())), "")
        given = [part[name] for _, part in sections if isinstance(part, dict) for name in BATCHES if name in part]
        self.operations[COUNTED_AS.get(command, "command")] += sum(map(len, given)) or 1

    def _server_status(self):
        """What is known of this server; of NX-27017's answer, the zeros that nobody counted are left out."""
        running = time.time() - self.start_time
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        now = self._active_connections
        return {
            "host": socket.gethostname(),
            "version": VERSION,
            "process": "mongod",
            "pid": os.getpid(),
            "uptime": running,
            "uptimeMillis": int(running * 1000),
            "uptimeEstimate": int(running),
            "localTime": datetime.now(UTC),
            "connections": {"current": now, "available": limit - now, "totalCreated": self.connected},
            "opcounters": {name: self.operations[name] for name in (*COUNTED_AS.values(), "command")},
            "ok": 1.0,
        }


def options() -> argparse.Namespace:
    """The command line over the configuration file over mongod's own defaults."""
    # abbreviations are off, unknown options refused: an option that is silently ignored would be a lie
    parser = argparse.ArgumentParser(prog="mongod", description=__doc__, allow_abbrev=False)
    parser.add_argument("--config", "-f", type=Path)
    parser.add_argument("--dbpath", type=Path)
    parser.add_argument("--bind_ip")
    parser.add_argument("--bind_ip_all", action="store_true")
    parser.add_argument("--port", type=int)
    parser.add_argument("--version", action="version", version=f"stand-in for db version v{VERSION} (NX-27017)")
    args = parser.parse_args()

    config = yaml.safe_load(args.config.read_text()) if args.config else {}
    net, storage, log = (config.get(section, {}) for section in ("net", "storage", "systemLog"))
    args.dbpath = args.dbpath or Path(storage.get("dbPath", "/data/db"))
    args.bind_ip = "0.0.0.0" if args.bind_ip_all else args.bind_ip or net.get("bindIp", "127.0.0.1")
    args.port = args.port or net.get("port", 27017)
    args.log_path = log.get("path")
    return args


def main() -> None:
    args = options()
    logging.basicConfig(
        filename=args.log_path, level=logging.ERROR, format="%(asctime)s %(name)s %(levelname)s %(message)s"
    )
    if not args.dbpath.is_dir():
        sys.exit(f"mongod (stand-in): data directory {args.dbpath} not found")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # as pid 1 it would ignore the signal otherwise
    store = Handler(str(args.dbpath))
    sys.stderr.write(f"mongod (stand-in, NX-27017): {args.bind_ip}:{args.port}, data in {args.dbpath}\n")
    run_server_threaded(args.bind_ip, args.port, store, use_threading=False)


if __name__ == "__main__":
    main()
