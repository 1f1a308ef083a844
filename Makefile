# The checks that people and CI run are the same: `make check`.
.PHONY: check lint types test quality bench

check: lint types test quality

lint:
	ruff check .
	ruff format --check .

types:
	mypy

test:
	pytest

# The floor is what answers must not fall below, measured on the reporting half of the gold.
quality:
	qa eval gold --split report --out $${REPORTS:-reports}/floor --fail-under Recall@3=0.82 --fail-under accuracy=0.56 --fail-under abstention-recall=0.75

# Speed, memory and load beside the peers; let nothing else run meanwhile. BENCH takes options, such
# as BENCH="--quick" or BENCH="--peer-model FOLDER".
bench:
	qa eval speed --out $${REPORTS:-reports}/speed $(BENCH)
