# what = "waits for something from a queue that nobody fills"
# status = "time_limit"
# error = "KeyboardInterrupt"
# limit = "time_s"
# control = "hangs"
import queue

queue.Queue().get()
