"""What the JSON API needs of the rooms behind it, by subject.

Every port is blocking and thread-safe; the API calls it in worker threads.
`NotFound` is raised for what is not there, `InvalidQuery` for a cursor that was
not given out. Who needs a port loads the module of its subject alone.
"""
