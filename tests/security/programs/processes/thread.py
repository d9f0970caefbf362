# what = "starts a thread of the system with the C function below threading"
# status = "error"
# error = "RuntimeError"
# says = "can't start new thread"
# control = "twin"
# twin = "import threading\n\nthreading.Thread(target=print, args=('REACHED',)).start()"
import _thread

_thread.start_joinable_thread(lambda: print("REACHED"))
