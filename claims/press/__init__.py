"""The build of the book: execution side by side, fingerprints, ledger, rendering.

Nothing here is imported by a chapter, and nothing here is part of a chapter's fingerprint. The modules, in the order
of a build:

* `project`: where things are; `env`: the virtual environment and its pins
* `sources`: chapters, table of contents and articles as written, with line numbers; `scan`: what may not be written by
  hand
* `kernel`: what runs inside a chapter's process; `run`: processes side by side; `deps`: what a chapter depends on;
  `store`: executed chapters
* `ledger`: all records of the book and what is wrong with them
* `takeaway`: the chapters' functions to take away as modules
* `totals`: what records add up to; `text`: a page as a reader's text
* `notebooks`, `wheel`, `render`: the site; `book`: the whole of it in order; `single`: commands about one chapter or
  one claim
* `pdf`, from pages `printed` as one document: the book on paper
* `fresh`: the same for a plain `jupyter-book build .`
* `bench`, `soak`, `reproduce`, on `copies`, a book of `light` chapters and a `large` one: measurements of the build
  itself; `lock`: the pins
"""
