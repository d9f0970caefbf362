# what = "os.abort"
# status = "trap"
# error = "Trap"
# control = "dies"
import os

os.abort()
