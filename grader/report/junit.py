"""JUnit XML, one suite a stage, for continuous integration and editors."""

from __future__ import annotations

import re
from itertools import groupby
from xml.etree import ElementTree

from grader.report.causes import causes_in
from grader.report.explanation import as_text
from grader.report.misconceptions import Cause
from grader.result import Grading, Outcome, Result

# XML 1.0, section 2.2: what no document may contain, however it is escaped.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(grading: Grading) -> str:
    """Return the grading as the text of a JUnit file."""
    root = ElementTree.Element("testsuites", name=_clean(f"PyNetLab: {grading.submission}"))
    causes = causes_in(grading)
    for stage, results in groupby(grading.results, lambda result: result.check.stage):
        _add_suite(root, stage, [*results], causes)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, "unicode") + "\n"


def _add_suite(
    root: ElementTree.Element, stage: str, results: list[Result], causes: dict[str, Cause]
) -> None:
    failures = [result for result in results if result.outcome in (Outcome.FAILED, Outcome.TODO)]
    skipped = [result for result in results if result.outcome is Outcome.BLOCKED]
    suite = ElementTree.SubElement(
        root,
        "testsuite",
        name=stage,
        tests=str(len(results)),
        failures=str(len(failures)),
        errors="0",
        skipped=str(len(skipped)),
        time=f"{sum(result.seconds for result in results):.3f}",
    )
    for result in results:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=f"pynetlab.{stage}",
            name=result.check.name,
            time=f"{result.seconds:.3f}",
        )
        if result.outcome is Outcome.BLOCKED:
            ElementTree.SubElement(case, "skipped", message=_clean(result.text))
        elif result.outcome is not Outcome.PASSED:
            title = f"{result.check.title} ({result.outcome.value})"
            failure = ElementTree.SubElement(case, "failure", message=title)
            failure.text = _clean(as_text(result, causes.get(result.check.name)))


def _clean(text: str) -> str:
    return NOT_XML.sub("\ufffd", text)
