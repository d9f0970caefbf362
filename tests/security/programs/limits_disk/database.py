# what = "a database with a value of 60 megabytes"
# status = "disk_limit"
# error = "OperationalError"
# limit = "disk_bytes"
# control = "native"
import sqlite3

with sqlite3.connect("large.db") as database:
    database.execute("CREATE TABLE t AS SELECT zeroblob(60000000)")
print("REACHED")
