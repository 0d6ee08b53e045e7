"""monitoring-1/makefile."""

from __future__ import annotations

from typing import Any

from pytest_dockerlab.testing import Edit, Sample, remove, replace, sample_tests, write

from ._homework import BASE, COMPOSE, needs_compose

NAMES = {"ui": "src/ui", "post": "src/post-py", "comment": "src/comment", "prometheus": "monitoring/prometheus"}

PLAIN = (
    "USER_NAME ?= somebody\n\n.PHONY: all build push restart\n\n"
    "all: build push\n\n"
    f"build: {' '.join(f'build-{name}' for name in NAMES)}\n\n"
    f"push: {' '.join(f'push-{name}' for name in NAMES)}\n\n"
    + "".join(f"build-{name}:\n\tdocker build -t $(USER_NAME)/{name} {folder}\n\n" for name, folder in NAMES.items())
    + "".join(f"push-{name}:\n\tdocker push $(USER_NAME)/{name}\n\n" for name in NAMES)
    + "restart:\n\tcd docker && docker-compose down && docker-compose up -d\n"
)
HOMEWORK = {**BASE, "Makefile": PLAIN}
SCRIPT = "#!/bin/bash\necho building > build_info.txt\ndocker build -t $USER_NAME/{} .\n"
SCRIPTS = [write(f"{folder}/docker_build.sh", SCRIPT.format(name)) for name, folder in NAMES.items()]


def written(kind: str, title: str, text: str, *more: Edit, path: str = "Makefile", **expected: Any) -> Sample:
    """A homework with this Makefile."""
    return Sample(
        kind, title, [*([remove("Makefile")] if path != "Makefile" else []), write(path, text), *more], **expected
    )


def changed(kind: str, title: str, old: str, new: str, *more: Edit, **expected: Any) -> Sample:
    """A homework whose Makefile differs in one place."""
    return Sample(kind, title, [replace("Makefile", old, new), *more], **expected)


test_samples = sample_tests(
    "monitoring-1/makefile",
    HOMEWORK,
    [
        Sample("passes", "the plain homework"),
        Sample("unusual", "none", [remove("Makefile")], verdict="not attempted", says="there is no Makefile"),
        written(
            "unusual",
            "a name that make does not look for",
            PLAIN,
            path="MAKEFILE",
            verdict="not attempted",
            says="make looks for Makefile, and takes no notice of MAKEFILE",
        ),
        written(
            "unusual",
            "files by a pattern over folders, which only other rules need",
            f"FOLDERS = {' '.join(f'../{folder}' for folder in NAMES.values())}\n"
            "DONE = $(addsuffix /build_info.txt,$(FOLDERS))\n"
            "build: $(DONE)\n%/build_info.txt: %/*\n\tcd $* && bash docker_build.sh\n"
            f"push: {' '.join(f'../{folder}/build_info.txt' for folder in NAMES.values())}\n"
            + "".join(f"\tdocker push $(USER_NAME)/{name}\n" for name in NAMES),
            *SCRIPTS,
            path="docker/Makefile",
        ),
        written(
            "unusual",
            "folders that make searches",
            "VPATH = src:monitoring\nbuild: build_ui build_comment build_post build_prometheus\n"
            + "".join(f"build_{n}: {NAMES[n].rpartition('/')[2]}\n\tdocker build -t $(USER)/{n} $^\n" for n in NAMES)
            + f"push: {' '.join(f'push_{n}' for n in NAMES)}\n"
            + "".join(f"push_{n}: {NAMES[n].rpartition('/')[2]}\n\tdocker push $(USER)/{n}\n" for n in NAMES),
        ),
        written(
            "fails",
            "folders that make searches in vain",
            PLAIN.replace("docker build -t $(USER_NAME)/ui src/ui", "docker build -t $(USER_NAME)/ui ui")
            + "\nVPATH = src\n",
            says="there is no folder ui",
            file="Makefile",
            findings=1,
        ),
        written(
            "unusual",
            "a loop in which a test chooses the name, and a line that stops make where the user is not set",
            "ifeq ($(USER_NAME),)\n    $(info USER_NAME is empty)\n\texit 1\nendif\n"
            "build: ; for i in ui post-py comment; do (cd src/$$i && bash docker_build.sh); done"
            " && cd monitoring/prometheus && bash docker_build.sh\n"
            'push: ; for i in ui post-py comment prometheus; do n=$$i; [ "$$i" = "post-py" ] && n="post";'
            " docker push $(USER_NAME)/$$n; done\n",
            *SCRIPTS,
        ),
        changed(
            "fails",
            "a rule that is called otherwise where it is needed",
            "push-comment:\n",
            "push-comment: biuld-comment\n",
            says="no rule makes biuld-comment, and there is no such file | write build-comment, or add a rule",
            file="Makefile",
            line="push-comment: biuld",
            findings=1,
        ),
        written(
            "fails",
            "paths as from the top, in docker/",
            PLAIN.replace("cd docker && ", ""),
            path="docker/Makefile",
            says="paths lead from the Makefile's folder",
        ),
        written(
            "unusual",
            "a Makefile of something else",
            "up:\n\tcd docker && docker-compose up -d\n",
            verdict="not attempted",
            says="nothing in it builds or pushes an image",
        ),
        written(
            "unusual",
            "variables, patterns and scripts",
            "IMAGES := ui post-py comment\nBUILD = $(IMAGES:%=build_%) build_prometheus\n"
            "build_all: $(BUILD)\n"
            "$(addprefix build_,$(IMAGES)): build_%:\n\tcd src/$* && bash docker_build.sh\n"
            "build_prometheus:\n\tcd monitoring/prometheus && bash docker_build.sh\n"
            "push_all: push_ui push_post push_comment push_prometheus\n"
            "push_%:\n\tdocker push $$USER_NAME/$*\n",
            *SCRIPTS,
        ),
        written(
            "unusual",
            "foreach and define",
            "IMAGES = src/ui src/comment monitoring/prometheus\n"
            "define name\n\t${USER}/$(notdir $1)\nendef\n"
            "build:\n\t@$(foreach d,$(IMAGES),docker build -t $(call name,$(d)) $(d);)\n"
            "\tdocker build --tag=$(USER)/post:1.0 -f src/post-py/Dockerfile src/post-py\n"
            "push: build\n\t@$(foreach d,$(IMAGES), \\\n\t\tdocker push $(call name,$(d)); \\\n\t)\n"
            "\tdocker push $(USER)/post:1.0\n",
        ),
        written(
            "unusual",
            "targets of a variable, in docker/",
            "APP := ui comment\nMON := prometheus\nifeq '$(strip $(USER_NAME))' ''\n  $(warning no USER_NAME)\n"
            "  USER_NAME := somebody\nendif\n"
            "build: post $(APP) $(MON)\n$(APP):\n\tcd ../src/$@; bash docker_build.sh; cd -\n"
            "$(MON):\n\tcd ../monitoring; docker build -t $(USER_NAME)/$@ ./$@\n"
            "post:\n\tcd ../src/post-py; bash docker_build.sh\n"
            "push:\nifneq '$(PASSWORD)' ''\n\t@docker login -p $(PASSWORD)\n"
            "\t$(foreach i,post $(APP) $(MON),docker push $(USER_NAME)/$(i);)\nelse\n\t@echo no password\nendif\n"
            "$(APP) $(MON) post build push: FORCE\nFORCE:\n",
            *SCRIPTS,
            path="docker/Makefile",
        ),
        written(
            "unusual",
            "loops of the shell, called makefile",
            "build:\n\tfor i in ui comment; \\\n\tdo cd src/$$i; bash docker_build.sh; cd -; \\\n\tdone\n"
            "\t(cd src/post-py && docker build -t u/post .) && \\\n"
            "\t(cd monitoring/prometheus && docker build -t u/prometheus .)\n"
            "push:\n\tfor i in ui comment post prometheus; do docker push $$USER_NAME/$$i; done\n",
            *SCRIPTS,
            path="makefile",
        ),
        written(
            "unusual",
            "compose builds and pushes",
            "build:\n\tcd docker && docker-compose build\npush:\n\tdocker compose -f docker/docker-compose.yml push\n",
            *(
                replace(COMPOSE, f"USERNAME}}/{name}{tag}\n", f"USERNAME}}/{name}{tag}\n    build: ../{folder}\n")
                for (name, folder), tag in zip(
                    NAMES.items(), (":${UI_VERSION}", ":${POST_VERSION}", ":${COMMENT_VERSION}", ""), strict=True
                )
            ),
        ),
        written(
            "unusual",
            "Makefiles of folders",
            "all: build push\nbuild push:\n\t$(MAKE) -C src $@ USER=$(USER)\n\tcd monitoring && make $@ USER=$(USER)\n",
            write(
                "src/Makefile",
                "build:\n\tfor i in ui comment; do docker build -t $(USER)/$$i $$i; done\n"
                "\tdocker build -t $(USER)/post post-py\n"
                "push: ; docker push $(USER)/ui; docker push $(USER)/post; docker push $(USER)/comment\n",
            ),
            write(
                "monitoring/Makefile",
                "build: ; docker build -t $(USER)/prometheus prometheus\npush: ; docker push $(USER)/prometheus\n",
            ),
        ),
        written(
            "unusual",
            "a Makefile in each folder, called with the goal itself",
            "DIRS = src/ui src/post-py src/comment monitoring/prometheus\n.PHONY: build push $(DIRS)\n"
            "build push: $(DIRS)\n$(DIRS):\n\t$(MAKE) --directory $@ $(MAKECMDGOALS)\n",
            write(
                "Makefile.inc",
                "build:\n\tdocker build -t somebody/$(NAME):1 .\npush: build\n\tdocker push somebody/$(NAME):1\n",
            ),
            *(
                write(f"{folder}/Makefile", f"include ../../Makefile.inc\nNAME = {name}\n")
                for name, folder in NAMES.items()
            ),
        ),
        changed(
            "unusual",
            "a name that a command prints, in the image's folder",
            "docker build -t $(USER_NAME)/ui src/ui",
            "cd src/ui; docker build -t $(USER_NAME)/`echo src/ui | sed -e 's/\\// /g' | awk '{ print $$NF }'` .; cd -",
        ),
        written(
            "unusual",
            "what another Makefile is asked for only the machine knows",
            "release:\n\t$(MAKE) -C src $(WHAT)\n",
            write("src/Makefile", "# docker build\nhelp: ; @echo nothing\n"),
            verdict="unverified",
            says="cannot be told without running it",
        ),
        written(
            "unusual",
            "names that a program makes, in backquotes",
            f"FOLDERS = {' '.join(NAMES.values())}\ndefine name\n"
            "    ${USER}/`echo $1 | sed -e 's/\\// /g' | awk '{ print $$NF }'`\nendef\n"
            "build:\n\t@$(foreach i,$(FOLDERS),cd $(i); \\\n\t\tdocker build -t $(call name,$(i)) . ; \\\n"
            "\t\tcd - ; \\\n\t)\n"
            "push:\n\t@$(foreach i,$(FOLDERS), \\\n\t\tdocker push $(call name,$(i)); \\\n\t)\n",
            verdict="unverified",
            says="cannot be told without running it",
        ),
        changed(
            "unusual",
            "a publisher's image from another registry, and a folder that is called like it",
            "restart:",
            "again:",
            replace(COMPOSE, "image: prom/node-exporter", "image: quay.io/prometheus/node-exporter"),
            write("monitoring/node-exporter/Dockerfile", "FROM quay.io/prometheus/node-exporter:v1.5.0\n"),
        ),
        written("unusual", "an included file", "include make/images.mk\n", write("make/images.mk", PLAIN)),
        changed(
            "unusual",
            "what is built of somebody else's code",
            "build-prometheus:\n\tdocker build -t $(USER_NAME)/prometheus monitoring/prometheus\n",
            "build-prometheus:\n\tgit clone https://github.com/prometheus/prometheus\n"
            "\tcd prometheus && make docker DOCKER_IMAGE_NAME=$(USER_NAME)/prometheus\n",
            remove("monitoring/prometheus/Dockerfile"),
        ),
        changed(
            "unusual",
            "docker buildx",
            "\tdocker build -t $(USER_NAME)/ui",
            "\tdocker buildx build --load -t $(USER_NAME)/ui",
        ),
        changed(
            "unusual",
            "a tag afterwards",
            "docker build -t $(USER_NAME)/ui src/ui",
            "docker build -t ui src/ui\n\tdocker tag ui $(USER_NAME)/ui",
        ),
        changed(
            "unusual",
            "by its version",
            "docker push $(USER_NAME)/ui",
            "docker push $(USER_NAME)/ui:$(shell cat VERSION)",
        ),
        written(
            "unusual",
            "which images are pushed only docker knows",
            PLAIN.partition("push-ui:")[0]
            + "push-%:\n\tdocker images --format '{{.Repository}}' | grep somebody | xargs -n 1 docker push\n",
            verdict="unverified",
            says="cannot be told without running it",
        ),
        changed(
            "fails",
            "an image that nothing builds",
            "build-comment:\n\tdocker build -t $(USER_NAME)/comment src/comment\n",
            "build-comment:\n\t@echo docker build -t $(USER_NAME)/comment src/comment\n",
            says="nothing builds ${USERNAME}/comment",
            file="Makefile",
            line="build-comment:",
            findings=1,
        ),
        changed(
            "fails",
            "an image that nothing pushes",
            "push-post:\n\tdocker push $(USER_NAME)/post\n",
            "push-post: build-post\n",
            says="nothing pushes ${USERNAME}/post",
            findings=1,
        ),
        written(
            "fails",
            "all is only said",
            "build push:\n\t@echo you may run docker build and docker push\n",
            says="nothing builds and pushes",
            file="Makefile",
            findings=1,
        ),
        changed(
            "fails",
            "another name than the compose file's",
            "docker push $(USER_NAME)/post\n",
            "docker push $(USER_NAME)/post-py\n",
            says="this one is called post-py",
            file="Makefile",
            line="docker push $(USER_NAME)/post-py",
            findings=1,
        ),
        changed(
            "fails",
            "no user in the name",
            "docker build -t $(USER_NAME)/ui",
            "docker build -t ui",
            says="nothing builds ${USERNAME}/ui",
            line="docker build -t ui",
            file="Makefile",
            findings=1,
        ),
        changed(
            "fails",
            "no name at all",
            "docker build -t $(USER_NAME)/ui src/ui",
            "docker build src/ui",
            says="give the image its name: docker build -t ${USERNAME}/ui",
            findings=1,
        ),
        changed(
            "fails",
            "a service of ours without a Dockerfile",
            "build-ui:",
            "\nbuild-ui:",
            replace(COMPOSE, "percona/mongodb_exporter:0.30.0", "${USERNAME}/mongodb_exporter"),
            says="put the Dockerfile of each into the repository",
            findings=1,
        ),
        changed(
            "fails",
            "not pushed all together",
            "push-comment push-prometheus\n",
            "push-comment\n",
            says="all lacks prometheus | name their targets behind it: all: push-prometheus",
            findings=1,
        ),
        changed(
            "fails",
            "not all together",
            "build-comment build-prometheus\n",
            "build-comment\n",
            says="build lacks prometheus | name their targets behind it: build: build-prometheus",
            file="Makefile",
            line="build: build-ui",
            findings=1,
        ),
        changed(
            "fails",
            "an exporter whose folder is called otherwise",
            "restart:",
            "again:",
            replace(COMPOSE, "percona/mongodb_exporter:0.30.0", "${USERNAME}/mongod_exp"),
            write("monitoring/exporter_mongod/Dockerfile", "FROM percona/mongodb_exporter:0.30.0\n"),
            says="add a target with docker build -t for each",
            findings=1,
        ),
        changed(
            "fails",
            "a cd that is forgotten",
            "\tdocker build -t $(USER_NAME)/ui src/ui\n",
            "\texport USER_NAME=somebody && src/ui && bash docker_build.sh\n",
            *SCRIPTS,
            replace(COMPOSE, "percona/mongodb_exporter:0.30.0", "${USERNAME}/mongodb_exporter"),
            says="src/ui is a folder, and no program: write cd src/ui",
            file="Makefile",
            line="&& src/ui &&",
            findings=2,
        ),
        changed(
            "fails",
            "a script that is not executable",
            "\tdocker build -t $(USER_NAME)/ui src/ui\n",
            "\tcd src/ui && ./build.sh\n",
            write("src/ui/build.sh", "docker build -t $USER_NAME/ui .\n"),
            says="src/ui/build.sh is not executable: write bash build.sh, or git update-index --chmod=+x",
            file="Makefile",
            line="cd src/ui && ./build.sh",
            findings=1,
        ),
        changed(
            "unusual",
            "a script that is made executable",
            "\tdocker build -t $(USER_NAME)/ui src/ui\n",
            "\tcd src/ui && chmod +x build.sh && ./build.sh\n",
            write("src/ui/build.sh", "docker build -t $USER_NAME/ui .\n"),
        ),
        changed(
            "fails",
            "not all together, of two Makefiles",
            "build-prometheus:\n\tdocker build -t $(USER_NAME)/prometheus monitoring/prometheus\n",
            "build-prometheus:\n",
            write("monitoring/Makefile", "image: ; docker build -t $(USER)/prometheus prometheus\n"),
            says="build lacks prometheus | call these in its recipe: $(MAKE) -C monitoring image",
            file="Makefile",
            line="build: build-ui",
            findings=1,
        ),
        changed(
            "fails",
            "one dollar for the shell's variable",
            "build: build-ui build-post build-comment build-prometheus\n",
            "build: build-prometheus\n\tfor i in ui post-py comment; do cd src/$i; bash docker_build.sh; cd -; done\n",
            *SCRIPTS,
            *(
                replace("Makefile", f"\tdocker build -t $(USER_NAME)/{name} {NAMES[name]}\n", "")
                for name in ("ui", "post", "comment")
            ),
            says="make reads $i as a variable of one letter",
            file="Makefile",
            line="for i in",
            findings=1,
        ),
        changed(
            "fails",
            "one dollar before a longer name",
            "docker build -t $(USER_NAME)/ui",
            "docker build -t $USER_NAME/ui",
            says="make reads $U as a variable of one letter",
            line="docker build -t $USER_NAME/ui",
            file="Makefile",
            findings=1,
        ),
        changed(
            "fails",
            "a folder that is not there",
            "$(USER_NAME)/ui src/ui",
            "$(USER_NAME)/ui src/frontend",
            says="there is no folder src/frontend",
            findings=1,
        ),
        changed(
            "fails",
            "a folder that no submission may use",
            "$(USER_NAME)/ui src/ui",
            "$(USER_NAME)/ui '.git\\\\x'",
            says="nothing builds ${USERNAME}/ui",
            findings=1,
        ),
        changed(
            "fails",
            "a Dockerfile that is not there",
            "docker build -t $(USER_NAME)/ui",
            "docker build -f src/ui/Dockerfile.prod -t $(USER_NAME)/ui",
            says="there is no src/ui/Dockerfile.prod",
            findings=1,
        ),
        changed(
            "fails",
            "spaces before a recipe",
            "\tdocker push $(USER_NAME)/ui\n",
            "    docker push $(USER_NAME)/ui\n",
            says="a recipe's line begins with a tab",
            file="Makefile",
            line="    docker push",
            findings=1,
        ),
        changed(
            "fails",
            "a target that nothing makes",
            "build: build-ui",
            "build: build-usr-interface build-ui",
            says="no rule makes build-usr-interface, and there is no such file | correct the name, or add a rule",
            findings=1,
        ),
        Sample(
            "unusual",
            "more than is read",
            [write("Makefile", "build: ; docker build -t a/ui src/ui\n" + "#\n" * 200_000)],
            verdict="unverified",
            says="more than 256 KiB of Makefiles",
        ),
        Sample(
            "unusual",
            "recipes that grow",
            [
                write(
                    "Makefile",
                    "V0 = docker build .\n"
                    + "".join(f"V{n} = $(V{n - 1}) $(V{n - 1})\n" for n in range(1, 19))
                    + "b: ; $(V18)\n",
                )
            ],
            verdict="unverified",
            says="once variables are expanded",
        ),
    ],
    skip=needs_compose,
)
