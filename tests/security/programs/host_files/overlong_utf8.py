# what = "hides slashes in overlong UTF-8"
# status = "error"
# error = "FileNotFoundError"
# control = "twin"
# twin = "open(b\"..\\xc0\\xaf..\", \"w\").close()\nprint(\"REACHED\")"
open(b"..\xc0\xaf..\xc0\xafetc\xc0\xafpasswd")
print("REACHED")
