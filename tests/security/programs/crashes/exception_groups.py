# what = "exception groups in exception groups, a thousand deep"
# status = "error"
# error = "ExceptionGroup"
# says = "outer"
# control = "twin"
# twin = "try:\n    raise ExceptionGroup('g', [ValueError()])\nexcept* ValueError:\n    print('REACHED')"
error = ValueError("inner")
for _ in range(1_000):
    error = ExceptionGroup("outer", [error])
raise error
