# what = "ignores that the disk is full and writes on"
# status = "time_limit"
# error = "KeyboardInterrupt"
# limit = "time_s"
# control = "hangs"
while True:
    try:
        with open("full", "ab") as file:
            file.write(bytes(1 << 20))
    except OSError:
        pass
