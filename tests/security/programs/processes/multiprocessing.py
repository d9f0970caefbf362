# what = "starts a process of multiprocessing"
# status = "error"
# error = "OSError"
# says = "No processes can be started"
# control = "native"
import multiprocessing

process = multiprocessing.get_context("fork").Process(target=print, args=("REACHED",))
process.start()
process.join()
