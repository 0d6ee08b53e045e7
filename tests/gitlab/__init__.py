"""Tests of pytest_dockerlab.gitlab, and the GitLab that they ask."""
