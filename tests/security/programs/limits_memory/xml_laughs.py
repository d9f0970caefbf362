# what = "XML entities made of entities: a thousand million laughs"
# status = "error"
# error = "ParseError"
# says = "amplification"
# control = "twin"
# twin = "import xml.etree.ElementTree as ET\nprint(ET.XML('<!DOCTYPE a [<!ENTITY e \"REACHED\">]><a>&e;</a>').text)"
import xml.etree.ElementTree as ET

entities = "".join(f'<!ENTITY e{i + 1} "{f"&e{i};" * 10}">' for i in range(9))
ET.fromstring(f'<!DOCTYPE a [<!ENTITY e0 "laugh">{entities}]><a>&e9;</a>')
