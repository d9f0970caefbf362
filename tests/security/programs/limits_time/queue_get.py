# what = "waits for something from a queue that nobody fills"
# status = "error"
# error = "RuntimeError"
# says = "this would wait for ever"
# control = "hangs"
import queue

queue.Queue().get()
