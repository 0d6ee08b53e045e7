"""The stand-ins of a skeleton as an ordinary compose project: our own ways of starting them are measured against it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from pytest_dockerlab import tools
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.owned.labels import Labels
from pytest_dockerlab.engine.owned.networks import free_subnets, subnet_range
from pytest_dockerlab.plans.skeletons.plan import SkeletonPlan, StandIn


class BareCompose:
    """A compose project in ``folder``, which is started and taken down by the compose ``command``."""

    def __init__(
        self,
        command: list[str],
        folder: Path,
        host: DockerHost,
        plan: SkeletonPlan,
        image: str,
        script: Callable[[StandIn], str],
        others: Mapping[str, Mapping[str, Any]],
    ) -> None:
        """``script`` says what a stand-in runs, ``others`` what is different for single services."""
        labels = Labels.of_run()
        configs = [config for each in host.client.api.networks() for config in each["IPAM"]["Config"] or ()]
        taken = [IPv4Network(config["Subnet"]) for config in configs if ":" not in config["Subnet"]]
        subnets = zip(plan.networks, free_subnets(subnet_range(), taken, 7), strict=False)
        services = {
            each.service: {
                "image": image,
                "labels": labels.make("container", "benchmark"),
                # compose would fill variables in
                "entrypoint": ["sh", "-c", script(each).replace("$", "$$") + "exec sleep 600"],
                "networks": {network: {"aliases": list(names[1:])} for network, names in each.networks.items()},
                **others.get(each.service, {}),
            }
            for each in plan.stand_ins
        }
        networks = {
            network.name: {
                "labels": labels.make("network", "benchmark"),
                "ipam": {"config": [{"subnet": str(subnet)}]},
            }
            for network, subnet in subnets
        }
        file = folder / "compose.json"
        file.write_text(json.dumps({"services": services, "networks": networks}))
        self._argv = [*command, "--file", str(file), "--project-name", f"dockerlab-benchmark-{labels.run_id[:8]}"]
        self._env = {"DOCKER_HOST": host.endpoint.url}

    def up(self) -> None:
        """Start it."""
        tools.run([*self._argv, "up", "--detach"], env=self._env, timeout=120, check=True)

    def port(self, service: str, port: int) -> str:
        """Where a published port answers: ``address:port``."""
        return tools.run(
            [*self._argv, "port", service, str(port)], env=self._env, timeout=60, check=True
        ).stdout.strip()

    def down(self) -> None:
        """Take it down, and do not wait for a polite end."""
        tools.run([*self._argv, "down", "--volumes", "--timeout", "0"], env=self._env, timeout=120)
