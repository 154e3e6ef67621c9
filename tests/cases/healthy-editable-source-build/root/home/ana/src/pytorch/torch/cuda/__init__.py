# mypy: allow-untyped-defs
