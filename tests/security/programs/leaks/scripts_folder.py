# what = "asks where the host keeps its programs"
# status = "ok"
# control = "native"
import os
import sysconfig

if os.path.isdir(sysconfig.get_path("scripts")):
    print("REACHED")
