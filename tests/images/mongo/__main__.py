"""A stand-in for MongoDB's mongod: NX-27017 behind the few options and settings that the example uses.

It is no MongoDB. It answers the wire protocol from SQLite files under the data directory, well enough for the drivers
in Debian 12 (pymongo 3.11, ruby-mongo 2.5.1). Where NX-27017 differs from mongod 7.0 in what a driver sees first, it
is brought back to it below, in both directions: what mongod accepts is accepted, what mongod refuses is refused.
Where it still differs (seen with 0.8.1): $push of a document stores it as a JSON string, and a filter on an ObjectId in
any field but _id finds nothing.
"""

import argparse
import logging
import signal
import sys
from pathlib import Path

import yaml
from nx_27017 import handler as nx_handler
from nx_27017.server import run_server_threaded

VERSION = "7.0.0"

# A mongod tells every client that its oldest version is 0; NX-27017 says 17, and drivers of 2020 then refuse it.
nx_handler.MIN_WIRE_VERSION, nx_handler.MAX_WIRE_VERSION = 0, 21

HANDSHAKE = {"hello", "isMaster", "ismaster"}


class Handler(nx_handler.NeoSQLiteHandler):
    def handle_query(self, msg):
        """Refuse OP_QUERY except for the handshake, as mongod does since 6.0; NX-27017 would serve it."""
        command = next(iter(msg["query"]), "")
        if command in HANDSHAKE:
            return super().handle_query(msg)
        return msg["request_id"], [{"ok": 0.0, "code": 352, "errmsg": f"Unsupported OP_QUERY command: {command}"}]

    def handle_command(self, msg):
        """Answer buildInfo with a version, which NX-27017 leaves out and drivers index blindly."""
        for kind, body in msg["sections"]:
            if kind == "body" and next(iter(body), "").lower() == "buildinfo":
                numbers = [*map(int, VERSION.split(".")), 0]
                return msg["request_id"], {"version": VERSION, "versionArray": numbers, "ok": 1.0}
        return super().handle_command(msg)


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
    store = Handler(":memory:", journal_mode="WAL", data_dir=str(args.dbpath))
    sys.stderr.write(f"mongod (stand-in, NX-27017): {args.bind_ip}:{args.port}, data in {args.dbpath}\n")
    run_server_threaded(args.bind_ip, args.port, store, use_threading=False)


if __name__ == "__main__":
    main()
