"""The campaign: hostile submissions, each with what must come of it.

``make hostile`` tries all of them, one by one and in rosters; the usual run of the tests tries those that are quick, as
rows of one roster. What builds and services attempt is in ``tests/deployment``, what bad servers do beside each client.
"""
