# what = "a PDF whose tree of pages contains itself"
# status = "error"
# control = "twin"
# error = "PdfReadError"
# twin = """
# import io, pypdf
# data, writer = io.BytesIO(), pypdf.PdfWriter()
# writer.add_blank_page(100, 100)
# writer.write(data)
# print('REACHED' if len(pypdf.PdfReader(data).pages) == 1 else '')
# """
import io

import pypdf

parts = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[2 0 R]>>"]
data, places = b"%PDF-1.4\n", []
for i, part in enumerate(parts, 1):
    places.append(len(data))
    data += b"%d 0 obj\n%b\nendobj\n" % (i, part)
table = b"xref\n0 3\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
data += table + b"trailer<</Size 3/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(data)
for page in pypdf.PdfReader(io.BytesIO(data)).pages:
    page.extract_text()
print("REACHED")
