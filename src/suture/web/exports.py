"""The table you see is the table you export: same filter, same order, same columns; instants in UTC."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import JsonResponse, StreamingHttpResponse

# A cell that starts so is taken for a formula by spreadsheets; an apostrophe keeps it text (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Line:
    """A file that gives back what is written: csv writes, the response streams."""

    def write(self, line: str) -> str:
        return line


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A CSV file, row by row."""
    writer = csv.writer(_Line())

    def lines() -> Iterator[str]:
        yield writer.writerow(header)
        for row in rows:
            yield writer.writerow([_cell(value) for value in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def json_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> JsonResponse:
    """The same table as JSON: one object per row."""
    found = [dict(zip(header, row, strict=True)) for row in rows]
    response = JsonResponse(found, safe=False, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response
