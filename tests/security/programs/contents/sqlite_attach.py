# what = "SQL that makes a database in the host's folder"
# status = "error"
# error = "OperationalError"
# says = "unable to open database"
# control = "native"
import os
import sqlite3

database = sqlite3.connect(":memory:")
database.execute("attach '@FOLDER@/made.db' as other")
database.execute("create table other.t (a)")
database.commit()
if os.path.exists("@FOLDER@/made.db"):
    print("REACHED")
