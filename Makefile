# SPDX-License-Identifier: Apache-2.0
# A thin door to meson. On a fresh Debian 12, Ubuntu 22.04 or 24.04 with git and make, `make run` and `make test`
# install what they need, build, and do what they say; a second call does none of it again.
# Standard output carries the program's answer only: make run ARGS="check --json" | jq

ifeq ($(origin CC),default)
CC = gcc
endif
ARGS ?= check
PREFIX ?= /usr/local
BUILD = build/run
PROGRAM = $(BUILD)/src/whycpu

.DEFAULT_GOAL = help
.PHONY: help setup build run test install bench sweep dist-bin real-torch oracle registry format clean

help: # this list
	@sed -n 's/^\([a-z-]*\):.*# \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

setup: # install what building needs and this machine lacks
	@tools/setup

build: setup # build the program: build/run/src/whycpu
	@CC="$(CC)" tools/quiet-build $(BUILD)

run: build # build, then run it on this machine: make run ARGS="check --json"
	@$(PROGRAM) $(ARGS); s=$$?; case $$s in 0|1|3) ;; *) exit $$s ;; esac

test: # build with gcc, clang and sanitizers, run every test
	@tools/setup test
	@tools/run-tests

install: build # install to PREFIX (/usr/local), under DESTDIR
	@meson configure $(BUILD) -Dprefix=$(PREFIX)
	@meson install -C $(BUILD)

bench: build # time and memory of check beside torch's own import and collect_env
	@tools/bench.py $(PROGRAM)

sweep: # the whole fault sweep (make test does a part of it)
	@tools/setup test
	@tools/run-tests --sweep

dist-bin: # one tarball with a binary for any glibc Linux
	@tools/setup
	@tools/setup dist
	@tools/dist-bin

real-torch: build # compare with a real CUDA torch (7 GB, first time) and Debian's python3-torch
	@tools/real-torch --install $(PROGRAM)

registry: build # lint large real code and compare with the table of verdicts (3 GB, first time)
	@tests/lint/registry.py $(PROGRAM) --install

oracle: build # ask seven real torch builds on a simulated driver (35 GB, first time; root)
	@tests/sim/level_k.py
	@tests/sim/oracle.py $(PROGRAM) --install

format: # let clang-format lay out the C sources
	@git ls-files -co --exclude-standard '*.[ch]' | xargs clang-format -i

clean: # remove what was built
	@rm -rf build
