# what = "waits without a time limit for nothing"
# status = "time_limit"
# error = "KeyboardInterrupt"
# limit = "time_s"
# control = "hangs"
import select

select.select([], [], [])
