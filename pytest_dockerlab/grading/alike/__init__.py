"""Rare things that few submissions share: a list for a person to look at, and never a verdict.

Two who were given the same text have the same text, and two who read the same page have the same mistake. So what was
handed out is left out, what many have counts nothing, and what only two or three have counts the more the rarer it is.
Whether that means anything is for somebody to say who knows both.
"""
