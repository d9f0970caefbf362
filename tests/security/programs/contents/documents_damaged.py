# what = "damaged workbooks, letters and PDFs, cut at every place: each is an ordinary exception"
# status = "ok"
# says = "all refused"
# control = "twin"
# twin = """
# import io, openpyxl
# data = io.BytesIO()
# openpyxl.Workbook().save(data)
# print('REACHED' if openpyxl.load_workbook(data).sheetnames == ['Sheet'] else '')
# """
import io

import docx
import openpyxl
import pypdf

workbook, letter, pdf = io.BytesIO(), io.BytesIO(), io.BytesIO()
openpyxl.Workbook().save(workbook)
docx.Document().save(letter)
writer = pypdf.PdfWriter()
writer.add_blank_page(100, 100)
writer.write(pdf)


def reads(read, data):
    try:
        read(io.BytesIO(data))
    except Exception:
        return False
    return True


kinds = [
    (openpyxl.load_workbook, workbook.getvalue()),
    (docx.Document, letter.getvalue()),
    (lambda file: pypdf.PdfReader(file, strict=True).pages[0], pdf.getvalue()),
]
for read, data in kinds:
    assert reads(read, data)
    for part in (0, 1, 2, 3):
        if reads(read, data[: len(data) * part // 5]):
            print("REACHED")
print("all refused")
