#!/usr/bin/env bash
# Builds the images that the tests and the example need where no registry answers.
#
#   tests/images/build.sh [NAME…]      (all of them without arguments)
#   tests/images/build.sh wait         until another call has made what it makes
#   tests/images/build.sh remove       takes away those that were made here
#
#   debian       debian:bookworm-slim, by mmdebstrap from Debian's packages
#   mongo        mongo:7.0, a stand-in: a server of MongoDB's wire protocol from PyPI (mongo/__main__.py)
#   mongo5       mongo:5.0, the same as it was then: it answers OP_QUERY too, which Debian's MongoDB exporter speaks
#   prometheus   prom/prometheus:v2.42.0, the real program from Debian's package (prometheus/Dockerfile)
#   node         prom/node-exporter:v1.5.0, likewise
#   blackbox     prom/blackbox-exporter:v0.23.0, likewise
#
# An image that the engine has and that is not ours stays as it is: a pulled one is never replaced. Ours carry the label
# org.pytest-dockerlab.test-image=1 (and so does what is built FROM them) and are rebuilt when what they are made of
# has changed.
#
# Wants: Debian or Ubuntu with mmdebstrap (on Ubuntu also debian-archive-keyring), docker, and a Python with pip and
# PyPI (set PYTHON). Where Debian's packages come from is asked of this machine's apt.
#
#   DOCKERLAB_TEST_CACHE   where tarballs are kept  (default: ${XDG_CACHE_HOME:-~/.cache}/pytest-dockerlab)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${DOCKERLAB_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pytest-dockerlab}
python=${PYTHON:-python3}
label=org.pytest-dockerlab.test-image
declare -A image_of=(
    [debian]=debian:bookworm-slim
    [mongo]=mongo:7.0
    [mongo5]=mongo:5.0
    [prometheus]=prom/prometheus:v2.42.0
    [node]=prom/node-exporter:v1.5.0
    [blackbox]=prom/blackbox-exporter:v0.23.0
)

say() { printf '%s\n' "$*" >&2; }
die() { say "build.sh: $*"; exit 1; }
need() { command -v "$1" >/dev/null || die "$1 is needed${2:+ ($2)}"; }
digest() { sha256sum | cut -c1-16; }

# label_of IMAGE LABEL: its value; nothing when the image has no such label (some engines then leave out the whole map)
label_of() {
    docker image inspect --format "{{with .Config.Labels}}{{index . \"$2\"}}{{end}}" "$1" 2>/dev/null || true
}

# up_to_date IMAGE INPUTS: true when there is nothing to build
up_to_date() {
    docker image inspect "$1" >/dev/null 2>&1 || return 1
    if [[ $(label_of "$1" "$label") != 1 ]]; then
        say "$1: the engine has one that is not a test image; left alone"
    elif [[ $(label_of "$1" "$label.inputs") == "$2" ]]; then
        say "$1: up to date"
    else
        return 1
    fi
}

# This machine's sources of Debian bookworm; empty (mmdebstrap then takes its own default) if it is no such machine.
debian_sources() {
    command -v apt-get >/dev/null || return 0
    # $(…) are apt's own placeholders
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(ORIGIN) deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' \
        | sed -n 's/^Debian \(deb [^ ]* bookworm[^ ]* .*\)/\1/p' | sort -u
}

# How this machine's apt reaches them, so that RUN apt-get reaches them too.
apt_settings() {
    command -v apt-config >/dev/null || return 0
    apt-config dump | grep -E '^Acquire::(https?::Proxy(::[^ ]*)?|Check-Valid-Until|Check-Date) ' || true
}

build_debian() {
    local image=${image_of[debian]} arch sources settings inputs tarball
    arch=$(docker version --format '{{.Server.Arch}}')
    sources=$(debian_sources)
    settings=$(apt_settings)
    inputs=$(printf '%s\n' "$arch" "$sources" "$settings" "$(declare -f build_debian)" | digest)
    if up_to_date "$image" "$inputs"; then return; fi

    tarball=$cache/debian-bookworm-slim-$arch-$inputs.tar
    if [[ ! -f $tarball ]]; then
        need mmdebstrap 'apt-get install mmdebstrap'
        say "$image: making it with mmdebstrap"
        # As in the official image, apt keeps no packages and no caches of its lists in the layers.
        printf '%s\n' "$settings" 'APT::Keep-Downloaded-Packages "false";' \
            'Dir::Cache::pkgcache "";' 'Dir::Cache::srcpkgcache "";' >"$work/apt-settings"
        # As in the official slim image: no documentation, no translations, but the copyright files.
        # Under a temporary name at first, so that an interrupted run leaves nothing that looks finished.
        # The hook merges /usr by itself; the package usrmerge would bring all of Perl (50 MB) to do it.
        # $1 is the new system's root, for the hook to expand.
        # shellcheck disable=SC2016
        mmdebstrap --quiet --variant=minbase --architectures="$arch" --include=ca-certificates --format=tar \
            --hook-directory=/usr/share/mmdebstrap/hooks/merged-usr \
            --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
            --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*' \
            --dpkgopt='path-exclude=/usr/share/locale/*' \
            --customize-hook="upload '$work/apt-settings' /etc/apt/apt.conf.d/90test-image" \
            --customize-hook='rm -f "$1"/var/cache/apt/*.bin' \
            bookworm "$tarball.partial" ${sources:+-} <<<"$sources" >"$work/log" 2>&1 \
            || { cat "$work/log" >&2; die "mmdebstrap failed"; }
        mv "$tarball.partial" "$tarball"
    fi
    docker import --change "LABEL $label=1 $label.inputs=$inputs" --change 'CMD ["bash"]' "$tarball" "$image" >/dev/null
    say "$image: built"
}

build_mongo() { build_mongod mongo 7.0.0; }
build_mongo5() { build_mongod mongo5 5.0.0; }

# build_mongod NAME VERSION
build_mongod() {
    local image=${image_of[$1]} base inputs program context
    build_debian
    base=$(docker image inspect --format '{{.Id}}' "${image_of[debian]}")
    inputs=$(cat "$here"/mongo/{Dockerfile,__main__.py,requirements.txt} <(echo "$base" "$2"; declare -f build_mongod) | digest)
    if up_to_date "$image" "$inputs"; then return; fi

    context=$work/$1
    mkdir "$context"
    program=$cache/mongod-$(cat "$here"/mongo/{__main__.py,requirements.txt} <(declare -f build_mongod) | digest)
    if [[ ! -f $program ]]; then
        say "$image: fetching NX-27017"
        # One file, because the monolith takes /usr/bin/mongod out of this image just as it does out of the official
        # one. Fetched here, not in the build: pip's settings of this machine then apply, and none gets into an image.
        "$python" -m pip --quiet install --target "$context/app" --no-compile --only-binary=:all: --no-deps \
            --python-version 3.11 --implementation cp --requirement "$here/mongo/requirements.txt"
        # not loadable from a zip file, and only for this machine's architecture
        find "$context/app" -name '*.so' -delete
        cp "$here/mongo/__main__.py" "$context/app/"
        # From a zip file nothing that is compiled can be kept, and each start would compile all of it: most of what it
        # takes. Where this Python is not of the image's version, that is what happens.
        "$python" -m compileall -q -b --invalidation-mode unchecked-hash "$context/app"
        "$python" -m zipapp "$context/app" --python /usr/bin/python3 --compress --output "$program.partial"
        mv "$program.partial" "$program"
    fi
    rm -rf "$context/app"
    cp "$here/mongo/Dockerfile" "$context/"
    install -m 755 "$program" "$context/mongod"
    docker build --quiet --force-rm --tag "$image" --build-arg "VERSION=$2" \
        --label "$label=1" --label "$label.inputs=$inputs" "$context" >/dev/null
    say "$image: built"
}

# build_from_folder NAME: the image of NAME's folder, whose Dockerfile is FROM debian:bookworm-slim
build_from_folder() {
    local image=${image_of[$1]} folder=$here/$1 base inputs
    build_debian
    base=$(docker image inspect --format '{{.Id}}' "${image_of[debian]}")
    inputs=$({ tar --directory "$folder" --sort=name --mtime=@0 --owner=0 --group=0 --mode=a+rX,u+w -cf - .; echo "$base"; } | digest)
    if up_to_date "$image" "$inputs"; then return; fi

    docker build --quiet --force-rm --tag "$image" --label "$label=1" --label "$label.inputs=$inputs" "$folder" >/dev/null
    say "$image: built"
}

build_prometheus() { build_from_folder prometheus; }
build_node() { build_from_folder node; }
build_blackbox() { build_from_folder blackbox; }

# Only what has the label and the very name: an image of somebody's FROM one of ours has the label too.
remove() {
    local image
    for image in "${image_of[@]}"; do
        if [[ $(label_of "$image" "$label") == 1 ]]; then docker rmi --force "$image" >/dev/null; fi
    done
}

main() {
    local name names=("$@")
    [[ ${#names[@]} -gt 0 ]] || names=("${!image_of[@]}")
    for name in "${names[@]}"; do
        [[ $name == remove || $name == wait || -v image_of[$name] ]] || die "no image called '$name' (${!image_of[*]})"
    done
    if [[ ${names[*]} == remove ]]; then
        need docker
        remove
        return
    fi
    mkdir -p "$cache"
    # parallel test runs: the second waits, and then finds everything done
    exec 9>"$cache/lock"
    flock 9
    if [[ ${names[*]} == wait ]]; then return; fi
    need docker
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    for name in "${names[@]}"; do "build_$name"; done
}

main "$@"
