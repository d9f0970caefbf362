# what = "makes a pool of processes"
# status = "error"
# error = "NotImplementedError"
# control = "native"
import concurrent.futures

with concurrent.futures.ProcessPoolExecutor(1) as pool:
    if pool.submit(int).result() == 0:
        print("REACHED")
