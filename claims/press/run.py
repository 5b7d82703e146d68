"""Chapters executed side by side: one process and one thread each, longest first, within a time limit, none stopped by
another's failure."""

from __future__ import annotations

import ast
import asyncio
import copy
import json
import os
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil

from . import deps, family, kept, store
from .heard import ANSI, error_line, output_problems
from .project import Problem, Project, cores, dump, part, state, write_atomic
from .sources import Chapter, quick_json_schema
from .start import command, environment, limit, prime
from .tree import Tree, said

MEMORY = 2**30
"""Bytes that a chapter may take."""


@dataclass
class Outcome:
    """How one chapter's run went."""

    chapter: Chapter
    cells: list[dict] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    wall: float = 0.0
    cpu: float = 0.0
    peak: int = 0
    start: float = 0.0
    body: dict | None = None
    raised: str = ""
    seed: int = 0
    kept: int = 0
    """How many claims kept the evidence of an earlier run."""
    spawned: bool = False
    """Whether it started processes of its own."""

    @property
    def records(self) -> int:
        return sum(store.record_of(o) is not None for c in self.cells for o in c["outputs"])


async def run_chapter(project: Project, chapter: Chapter, seed: int) -> Outcome:
    """Run one chapter in a process of its own and store it if nothing is wrong with the run itself."""
    quick_json_schema()
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager
    from nbclient.client import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    outcome = Outcome(chapter, seed=seed)
    began, day = time.monotonic(), time.time()
    notebook = copy.deepcopy(chapter.notebook)
    manager = AsyncKernelManager(kernel_name="python3")
    manager._kernel_spec = KernelSpec(argv=command(), display_name="Python 3", language="python")
    manager.connection_file = str(
        project.build / "cache" / "jupyter" / f"kernel-{os.getpid()}-{chapter.slug}-{seed}.json")
    client = NotebookClient(notebook, km=manager, timeout=None, record_timing=False, coalesce_streams=True,
                            store_widget_state=False, shutdown_kernel="immediate",
                            resources={"metadata": {"path": str(chapter.path.parent)}})
    client.owns_km = True
    client.reset_execution_trackers()
    mark = f"{os.getpid()}-{chapter.slug}-{seed}"
    log_path = project.build / "cache" / f"{chapter.slug}-{seed}.log"
    ready = asyncio.Event()
    at = {"cell": None}
    numbers = {id(cell): n for n, cell in enumerate(c for c in notebook.cells if c.cell_type == "code")}

    async def execute() -> dict:
        with open(log_path, "wb") as log:
            env = environment(project, chapter, seed) | kept.offered(project, chapter.slug) | {family.MARK: mark}
            await client.async_start_new_kernel(env=env, stdout=log, stderr=log)
        await client.async_start_new_kernel_client()
        outcome.start = time.monotonic() - began
        ready.set()
        info = await client.async_wait_for_reply(client.kc.kernel_info())
        notebook.metadata["language_info"] = info["content"]["language_info"]
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type == "code":
                at["cell"] = chapter.cells[numbers[id(cell)]]
                await client.async_execute_cell(cell, index, execution_count=client.code_cells_executed + 1)
        return await report()

    async def report() -> dict:
        asked = client.kc.execute("", silent=True,
                                  user_expressions={"r": "__import__('sys').modules['_claims_trace'].report()"})
        reply = await client.async_wait_for_reply(asked)
        return json.loads(ast.literal_eval(reply["content"]["user_expressions"]["r"]["data"]["text/plain"]))

    task = asyncio.ensure_future(execute())
    # the limit is for the chapter: the start of its process, slow on a busy machine, has nbclient's own limit
    starting, allowed = asyncio.ensure_future(ready.wait()), limit(project)
    try:
        await asyncio.wait({task, starting}, return_when=asyncio.FIRST_COMPLETED)
        starting.cancel()
        done, _ = await asyncio.wait({task}, timeout=allowed)
    except asyncio.CancelledError:  # Ctrl-C
        await given_up(task, mark)
        raise
    found: dict | None = None
    if not done:
        cell = at["cell"]
        outcome.problems.append(Problem(chapter.file, cell.line if cell else 1,
                                        f"ran longer than its limit of {allowed:g} s (execute: timeout in _config.yml, "
                                        f"or CLAIMS_CHAPTER_LIMIT) and was stopped in this cell"))
        await manager.shutdown_kernel(now=True)
        await asyncio.wait({task}, timeout=20)
        task.cancel()
    try:
        if done:
            found = task.result()
    except CellExecutionError as error:
        cell = at["cell"]
        outcome.raised = error.ename
        outcome.problems.append(Problem(chapter.file, error_line(cell, error.traceback),
                                        f"raised {error.ename}: {ANSI.sub('', error.evalue)}".rstrip(": ")))
        try:
            found = await asyncio.wait_for(report(), 20)
        except Exception:
            found = None
    except (DeadKernelError, RuntimeError, TimeoutError) as error:
        cell = at["cell"]
        tail = log_path.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:] or [str(error)]
        outcome.problems.append(Problem(chapter.file, cell.line if cell else 1,
                                        f"its process died in this cell ({tail[0]}); out of memory?"))
    finally:
        if task.done() and not task.cancelled():
            task.exception()
        left = family.of(mark)
        await quiet(client._async_cleanup_kernel())
        family.end(left, mark)
    outcome.wall = time.monotonic() - began
    spawned = project.build / "cache" / f"{mark}.spawned"
    outcome.spawned = spawned.exists() or bool(found and found["spawned"])
    spawned.unlink(missing_ok=True)
    outcome.cells = store.clean_cells(notebook)
    if found:
        outcome.cpu, outcome.peak = found["cpu"], found["peak"]
    outcome.problems.extend(output_problems(chapter, outcome.cells))
    raw = [{"outputs": store.plain(cell.outputs)} for cell in notebook.cells if cell.cell_type == "code"]
    if found and seed == 0:
        outcome.kept = kept.gather(project, chapter.slug, **found["evidence"])
    if found and not outcome.problems:
        outcome.body = {"inputs": deps.fingerprint(project, chapter, found, seed, day),
                        "language": store.plain(notebook.metadata["language_info"]),
                        "times": store.times_of(raw)}
    return outcome


async def given_up(task: asyncio.Task, mark: str) -> None:
    """End a chapter at once; what its process says about that is no news."""
    family.end(family.of(mark), mark)
    task.cancel()
    await asyncio.wait({task}, timeout=20)
    if task.done() and not task.cancelled():
        task.exception()


async def quiet(awaitable) -> None:
    try:
        await asyncio.wait_for(awaitable, 20)
    except Exception:
        pass


def execute(project: Project, chapters: list[Chapter], seed: int = 0, *, say: Callable[[str], None] = print,
            reasons: dict[str, str] | None = None) -> list[Outcome]:
    """Run chapters side by side; store what ran well (at seed 0); say each as it finishes."""
    width = max((len(c.slug) for c in chapters), default=0)
    finished = 0

    def done(outcome: Outcome) -> None:
        nonlocal finished
        if seed == 0:
            keep(project, outcome)
        finished += 1
        slug = outcome.chapter.slug
        why = f"  ({reasons[slug]})" if reasons and reasons.get(slug) else ""
        mark = "" if outcome.body else "  FAILED"
        seconds = outcome.cpu or outcome.wall
        say(f"[{finished}/{len(chapters)}] {slug:<{width}}  {seconds:5.1f} s  {outcome.records} claims{mark}{why}")

    return side_by_side(project, [(chapter, seed) for chapter in chapters], done)


def side_by_side(project: Project, jobs: list[tuple[Chapter, int]], done: Callable[[Outcome], None]) -> list[Outcome]:
    """Run (chapter, seed) pairs on all cores, those first that took longest in earlier runs; `done` hears of each as
    it finishes."""
    if not jobs:
        return []
    timed = part(state(project.times), "chapters")

    def expected(chapter: Chapter) -> float:
        took = timed.get(chapter.slug, {}).get("cpu")
        return took if isinstance(took, (int, float)) else 1e6 + sum(len(c.source) for c in chapter.cells)

    queue = sorted(jobs, key=lambda job: (-expected(job[0]), job[0].slug))
    if (project.build / "cache").is_dir():
        for left in (project.build / "cache" / "jupyter").glob("kernel-*.json"):
            left.unlink(missing_ok=True)
    prime(project, [chapter for chapter, _ in queue], environment(project, *queue[0]))
    tree = Tree(project)
    spare = psutil.virtual_memory().available // MEMORY

    async def everything() -> list[Outcome]:
        waiting, running, outcomes = deque(queue), set(), []
        while waiting or running:
            # one more than there are cores fills their pauses; the last chapters start together, so that they end
            # together and no core waits for another
            while waiting and (not running or len(running) < spare
                               and (len(running) <= cores() or len(waiting) <= cores())):
                running.add(asyncio.ensure_future(run_chapter(project, *waiting.popleft())))
            try:
                finished, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            except asyncio.CancelledError:
                for task in running:
                    task.cancel()
                await asyncio.wait(running)
                raise
            for task in finished:
                outcomes.append(task.result())
                untouched(tree, outcomes[-1])
                done(outcomes[-1])
        return outcomes

    return asyncio.run(everything())


def untouched(tree: Tree, outcome: Outcome) -> None:
    """Put back what the processes of a chapter changed, and let it fail. What changed while no chapter had processes
    is an author's edit."""
    changes = tree.changes() if outcome.spawned else {}
    if not changes:
        return
    tree.put_back(changes)
    outcome.body = None
    outcome.problems.append(Problem(outcome.chapter.file, 1, f"changed the book outside _build: {said(changes)}. All "
                                    "is as it was before; what stood there instead is in _build/undone"))


def keep(project: Project, outcome: Outcome) -> None:
    """Store a run that went well, with its times, as soon as it is finished: a build that is killed loses only what
    still ran."""
    if not outcome.body:
        return
    slug = outcome.chapter.slug
    store.save(project, outcome.chapter, outcome.body["inputs"], outcome.cells, outcome.body["language"], 0,
               outcome.kept)
    known = state(project.times)
    known["chapters"] = part(known, "chapters")
    known["chapters"][slug] = {
        "wall": round(outcome.wall, 3), "cpu": round(outcome.cpu, 3), "peak_bytes": outcome.peak,
        "start": round(outcome.start, 3),
        "records": outcome.body["times"],
    }
    write_atomic(project.times, dump(known))
