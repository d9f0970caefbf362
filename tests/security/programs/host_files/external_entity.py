# what = "has an XML parser include a file of the host"
# status = "error"
# error = "ValueError"
# control = "native"
import io
import os
import xml.sax
import xml.sax.handler


class Shown(xml.sax.handler.ContentHandler):
    def characters(self, content):
        if content.strip() == "canary":
            print("REACHED")


parser = xml.sax.make_parser()
parser.setFeature(xml.sax.handler.feature_external_ges, True)
parser.setContentHandler(Shown())
name = os.path.abspath("@FILE@")
parser.parse(io.StringIO(f'<!DOCTYPE a [<!ENTITY b SYSTEM "{name}">]><a>&b;</a>'))
