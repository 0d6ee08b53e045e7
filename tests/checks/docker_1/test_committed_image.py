"""docker-1/committed-image."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, replace, sample_tests

from ._homework import BASE, LOG, OWN

test_samples = sample_tests(
    "docker-1/committed-image",
    BASE,
    [
        Sample("passes", "the name of the exercise"),
        Sample(
            "unusual",
            "a name without a user",
            [replace(LOG, "student/ubuntu-tmp-file", "ubuntu-tmp-file        ")],
        ),
        Sample(
            "unusual",
            "a name of one's own, committed hours ago",
            [
                replace(
                    LOG,
                    "student/ubuntu-tmp-file   latest    8f1c2a44d0b7   36 seconds ago",
                    "student/mine 1 8f1c2a44d0b7 3 hours ago",
                )
            ],
        ),
        Sample(
            "unusual",
            "under the name of what it was made of",
            [replace(LOG, "student/ubuntu-tmp-file   latest", "ubuntu   changed")],
        ),
        Sample(
            "fails",
            "only what was pulled",
            [replace(LOG, OWN, "")],
            file=LOG,
            line="ubuntu",
            says="hello-world:latest",
        ),
        Sample(
            "fails",
            "somebody's image that was pulled",
            [replace(LOG, OWN, "gitlab/gitlab-runner   latest    8f1c2a44d0b7   6 months ago   422MB\n")],
            file=LOG,
            line="gitlab-runner",
            says="gitlab/gitlab-runner:latest",
        ),
        Sample(
            "fails",
            "a second name of a stock image",
            [
                replace(
                    LOG,
                    "student/ubuntu-tmp-file   latest    8f1c2a44d0b7   36 seconds ago",
                    "student/ubuntu-tmp-file   latest    4a7c90e15d2f   4 weeks ago",
                )
            ],
            file=LOG,
            line="student/ubuntu-tmp-file",
            says="another name for it",
        ),
    ],
)
