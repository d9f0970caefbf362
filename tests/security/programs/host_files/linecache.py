# what = "reads a line of a file of the host through linecache"
# status = "ok"
# control = "native"
import linecache

if linecache.getline("@FILE@", 1):
    print("REACHED")
