# what = "a finally block that never ends"
# status = "time_limit"
# limit = "time_s"
# control = "hangs"
try:
    while True:
        pass
finally:
    while True:
        pass
