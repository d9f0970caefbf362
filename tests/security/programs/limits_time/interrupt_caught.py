# what = "catches each KeyboardInterrupt and carries on"
# status = "time_limit"
# limit = "time_s"
# control = "hangs"
while True:
    try:
        while True:
            pass
    except KeyboardInterrupt:
        pass
