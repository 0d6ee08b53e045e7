"""The forms of text in a submission: YAML, shell, env files, READMEs, interpolation."""
