# what = "a database that loads machine code"
# status = "error"
# error = "AttributeError"
# control = "twin"
# twin = """
# import sqlite3
# print(sqlite3.connect(':memory:').execute("select 'REACHED'").fetchone()[0])
# """
import sqlite3

database = sqlite3.connect(":memory:")
database.enable_load_extension(True)
database.load_extension("@FOLDER@/evil")
print("REACHED")
