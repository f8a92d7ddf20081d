"""Calls made up from the API's own description: whatever operation there is, with any values its schema allows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from yinke.api import api

Values = Mapping[str, Sequence[Any]]
"""For a parameter's or a property's name: values worth trying."""


@dataclass(frozen=True)
class Call:
    """One call: what is asked, of whom it does not say."""

    operation: str
    method: str
    path: str
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None

    def __str__(self) -> str:
        return (
            f"{self.method} {self.path} {self.query} {json.dumps(self.body, ensure_ascii=False, default=str)}"
        )


class Description:
    """The API's description, and calls made from it."""

    def __init__(self, values: Values, texts: Sequence[str]) -> None:
        self.whole = json.loads(json.dumps(api.get_openapi_schema()))
        self.values, self.texts = values, texts
        self.operations = [
            (method.upper(), path, operation)
            for path, methods in self.whole["paths"].items()
            for method, operation in methods.items()
        ]

    def path_parameters(self) -> set[str]:
        """Names of all that stand in braces in an address."""
        return {name for _, path, _ in self.operations for name in re.findall(r"\{(\w+)\}", path)}

    def call(self, draw: Random, only: Callable[[str], bool] = lambda _: True) -> Call:
        """Any operation whose name passes, with any values."""
        method, path, operation = draw.choice([one for one in self.operations if only(one[2]["operationId"])])
        query: dict[str, Any] = {}
        for parameter in operation.get("parameters", ()):
            name, schema = parameter["name"], parameter["schema"]
            if parameter["in"] == "path":
                path = path.replace(f"{{{name}}}", str(self._value(draw, name, schema)))
            elif parameter.get("required") or draw.random() < 0.4:
                value = self._value(draw, name, schema)
                if value is not None:
                    query[name] = value
        content = (operation.get("requestBody") or {}).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        body = self._value(draw, "", schema) if schema else None
        return Call(operation["operationId"], method, path, query, body)

    def _value(self, draw: Random, name: str, schema: Mapping[str, Any]) -> Any:
        if name in self.values and draw.random() < 0.9:
            known = draw.choice(self.values[name])
            return [known] if schema.get("type") == "array" else known
        return self._of_schema(draw, name, schema)

    def _of_schema(self, draw: Random, name: str, schema: Mapping[str, Any]) -> Any:
        if "$ref" in schema:
            return self._of_schema(
                draw, name, self.whole["components"]["schemas"][schema["$ref"].split("/")[-1]]
            )
        for key in ("anyOf", "oneOf"):
            if key in schema:
                return self._value(draw, name, draw.choice(schema[key]))
        if "allOf" in schema:
            return self._of_schema(draw, name, schema["allOf"][0])
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return draw.choice(schema["enum"])
        match schema.get("type"):
            case "integer":
                return draw.choice([0, 1, 2, 3, 5, 8, 30, 200, 10**6])
            case "number":
                return draw.choice([0, 1, -1, 0.5, 1e12])
            case "boolean":
                return draw.random() < 0.5
            case "array":
                return [self._value(draw, name, schema.get("items", {})) for _ in range(draw.randrange(3))]
            case "object":
                return self._object(draw, schema)
            case "null":
                return None
        return self._text(draw, schema)

    def _object(self, draw: Random, schema: Mapping[str, Any]) -> dict[str, Any]:
        required = schema.get("required", ())
        return {
            key: self._value(draw, key, inner)
            for key, inner in schema.get("properties", {}).items()
            if key in required or draw.random() < 0.6
        }

    def _text(self, draw: Random, schema: Mapping[str, Any]) -> str:
        match schema.get("format"):
            case "date":
                return draw.choice(["2026-10-30", "2026-10-01", "2024-02-29", "1990-01-01"])
            case "date-time":
                return draw.choice(["2026-10-30T08:00:00Z", "2026-10-01T00:00:00+08:00"])
        return draw.choice(self.texts)
