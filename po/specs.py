# SPDX-License-Identifier: MIT
"""specs.py FILE...: title, about and why of specs as a template of gettext,
with the context "spec"."""
import sys

import yaml

HEADER = '''msgid ""
msgstr ""
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

'''


def quoted(text):
    text = text.replace('\\', '\\\\').replace('"', '\\"')
    return '"' + text.replace('\n', '\\n') + '"'


def texts(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ('title', 'about', 'why') and isinstance(value, str):
                yield value
            else:
                yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)


places = {}
for name in sys.argv[1:]:
    with open(name, encoding='utf-8') as file:
        for text in texts(yaml.safe_load(file)):
            files = places.setdefault(text, [])
            if name not in files:
                files.append(name)
print(HEADER, end='')
for text, files in places.items():
    print('#:', ' '.join(files))
    print('msgctxt "spec"')
    print('msgid', quoted(text))
    print('msgstr ""\n')
