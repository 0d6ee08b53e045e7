"""The homework that samples of docker-2 start from, done in the plainest way."""

from __future__ import annotations

README = "README.md"
DOCKERFILE = "docker-monolith/Dockerfile"

BASE = {
    "README.md": """\
# Homework

## docker-2

`docker run --rm -ti htop` shows one process, that of the container alone: it has a pid namespace of its own.
`docker run --rm --pid host -ti htop` shows all processes of the docker host.
""",
    "docker-monolith/Dockerfile": """\
FROM ubuntu:16.04
RUN apt-get update && apt-get install -y mongodb-server ruby-full
COPY mongod.conf /etc/mongod.conf
COPY db_config /reddit/db_config
COPY start.sh /start.sh
RUN chmod 0777 /start.sh
CMD ["/start.sh"]
""",
    "docker-monolith/mongod.conf": "net:\n  bindIp: 127.0.0.1\n",
    "docker-monolith/db_config": "DATABASE_URL=127.0.0.1\n",
    "docker-monolith/start.sh": "#!/bin/bash\nmongod --fork --config /etc/mongod.conf\nexec puma\n",
}
