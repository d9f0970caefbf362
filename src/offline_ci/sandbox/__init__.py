"""The sandbox: the facade over a guest Python in a worker process or in this one."""
