# what = "puts a file of its own in the place of the channel to the host"
# status = "ok"
# control = "twin"
# twin = "import os\n\nfd = os.open(\"own\", os.O_RDWR | os.O_CREAT)\nos.close(fd)\nprint(\"REACHED\")"
import os

os.dup2(os.open("fake", os.O_RDWR | os.O_CREAT), 3)
