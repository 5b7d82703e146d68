"""`python -m claims` is the command `claims`."""

from .cli import main

raise SystemExit(main())
