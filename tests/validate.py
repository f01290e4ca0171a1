#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""validate.py SCHEMA: is standard input JSON that the schema allows?"""
import json
import sys

import jsonschema

with open(sys.argv[1], encoding="utf-8") as f:
    schema = json.load(f)
jsonschema.Draft202012Validator.check_schema(schema)
checker = jsonschema.Draft202012Validator(schema)
wrong = list(checker.iter_errors(json.load(sys.stdin)))
for e in wrong:
    print("/".join(map(str, e.absolute_path)) + ": " + e.message,
          file=sys.stderr)
sys.exit(1 if wrong else 0)
