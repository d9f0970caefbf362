# what = "XML with an entity that is the host's file"
# status = "error"
# error = "XMLSyntaxError"
# control = "native"
import os

import lxml.etree

name = os.path.abspath("@FILE@")
parser = lxml.etree.XMLParser(resolve_entities=True, load_dtd=True, no_network=False)
root = lxml.etree.fromstring(f"<!DOCTYPE a [<!ENTITY b SYSTEM 'file://{name}'>]><a>&b;</a>", parser)
if root.text == "canary":
    print("REACHED")
