# what = "makes a pool of threads"
# status = "error"
# error = "RuntimeError"
# says = "can't start new thread"
# control = "native"
import concurrent.futures

with concurrent.futures.ThreadPoolExecutor(4) as pool:
    print(pool.submit(lambda: "REACHED").result())
