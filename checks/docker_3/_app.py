"""docker-3: the three images are built, run together, and built again."""

from __future__ import annotations

from pytest_dockerlab.deployment.builds.images import AppImage, Images
from pytest_dockerlab.engine.images.image_size import measure_image, size_text
from pytest_dockerlab.homework import Need

_BUILT = ["docker-3/build", Need.ENGINE]


_RUNS = ["docker-3/app", Need.ENGINE, Need.COMPOSE]


def _size(images: Images, image: AppImage) -> str:
    return size_text(measure_image(images.host, image.id).total)
