# what = "a workbook with a cell that names the host's file, followed by a careless reader"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
import io

import openpyxl

book = openpyxl.Workbook()
book.active["A1"] = "='file://[@FILE@]Sheet1'!A1"
data = io.BytesIO()
book.save(data)
# To openpyxl it is a text: it opens nothing by itself.
formula = openpyxl.load_workbook(data).active["A1"].value
if open(formula[len("='file://[") : -len("]Sheet1'!A1")]).read() == "canary":
    print("REACHED")
