# The commands of this repository. `make` alone lists them.

SHELL  := /bin/bash
PREFIX ?= /usr/local
ARCH   := $(shell uname -m)
RID    := $(if $(filter aarch64 arm64,$(ARCH)),linux-arm64,linux-x64)

export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

.DEFAULT_GOAL := help
.PHONY: help build run test chaos fuzz bench microbench lint install uninstall clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

# The analyzers run in lint; a build for use goes without and takes half the time.
RELEASE := -c Release -p:RunAnalyzers=false -v quiet

# The names the program goes by; under each but the first it stands in for another program (docs/cli.md).
NAMES := overseer sticky-overseer goproc

# The assembly is Overseer.Cli.dll, because Overseer.dll and overseer.dll cannot share a folder where names are
# compared without case. Its launcher finds it beside itself whatever the launcher is called, so it is renamed here.
build: ## build dist/overseer, a runnable program
	rm -rf dist
	dotnet publish src/Overseer.Cli $(RELEASE) -r $(RID) --self-contained false -p:PublishReadyToRun=true -o dist/lib
	mv dist/lib/Overseer.Cli dist/lib/overseer
	for name in $(NAMES); do ln -s lib/overseer dist/$$name || exit 1; done

run: build ## build, start a server with a sample configuration, run a sample task, show its output
	@scripts/demo

test: ## install what the tests need, build, run every test
	@scripts/test

chaos: build ## kill server and recorder at random while tasks run; MINUTES=30 SEED=n, and ARGS='--kinds server'
	dotnet build tests/Overseer.Chaos $(RELEASE)
	tests/Overseer.Chaos/bin/Release/net10.0/Overseer.Chaos --minutes $(or $(MINUTES),30) $(if $(SEED),--seed $(SEED)) $(ARGS)

fuzz: ## send damaged messages to a server; MINUTES=10 SEED=n
	dotnet build tests/Overseer.Server.Tests -p:RunAnalyzers=false -v quiet
	OVERSEER_FUZZ_SECONDS=$$(($(or $(MINUTES),10) * 60)) OVERSEER_FUZZ_SEED=$(or $(SEED),$$RANDOM) \
		tests/Overseer.Server.Tests/bin/Debug/net10.0/Overseer.Server.Tests --filter-class '*ProtocolFuzzTests' --show-live-output on

bench: build ## compare with the machine's limits; ARGS='throughput --json' narrows it down
	dotnet build bench/Overseer.Bench $(RELEASE)
	bench/Overseer.Bench/bin/Release/net10.0/Overseer.Bench $(ARGS)

microbench: ## measure the hot paths with BenchmarkDotNet; ARGS='--filter *Journal*' narrows it down
	dotnet build bench/Overseer.Microbench $(RELEASE)
	bench/Overseer.Microbench/bin/Release/net10.0/Overseer.Microbench $(if $(ARGS),$(ARGS),--filter '*')

lint: ## check the format, build with warnings as errors
	dotnet format Overseer.slnx --verify-no-changes
	dotnet build Overseer.slnx -warnaserror -v quiet

UNITS := $(foreach kind,system user,$(kind)/overseer.service $(kind)/overseer-recorder.service)

install: build ## install to PREFIX (default /usr/local), with units for systemd
	rm -rf $(DESTDIR)$(PREFIX)/lib/overseer
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/overseer
	cp -R dist/lib/. $(DESTDIR)$(PREFIX)/lib/overseer/
	for name in $(NAMES); do ln -sfn ../lib/overseer/overseer $(DESTDIR)$(PREFIX)/bin/$$name || exit 1; done
	for unit in $(UNITS); do \
		install -d $(DESTDIR)$(PREFIX)/lib/systemd/$${unit%%/*} && \
		sed 's|@BIN@|$(PREFIX)/bin/overseer|' packaging/systemd/$$unit.in > $(DESTDIR)$(PREFIX)/lib/systemd/$$unit && \
		chmod 0644 $(DESTDIR)$(PREFIX)/lib/systemd/$$unit || exit 1; \
	done

uninstall: ## remove what install put there
	rm -rf $(DESTDIR)$(PREFIX)/lib/overseer $(NAMES:%=$(DESTDIR)$(PREFIX)/bin/%) $(UNITS:%=$(DESTDIR)$(PREFIX)/lib/systemd/%)

clean: ## remove everything that was built
	rm -rf dist artifacts BenchmarkDotNet.Artifacts src/*/bin src/*/obj tests/*/bin tests/*/obj bench/*/bin bench/*/obj
