#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""schema.py SCHEMA FILE...: what an editor says of each YAML file.

Reads YAML as editors do, so that numbers and truths are not texts. One line a
mistake, the path to it first; exits with 1 when there was one.
"""
import json
import sys

import jsonschema
import yaml

with open(sys.argv[1], encoding="utf-8") as f:
    schema = json.load(f)
jsonschema.Draft202012Validator.check_schema(schema)
checker = jsonschema.Draft202012Validator(schema)


def leaves(error):
    """The mistakes of the branch that fits best: where most of it is right."""
    if not error.context:
        return [error]
    best = max(error.context, key=lambda e: (len(e.absolute_path), e.message))
    return leaves(best)


bad = 0
for name in sys.argv[2:]:
    with open(name, encoding="utf-8") as f:
        document = yaml.safe_load(f)
    for error in checker.iter_errors(document):
        for leaf in leaves(error):
            where = "/".join(map(str, leaf.absolute_path))
            print("%s: %s: %s" % (name, where, leaf.message))
            bad = 1
sys.exit(bad)
