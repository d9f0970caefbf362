# what = "a file of 32 terabytes, more than a file may have"
# status = "error"
# error = "OSError"
# says = "File too large"
# control = "grows"
with open("sparse", "wb") as file:
    file.truncate(1 << 45)
