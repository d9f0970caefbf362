# what = "ends the process without Python's leave"
# status = "exit"
# control = "dies"
import os

os._exit(3)
