"""Skeletons: compose projects whose services are all stand-ins of ours, as we would start them."""
