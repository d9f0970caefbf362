# what = "runs a program of the host"
# status = "error"
# error = "OSError"
# says = "does not support processes"
# control = "native"
import subprocess

print(subprocess.run(["/bin/echo", "REACHED"], capture_output=True, text=True).stdout)
