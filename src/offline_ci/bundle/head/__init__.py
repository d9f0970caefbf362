"""The part of a bundle that runs on the other side: standard library only, and nothing else of ours.

A bundle is a tar archive (the *payload*) followed by a zip archive (the *head*: this package and the manifest). Python
runs such a file as a program, and `tar -tf` lists what it carries. Split, the payload lies in parts beside the head.
"""
