# what = "cells of a table that name programs, evaluated by a careless reader"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
import csv
import io

rows = csv.reader(io.StringIO("name,sum\nx,\"=open('@FILE@').read()\"\n"))
for row in rows:
    for cell in row:
        if cell.startswith("=") and eval(cell[1:]) == "canary":
            print("REACHED")
