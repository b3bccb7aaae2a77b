"""Every performance and quality figure beside its peer's: ``python -m benchmarks [DIRECTORY]``."""
