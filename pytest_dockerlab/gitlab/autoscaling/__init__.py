"""How a runner creates and removes machines: gitlab-runner's executor docker+machine as a simulation, by its version.

The rules are those of the runner's source, and the figures those of a real runner that was recorded. Nothing here knows
of a configuration's text, or asks anything: settings and arrivals come in as plain data, and what happened goes out.
"""
