# what = "runs a program of the host"
# status = "error"
# error = "FileNotFoundError"
# says = "No other programs can be started"
# control = "native"
import subprocess

print(subprocess.run(["/bin/echo", "REACHED"], capture_output=True, text=True).stdout)
