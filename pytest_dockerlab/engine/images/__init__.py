"""Images on a docker host: their size, stock images, and those that labs make."""
