"""Image registries: how images are called, and whether one is there, by the distribution HTTP API.

Nothing here knows pytest, and nothing of an answer is believed before it is bounded and checked. Names come from
submissions, so only public addresses are connected to, but for the one registry that the user names.
"""
