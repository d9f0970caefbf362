# what = "opens a file of the host as a picture"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
import PIL.Image

try:
    PIL.Image.open("@FILE@")
except PIL.UnidentifiedImageError:
    print("REACHED")
