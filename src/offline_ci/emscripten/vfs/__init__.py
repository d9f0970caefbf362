"""The guest's file system: nodes, streams, path resolution, and the back ends that hold the bytes."""
