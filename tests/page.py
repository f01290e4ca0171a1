#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""page.py FILE...: is each a page that a report may be?

What is opened is shut in order; nothing is loaded from anywhere; there is one
script, whose digest the page itself demands; no attribute runs anything; each
table has as many cells a row as columns. One line a mistake.
"""
import base64
import hashlib
import re
import sys
from html.parser import HTMLParser

VOID = {"br", "col", "input", "meta", "wbr", "rect", "circle"}
KNOWN = {"html", "head", "title", "style", "body", "div", "h1", "h2", "small",
         "p", "b", "table", "tr", "td", "th", "thead", "tbody", "colgroup",
         "span", "code", "details", "summary", "label", "ul", "li", "svg",
         "text", "script"} | VOID
ATTRIBUTES = {"align", "aria-hidden", "aria-label", "cellpadding",
              "cellspacing", "charset", "checked", "class", "colspan",
              "content", "cx", "cy", "data-k", "data-row", "fill", "height",
              "http-equiv", "id", "lang", "name", "open", "placeholder",
              "pointer-events", "preserveaspectratio", "r", "role", "rx",
              "style", "type", "valign", "value", "viewbox", "width", "x",
              "y"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.stack, self.wrong, self.ids = [], [], set()
        self.scripts, self.policy = [], ""
        self.columns, self.cells = [], []

    def say(self, what):
        self.wrong.append("%d:%d: %s" % (*self.getpos(), what))

    def handle_starttag(self, tag, attrs):
        if tag not in KNOWN:
            self.say("<%s>" % tag)
        names = [name for name, value in attrs]
        if len(names) != len(set(names)):
            self.say("<%s> has an attribute twice" % tag)
        for name, value in attrs:
            if name not in ATTRIBUTES:
                self.say("<%s %s>" % (tag, name))
            if re.search(r"url\(|javascript:|expression", value or "", re.I):
                self.say("<%s %s=%r>" % (tag, name, value))
        have = dict(attrs)
        if "id" in have:
            if have["id"] in self.ids:
                self.say("id %s once more" % have["id"])
            self.ids.add(have["id"])
        if have.get("http-equiv") == "Content-Security-Policy":
            self.policy = have["content"]
        if tag == "table":
            self.columns.append(None)
        if tag == "tr":
            self.cells.append(0)
        if tag in ("td", "th"):
            self.cells[-1] += int(have.get("colspan", 1))
        if tag not in VOID or (tag in ("rect", "circle")
                               and not self.get_starttag_text()
                               .endswith("/>")):
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        if not self.stack or self.stack[-1] != tag:
            self.say("</%s> within %s" % (tag, self.stack[-3:]))
            return
        self.stack.pop()
        if tag == "tr":
            cells = self.cells.pop()
            if self.columns[-1] not in (None, cells):
                self.say("a row of %d cells, not %d"
                         % (cells, self.columns[-1]))
            self.columns[-1] = cells
        if tag == "table":
            self.columns.pop()

    def handle_data(self, data):
        if self.stack and self.stack[-1] == "script":
            self.scripts.append(data)

    def end(self):
        self.close()
        if self.stack:
            self.say("left open: %s" % self.stack)
        if len(self.scripts) != 1:
            self.say("%d scripts" % len(self.scripts))
        for script in self.scripts:
            digest = base64.b64encode(
                hashlib.sha256(script.encode()).digest()).decode()
            if "script-src 'sha256-%s'" % digest not in self.policy:
                self.say("the policy does not know the script")
        if "default-src 'none'" not in self.policy:
            self.say("the policy lets things be loaded")
        return self.wrong


bad = 0
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as f:
        text = f.read()
    page = Page()
    page.feed(text)
    for line in page.end():
        print("%s:%s" % (path, line))
        bad = 1
    for c in text:
        if (ord(c) < 0x20 and c not in "\n\t") or 0x7f <= ord(c) < 0xa0:
            print("%s: a control character U+%04X" % (path, ord(c)))
            bad = 1
sys.exit(bad)
