"""What a run says to GitHub: annotations on a pull request's lines, the summary of a step, its outputs."""
