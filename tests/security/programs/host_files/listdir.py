# what = "lists a folder of the host"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
import os

os.listdir("@FOLDER@")
print("REACHED")
