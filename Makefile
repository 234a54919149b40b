.PHONY: run test bench bench-impact check fmt bless screenshots demo

run: ## open the console on a private sandbox filled with games
	@scripts/setup run
	@scripts/run

test: ## run all the tests
	@scripts/setup test
	@scripts/test

bench: ## measure against peers and limits, in one run
	@scripts/setup test
	@AVAULT_BENCH_IMPACT=$${AVAULT_BENCH_IMPACT:-short} scripts/bench --also 0.1,5

bench-impact: ## measure what a backup costs a live workload, nine pairs of windows, about 11 minutes
	@scripts/setup test
	@scripts/bench --impact

check: ## everything that can be told without running
	cargo fmt --all --check
	cargo clippy --workspace --features avalon-vault/custom-protocol --lib --bins -- -D warnings
	cd ui && npm run --silent lint

fmt:
	cargo fmt --all
	cd ui && npm run --silent format

bless: ## rewrite generated files: TypeScript types, schemas, documents, goldens
	AVAULT_BLESS=1 INSTA_UPDATE=always cargo nextest run --workspace --features avalon-vault/custom-protocol -E 'package(avalon) or package(api) or package(vault) or package(agent) or (package(engine) & test(looked_at))'

screenshots: ## pictures of every screen into target/screenshots
	cd ui && npm run --silent test:browser

demo: ## the whole story in the terminal
	@scripts/setup run
	@DISPLAY= WAYLAND_DISPLAY= scripts/run
