"""Imports on screen: a file is tried first; what it would change is shown, and then a person has it taken or not."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from starlette.concurrency import run_in_threadpool

from models.errors import InputError, NotFound
from review_ui.access import Admin
from review_ui.errors import PageRoute
from review_ui.import_jobs import REPORTS, SHOWN, Job
from review_ui.pages import render
from review_ui.presenters.masterdata import KIND_WORDS
from review_ui.state import services_of, ui_of
from review_ui.uploads import spool

router = APIRouter(route_class=PageRoute)


@router.get("/masterdata/imports")
def show(request: Request, _user: Admin, kind: Annotated[str, Query(max_length=32)] = "") -> Response:
    """The page, with the imports of this server, the newest first."""
    return render(request, "masterdata/imports.html", jobs=ui_of(request).jobs.all(), kinds=KIND_WORDS, kind=kind)


@router.post("/masterdata/imports")
async def upload(
    request: Request, user: Admin, kind: Annotated[str, Query(max_length=32)],
    name: Annotated[str, Query(max_length=255)] = "table",
) -> Response:
    """Take in one file, sent as the request's bare body, and try it."""
    if kind not in services_of(request).imports.kinds:
        raise InputError("Say what the file holds: choose one of the kinds.", code="unknown_kind")
    file = await spool(request, services_of(request).settings.upload_max_bytes)

    def write(path: Path) -> None:
        with file, path.open("wb") as out:
            shutil.copyfileobj(file, out)

    job = await run_in_threadpool(ui_of(request).jobs.begin, kind, name, user.name, write)
    return render(request, "masterdata/_uploaded.html", status=201, headers={"Location": _address(job)})


def _address(job: Job) -> str:
    return f"/masterdata/imports/{job.id}"


def _show(request: Request, template: str, job: Job) -> Response:
    return render(request, template, job=job, word=KIND_WORDS[job.kind], shown=SHOWN)


@router.get("/masterdata/imports/{job_id}")
def one(request: Request, _user: Admin, job_id: str) -> Response:
    """One import."""
    return _show(request, "masterdata/import.html", ui_of(request).jobs.get(job_id))


@router.get("/masterdata/imports/{job_id}/state")
def state(request: Request, _user: Admin, job_id: str) -> Response:
    """How far it is, for the page's own refresh."""
    return _show(request, "masterdata/_import.html", ui_of(request).jobs.get(job_id))


@router.post("/masterdata/imports/{job_id}/run")
def run(request: Request, _user: Admin, job_id: str) -> Response:
    """Have it taken."""
    return _show(request, "masterdata/_import.html", ui_of(request).jobs.run(job_id))


@router.get("/masterdata/imports/{job_id}/{report}.csv")
def report(request: Request, _user: Admin, job_id: str, report: str) -> FileResponse:
    """All refusals or all changes, for a spreadsheet."""
    job = ui_of(request).jobs.get(job_id)
    if report not in REPORTS or job.is_busy:
        raise NotFound("There is no such report yet. Reload the page.")
    return FileResponse(job.report_file(report), media_type="text/csv", filename=f"{job.kind}-{report}.csv")
