"""Docker Engine: docker hosts, probes, namespaces, images, compose projects, and the removal of what we made.

Nothing here knows pytest, and the docker SDK is imported where it is used: importing this package costs nothing.
"""
