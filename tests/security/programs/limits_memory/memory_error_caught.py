# what = "catches each MemoryError and asks again"
# status = "time_limit"
# error = "KeyboardInterrupt"
# limit = "time_s"
# control = "hangs"
held = []
while True:
    try:
        held.append(bytes(50_000_000))
    except MemoryError:
        pass
