# what = "a style sheet that writes the host's file"
# status = "error"
# error = "XSLTApplyError"
# control = "twin"
# twin = """
# import lxml.etree as E
# sheet = E.XML('<x:stylesheet version="1.0" xmlns:x="http://www.w3.org/1999/XSL/Transform"><x:template match="/">'
#     '<r>REACHED</r></x:template></x:stylesheet>')
# print(E.XSLT(sheet)(E.XML('<a/>')))
# """
import lxml.etree

sheet = lxml.etree.XML(
    '<x:stylesheet version="1.0" xmlns:x="http://www.w3.org/1999/XSL/Transform" xmlns:e="http://exslt.org/common" '
    'extension-element-prefixes="e"><x:template match="/"><e:document href="@FILE@"><a>overwritten</a></e:document>'
    "</x:template></x:stylesheet>"
)
lxml.etree.XSLT(sheet)(lxml.etree.XML("<a/>"))
if "overwritten" in open("@FILE@").read():
    print("REACHED")
