# what = "reads the time zone of the host"
# status = "error"
# error = "FileNotFoundError"
# control = "twin"
# twin = "import importlib.resources\n\nzone = importlib.resources.files(\"tzdata\") / \"zoneinfo\" / \"Europe\" / \"Berlin\"\nif zone.read_bytes()[:4] == b\"TZif\":\n    print(\"REACHED\")"
if open("/etc/localtime", "rb").read(4) == b"TZif":
    print("REACHED")
