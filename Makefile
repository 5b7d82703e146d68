# Every target sets up .venv by itself. Paths are relative, so that a folder with spaces or accents in its name works.
PYTHON ?= python3
VENV = .venv/bin/python
CLAIMS = $(VENV) -m claims
SEEDS ?= 20
REPEAT ?= 3
WORKERS ?= 2
READY = .venv/ready

.DEFAULT_GOAL := book
.PHONY: book test chapter new text pdf takeaway check ledger notebooks lab soak bench reproduce lock venv clean clean-venv help

$(READY): requirements.txt constraints.txt pyproject.toml
	@"$(PYTHON)" claims/press/env.py

book: $(READY) ## execute what changed, check every claim, render _build/html
	@$(CLAIMS) build

test: $(READY) ## all tests, on a fixture book and on the built pages, in WORKERS=2 processes
	@$(CLAIMS) build
	@$(VENV) -m pytest -q -rs -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

chapter: $(READY) ## one chapter: make chapter CHAPTER=rope_beta_base
	@test -n "$(CHAPTER)" || { echo "error: say which: make chapter CHAPTER=rope_beta_base" >&2; exit 2; }
	@$(CLAIMS) chapter "$(CHAPTER)"

new: $(READY) ## the skeleton of a chapter, which passes: make new CHAPTER=slug
	@test -n "$(CHAPTER)" || { echo "error: say which: make new CHAPTER=slug" >&2; exit 2; }
	@$(CLAIMS) new "$(CHAPTER)"

text: $(READY) ## a chapter as a reader's text, folds left out: make text CHAPTER=rope_beta_base
	@test -n "$(CHAPTER)" || { echo "error: say which: make text CHAPTER=rope_beta_base" >&2; exit 2; }
	@$(CLAIMS) text "$(CHAPTER)"

pdf: $(READY) ## the book, or a chapter, as PDF by Chromium: make pdf CHAPTER=rope_beta_base
	@$(CLAIMS) pdf $(CHAPTER)

takeaway: $(READY) ## the chapters' functions to take away, as modules in claims/takeaway
	@$(CLAIMS) takeaway

check: $(READY) ## the evidence of one claim, its chapter run if it changed: make check EQ=label
	@test -n "$(EQ)" || { echo "error: say which: make check EQ=prenorm-second-moment" >&2; exit 2; }
	@$(CLAIMS) check "$(EQ)"

ledger: $(READY) ## collect and check the records of the executed chapters
	@$(CLAIMS) ledger

notebooks: book ## the executed notebooks, into _build/notebooks
	@$(CLAIMS) notebooks

lab: $(READY) ## open the chapters in JupyterLab
	@$(VENV) -m jupytext_config --settings-file .venv/etc/jupyter/labconfig/default_setting_overrides.json set-default-viewer markdown myst
	@$(VENV) -m jupyter lab --ServerApp.contents_manager_class=claims.press.lab.Chapters book

soak: $(READY) ## every chapter under other seeds: make soak SEEDS=20
	@$(CLAIMS) soak --seeds $(SEEDS)

bench: $(READY) ## measure the build, medians of REPEAT=3, into _build/bench.json and bench.md; ARGS=--large: 37 chapters of real size
	@$(CLAIMS) bench --repeat $(REPEAT) $(ARGS)

reproduce: $(READY) ## build twice in two folders and compare every byte
	@$(CLAIMS) reproduce

lock: $(READY) ## resolve requirements.txt anew and write constraints.txt
	@$(VENV) -m claims.press.lock

venv: ## make .venv what the pins say
	@"$(PYTHON)" claims/press/env.py

clean: ## remove everything that was built
	@rm -rf _build

clean-venv: ## remove the virtual environment
	@rm -rf .venv

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20
