# what = "an SVG that includes the host's file as text"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
import xml.etree.ElementInclude
import xml.etree.ElementTree

svg = xml.etree.ElementTree.fromstring(
    "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xi='http://www.w3.org/2001/XInclude'>"
    "<text><xi:include href='@FILE@' parse='text'/></text></svg>"
)
xml.etree.ElementInclude.include(svg)
if svg[0].text == "canary":
    print("REACHED")
