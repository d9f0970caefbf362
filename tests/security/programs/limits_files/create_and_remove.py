# what = "creates and removes a file for ever"
# status = "time_limit"
# error = "KeyboardInterrupt"
# limit = "time_s"
# control = "hangs"
import os

while True:
    with open("passing", "w") as file:
        file.write("x")
    os.remove("passing")
