# what = "ends the process from within the garbage collection"
# status = "exit"
# control = "dies"
import gc
import os

gc.callbacks.append(lambda *_: os._exit(4))
gc.collect()
