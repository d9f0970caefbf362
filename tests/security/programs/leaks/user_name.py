# what = "asks for the user of the host"
# status = "error"
# error = "OSError"
# says = "No username"
# control = "native"
import getpass

if getpass.getuser():
    print("REACHED")
