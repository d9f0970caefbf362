# what = "has the import system read a file of the host"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
import importlib.machinery

if importlib.machinery.SourceFileLoader("found", "@FILE@").get_data("@FILE@"):
    print("REACHED")
