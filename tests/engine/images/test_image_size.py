"""The size of an image, from what ``docker save`` streams: both its formats, and what is neither."""

from __future__ import annotations

import gzip
import io
import json
import tarfile

import pytest

from pytest_dockerlab.engine.images.image_size import (
    ImageError,
    ImageSize,
    Layer,
    _from_history,
    _instruction,
    _with_instructions,
    layer_size,
    read_archive,
    shared_layers,
)
from pytest_dockerlab.engine.images.lab_builds import BuildStep, parse_steps


def tar(*entries):
    """A tar of (name, content), (name, None) for a folder, (name, "-> target") and (name, "== target") for links."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in entries:
            entry = tarfile.TarInfo(name)
            if content is None:
                entry.type = tarfile.DIRTYPE
            elif isinstance(content, str):
                entry.type = tarfile.SYMTYPE if content.startswith("->") else tarfile.LNKTYPE
                entry.linkname = content[3:]
            else:
                entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content) if isinstance(content, bytes) else None)
    return buffer.getvalue()


ONE = tar(("etc", None), ("etc/a", b"x" * 1000), ("etc/b", "-> a"), ("etc/c", "== etc/a"))  # 1001
TWO = tar(("big", b"y" * 5000), ("etc/.wh.a", b""))  # 5000


def chunks(content, size=700):
    return (content[start : start + size] for start in range(0, len(content), size))


def test_a_layer_is_the_bytes_of_its_files():
    assert layer_size(io.BytesIO(ONE)) == 1001
    assert layer_size(io.BytesIO(TWO)) == 5000
    assert layer_size(io.BytesIO(gzip.compress(TWO))) == 5000
    assert layer_size(io.BytesIO(tar())) == 0


def old_format():
    manifest = [{"Config": "c.json", "Layers": ["1/layer.tar", "2/layer.tar", "3/layer.tar"]}]
    return tar(
        ("1", None),
        ("1/VERSION", b"1.0"),
        ("1/json", b"{}"),
        ("1/layer.tar", ONE),
        ("2/layer.tar", TWO),
        ("3/layer.tar", "-> ../1/layer.tar"),
        ("c.json", b"{}"),
        ("manifest.json", json.dumps(manifest).encode()),
    )


def oci_layout():
    manifest = [{"Config": "blobs/sha256/c", "Layers": ["blobs/sha256/1", "blobs/sha256/2", "blobs/sha256/1"]}]
    return tar(
        ("blobs/sha256/c", b"{}"),
        ("blobs/sha256/1", gzip.compress(ONE)),
        ("blobs/sha256/2", gzip.compress(TWO)),
        ("index.json", b"{}"),
        ("manifest.json", json.dumps(manifest).encode()),
        ("oci-layout", b"{}"),
    )


@pytest.mark.parametrize("archive", [old_format(), oci_layout()], ids=["old", "oci"])
@pytest.mark.parametrize("size", [100, 700, 10**6])
def test_both_formats_give_the_same(archive, size):
    assert read_archive(chunks(archive, size)) == [1001, 5000, 1001]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no tar at all" * 100,
        old_format()[:3000],
        tar(("manifest.json", b"[]")),
        tar(("manifest.json", b"{")),
        tar(("manifest.json", b'[{"Layers": ["gone"]}]')),
        tar(("manifest.json", b'[{"Layers": ["a"]}]'), ("a", "-> b"), ("b", "-> a")),
        tar(("1/layer.tar", b"\x1f\x8bbroken"), ("manifest.json", b'[{"Layers": ["1/layer.tar"]}]')),
    ],
)
def test_what_is_no_archive(content):
    with pytest.raises(ImageError):
        read_archive(chunks(content))


def test_layers_get_their_instruction():
    history = [("FROM scratch", 1001), ("ENV a=b", 0), ("RUN x", 0), ("COPY y", 5000)]
    assert [(layer.digest, layer.instruction) for layer in _from_history(history, ["a", "b"])] == [
        ("a", "FROM scratch"),
        ("b", "COPY y"),
    ]
    # RUN made a layer without a file: which one it is cannot be told by sizes alone
    assert [layer.digest for layer in _from_history(history, ["a", "b", "c"])] == [None, None]
    assert [layer.instruction for layer in _with_instructions([1001, 0, 5000], ["a", "b", "c"], history)] == [
        "FROM scratch",
        "COPY y",
    ]
    with pytest.raises(ImageError):
        _with_instructions([1], ["a", "b"], history)


@pytest.mark.parametrize(
    ("made_by", "instruction"),
    [
        ('/bin/sh -c #(nop)  CMD ["x"]', 'CMD ["x"]'),
        ("/bin/sh -c apt-get update", "RUN apt-get update"),
        ("RUN /bin/sh -c apt-get update # buildkit", "RUN apt-get update"),
        ("|1 A=b c /bin/sh -c make", "RUN make"),
        ("RUN |1 A=b /bin/sh -c make # buildkit", "RUN make"),
        ("COPY a b # buildkit", "COPY a b"),
    ],
)
def test_instructions_read_as_in_a_dockerfile(made_by, instruction):
    assert _instruction({"CreatedBy": made_by}) == instruction


def test_shared_layers_end_at_the_first_difference():
    def image(*layers):
        return {"RootFS": {"Layers": list(layers)}}

    assert shared_layers(image("a", "b", "c"), image("a", "b", "d", "c")) == ("a", "b")
    assert shared_layers(image("a"), image("b")) == ()
    assert shared_layers({}, image("b")) == ()


def test_the_largest_layers():
    size = ImageSize("x", "id", (Layer("a", 1, "A"), Layer("b", 3, "B"), Layer("c", 2, "C")), "history")
    assert size.total == 6
    assert [layer.instruction for layer in size.largest(2)] == ["B", "C"]


def test_steps_of_the_classic_builder():
    said = "Step 1/3 : FROM x\n ---> 1\nStep 2/3 : RUN a\n ---> Using cache\n ---> 2\nStep 3/3 : COPY b c\n ---> 3\n"
    assert parse_steps(said) == [BuildStep("FROM x", False), BuildStep("RUN a", True), BuildStep("COPY b c", False)]
