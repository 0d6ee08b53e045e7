"""Probes, our own tiny containers which measure, and the skeletons made of them."""
