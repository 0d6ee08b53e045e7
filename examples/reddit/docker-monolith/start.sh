#!/bin/sh
# Two programs in one container, which is what the next homework does away with.
set -eu

mongod --config /etc/mongod.conf &

set -a
# shellcheck source=db_config
. /reddit/db_config
set +a
exec waitress-serve --port=9292 reddit:app
