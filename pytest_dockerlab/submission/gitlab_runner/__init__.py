"""The runner's config.toml as a model."""
