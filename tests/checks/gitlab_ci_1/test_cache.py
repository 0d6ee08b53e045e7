"""gitlab-ci-1/cache."""

from __future__ import annotations

from pytest_dockerlab.testing import Edit, Sample, remove, sample_tests, write

from ._homework import BASE, CONFIGURATION
from ._runner_samples import FLAT, GROUP, NESTED, TEXT, edit, in_readme, of_version

_EMPTY = """\
  [runners.cache]
    MaxUploadedArchiveSize = 0
    [runners.cache.s3]
    [runners.cache.gcs]
    [runners.cache.azure]
"""
_GCS = """\
  [runners.cache]
    Type = "gcs"
    [runners.cache.gcs]
      BucketName = "runner-cache"
      CredentialsFile = "/etc/gitlab-runner/gcs.json"
"""


def _fails(title: str, edits: Edit | list[Edit], says: str, line: str) -> Sample:
    return Sample(
        "fails", title, edits if isinstance(edits, list) else [edits], says=says, file=CONFIGURATION, line=line
    )


test_samples = sample_tests(
    "gitlab-ci-1/cache",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample("unusual", "flat, for a runner that reads that", [of_version("v11.2.0"), edit(NESTED, FLAT)]),
        Sample("unusual", "both forms, for whatever runner", [
            edit(NESTED, FLAT + NESTED.partition("Shared = true\n")[2]), of_version("v10.5.0"),
        ]),
        Sample("unusual", "another bucket of Google's", [edit(NESTED, _GCS)]),
        Sample("unusual", "Amazon's own, with the machine's role", [
            edit('      ServerAddress = "10.132.0.2:9005"\n      AccessKey = "$CACHE_ACCESS_KEY"\n'
                 '      SecretKey = "$CACHE_SECRET_KEY"\n', ""),
            edit("      Insecure = true\n", ""),
        ]),
        Sample("unusual", "flat, for the runner that is defined beside it", [
            remove(CONFIGURATION), write("gitlab-ci/old/config.toml", TEXT.replace(NESTED, FLAT)),
            write("gitlab-ci/old/compose.yml", "services:\n  runner:\n    image: gitlab/gitlab-runner:v11.2.0\n"),
        ]),
        Sample("unusual", "a server with TLS", [
            edit("10.132.0.2:9005", "cache.somebody.ru"), edit("      Insecure = true\n", ""),
        ]),
        Sample("unusual", "an address that a template fills in", [edit("10.132.0.2:9005", "{{ cache_address }}:9005")]),
        Sample("unusual", "what registering writes", [edit(NESTED, _EMPTY)], verdict="not attempted"),
        Sample("unusual", "no cache", [write(CONFIGURATION, GROUP)], verdict="not attempted"),
        Sample("unusual", "no configuration", [remove(CONFIGURATION)], verdict="not attempted"),
        _fails("flat, for a runner that does not read that", edit(NESTED, FLAT), "lost from 12.0", "ServerAddress"),
        Sample("fails", "flat, in a README and for whatever runner", [
            of_version("latest"), remove(CONFIGURATION), in_readme(TEXT.replace(NESTED, FLAT)),
        ], says="lost from 12.0", file="README.md", line="ServerAddress"),
        Sample("fails", "nested, for a runner that does not know that, told elsewhere", [of_version("v10.5.0")],
               says="no runner looks at a section", verdict="unverified"),
        Sample("fails", "of a section that is misspelt, which another item tells",
               [edit("[runners.cache]", "[runner.cache]"), edit("[runners.cache.s3]", "[runner.cache.s3]")],
               says="no runner looks at a section", verdict="unverified"),
        _fails("no Type", edit('    Type = "s3"\n', ""), "no Type", "[runners.cache]"),
        _fails("a Type that is none", edit('Type = "s3"', 'Type = "S3"'), "write s3", "Type"),
        _fails("a Type that is not there yet", [of_version("v11.0.0"), edit(NESTED, _GCS)], "new in 11.3", "Type"),
        _fails("nothing but a Type", edit(NESTED, '  [runners.cache]\n    Type = "s3"\n'), "no [runners.cache.s3]",
               "[runners.cache]"),
        _fails("no bucket", edit('      BucketName = "runner"\n', ""), "no BucketName", "[runners.cache.s3]"),
        _fails("half a key", edit('      SecretKey = "$CACHE_SECRET_KEY"\n', ""), "no SecretKey", "AccessKey"),
        _fails("a scheme", edit("10.132.0.2:9005", "http://10.132.0.2:9005/"), "write 10.132.0.2:9005", "Server"),
        _fails("TLS asked of a server without", edit("      Insecure = true\n", ""), "Insecure = true", "Server"),
        _fails("a server on the machine itself", edit("10.132.0.2:9005", "localhost:9005"), "other machines",
               "ServerAddress"),
        Sample("fails", "a section in another one, which another item tells",
               [edit("[runners.cache.s3]", "[runners.s3]")], says="no runner looks at", verdict="unverified"),
        Sample("fails", "text where true belongs, which another item tells",
               [edit("Insecure = true", 'Insecure = "true"')], says="does not read it", verdict="unverified"),
        Sample("fails", "no TOML, which another item tells", [edit('name = "auto', 'name = auto"')],
               says="cannot be read", verdict="unverified"),
    ],
)  # fmt: skip
