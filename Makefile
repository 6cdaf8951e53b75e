# Shorthands for those who have make; README.md has the commands for those who have not.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
SAMPLE := recordings/samples/ax3_thigh25_short_night.cwa.gz

help: ## List what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/ruff:
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -e '.[dev]'

setup: $(BIN)/ruff ## Make .venv with everything that development needs

test: setup ## Run all tests, which include the checks
	$(BIN)/python -m pytest

check: setup ## Run the checks alone: ruff, mypy, layers, house rules, documentation
	$(BIN)/python -m pytest -q tests/test_house.py tests/test_layers.py tests/test_docs.py

format: setup ## Put the code into its one form
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format

docs: setup ## Write the generated parts of docs/ anew
	$(BIN)/python docs/generate.py

site: setup ## Build the pages of docs/ as a site into build/site/
	$(BIN)/python -m sphinx -q -W --keep-going -c docs -b html . build/site

sample: setup ## Analyse the bundled recording into out/
	$(BIN)/hypnic run $(SAMPLE) --tz Europe/London -o out

quality: setup ## Hold the detector against nights and planted events of known truth
	$(BIN)/python benchmarks/quality.py

limbs: setup ## Measure how several sensors on one person are aligned and what is said of limbs
	$(BIN)/python benchmarks/limbs.py

memory: setup ## Measure peak memory for a day and for thirty
	$(BIN)/python benchmarks/memory.py

bench: setup ## Measure speed against NumPy and SciPy and, with PEERS=python, other programs; draw the plots
	$(BIN)/python benchmarks/speed.py $(if $(PEERS),--peers $(PEERS))
	$(BIN)/python benchmarks/speed.py --plots docs

roofline: setup ## Measure what bounds each stage of the pass
	$(BIN)/python benchmarks/roofline.py

startup: setup ## Measure what starting costs, and where imports spend it
	$(BIN)/python benchmarks/startup.py

formats: setup ## Measure what reading costs, by format
	$(BIN)/python benchmarks/formats.py

page: setup ## Measure the weight of a week's page and the time until it can be used
	$(BIN)/python benchmarks/page.py

cohort-page: setup ## Measure the page of a cohort: 5,000 nights in a browser, and making it for 700,000
	$(BIN)/python benchmarks/cohort_page.py

cohort: setup ## Measure two workers beside one, what a week costs, and memory over many recordings
	$(BIN)/python benchmarks/cohort.py

merge: setup ## Measure what joining the tables of 10,000 and 100,000 recordings costs
	$(BIN)/python benchmarks/scale.py --recordings 10000 100000

kills: setup ## Kill runs over 200 recordings at random times, and compare what they end with
	$(BIN)/python benchmarks/kills.py

determinism: setup ## Run recordings in every way that must not matter, and compare the bytes
	$(BIN)/python benchmarks/determinism.py

fuzz: setup ## Throw a million damaged and hostile files at every reader (begun again, it goes on)
	$(BIN)/python benchmarks/fuzz.py --inputs 1000000

coverage: setup ## Run all tests, kernels with the compiler on and off, and list the lines that none runs
	rm -rf build/coverage && mkdir -p build/coverage
	$(BIN)/python -m coverage run -m pytest
	$(BIN)/python -m coverage combine -q
	$(BIN)/python -m coverage report

lines: setup ## Count the lines of code and of tests
	$(BIN)/python benchmarks/lines.py

mutants: setup ## Change every decision in turn and see whether a test notices
	$(BIN)/python benchmarks/mutants.py

release: setup ## Build what is committed, look into it, and use it in a clean environment
	$(BIN)/python .ci/release.py

faults: setup ## Inject 700 faults of the machine into runs; as root on Linux all of them
	$(BIN)/python benchmarks/faults.py

clean: ## Remove caches and what was built, keep .venv
	rm -rf build dist out *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .benchmarks
	find . -path ./.venv -prune -o -name __pycache__ -type d -exec rm -rf {} +

.PHONY: help setup test check format docs site sample quality limbs memory bench roofline startup formats page cohort-page cohort merge kills determinism fuzz coverage lines mutants release faults clean
