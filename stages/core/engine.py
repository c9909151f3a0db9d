"""Engines: where the work on partitions is done. Results come back in order, a bounded number at a time.

`local` runs processes of this machine, `dask` the workers of a Dask cluster. Both call the same function with the same
arguments, so both give the same rows. A partition whose worker dies is tried again; one that kills every worker it is
given to stops the build, with its name.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Generic, Literal, TypeVar

from pydantic import Field

from stages.core.params import Block, ParamsError

A = TypeVar("A")
R = TypeVar("R")

_TRIES = 3


class Params(Block):
    """Where the work is done. No table depends on it."""

    kind: Literal["local", "dask"] = Field("local", description="Processes of this machine, or a Dask cluster.")
    workers: Literal["auto"] | int = Field(
        "auto", description="How many processes, or workers of a Dask cluster that is started here; auto: the cores."
    )
    scheduler: str | None = Field(
        None, description="Address of a running Dask scheduler, tcp://host:8786; without it a cluster is started here."
    )

    @property
    def count(self) -> int:
        """The number of workers."""
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return cores if self.workers == "auto" else max(1, self.workers)


class EngineError(RuntimeError):
    """Work that could not be finished; the message names the partition."""


@dataclass(frozen=True)
class Task(Generic[A]):
    """One piece of work: a name for messages, and the argument; none where there is nothing to do."""

    name: str
    argument: A | None


def run(params: Params, function: Callable[[A], R], tasks: Iterable[Task[A]]) -> Iterator[R | None]:
    """The results of a function over tasks, in order; None for a task without an argument.

    Args:
        params: the engine.
        function: a function of a module, so that workers can import it.
        tasks: read as workers become free.

    Raises:
        EngineError: where a partition cannot be finished.
        ParamsError: where the cluster cannot be reached.
    """
    if params.kind == "dask":
        yield from _dask(params, function, tasks)
    else:
        yield from _local(params.count, function, tasks)


def _local(workers: int, function: Callable[[A], R], tasks: Iterable[Task[A]]) -> Iterator[R | None]:
    rest = iter(tasks)
    # A start of workers costs seconds: the work of one partition is done here.
    held: list[Task[A]] = []
    for task in rest:
        held.append(task)
        if sum(one.argument is not None for one in held) > 1 or len(held) > 10_000:
            break
    if workers == 1 or sum(one.argument is not None for one in held) < 2:
        for task in chain(held, rest) if workers == 1 else held:
            yield None if task.argument is None else function(task.argument)
        if workers > 1 and (more := next(rest, None)) is not None:
            yield from _local(workers, function, chain([more], rest))
        return
    yield from _Pool(workers, function).run(chain(held, rest))


def _ignore_interrupts() -> None:
    """Ctrl-C ends the build in the process that started it; workers are told by that one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class _Pool(Generic[A, R]):
    """Processes that are started again where one dies."""

    def __init__(self, workers: int, function: Callable[[A], R]) -> None:
        self._workers, self._function = workers, function
        self._pool = self._start(workers)

    @staticmethod
    def _start(workers: int) -> ProcessPoolExecutor:
        # Threads of Arrow do not survive a fork.
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(workers, mp_context=context, initializer=_ignore_interrupts)

    def run(self, tasks: Iterable[Task[A]]) -> Iterator[R | None]:
        rest = iter(tasks)
        window: deque[tuple[Task[A], Future[R] | None]] = deque()
        try:
            while True:
                while sum(future is not None for _, future in window) < 2 * self._workers and len(window) < 1000:
                    task = next(rest, None)
                    if task is None:
                        break
                    window.append((task, self._submit(task)))
                if not window:
                    return
                task, future = window.popleft()
                if future is None:
                    yield None
                    continue
                try:
                    yield future.result()
                except BrokenProcessPool:
                    again = [task, *(one for one, _ in window)]
                    window.clear()
                    yield from self._carefully(again)
        finally:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _submit(self, task: Task[A]) -> Future[R] | None:
        if task.argument is None:
            return None
        try:
            return self._pool.submit(self._function, task.argument)
        except BrokenProcessPool as error:
            broken: Future[R] = Future()
            broken.set_exception(error)
            return broken

    def _carefully(self, tasks: list[Task[A]]) -> Iterator[R | None]:
        """After a death: one at a time, so that the partition that kills its worker is known."""
        self._restart(1)
        for task in tasks:
            for left in reversed(range(_TRIES)):
                try:
                    yield None if task.argument is None else self._pool.submit(self._function, task.argument).result()
                    break
                except BrokenProcessPool as error:
                    if not left:
                        raise _dead(task.name) from error
                    self._restart(1)
        self._restart(self._workers)

    def _restart(self, workers: int) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._start(workers)


def _dead(name: str) -> EngineError:
    return EngineError(
        f"{name}: the worker died {_TRIES} times, most likely for want of memory. What was finished is kept: run "
        "again with fewer engine.workers or smaller partitions, or take the text out"
    )


def _dask(params: Params, function: Callable[[A], R], tasks: Iterable[Task[A]]) -> Iterator[R | None]:
    try:
        import distributed
        from dask import config
        from distributed.comm.core import CommClosedError
    except ImportError as error:
        raise ParamsError("engine.kind: dask needs the package distributed: pip install 'standoff[dask]'") from error
    rest = iter(tasks)
    window: deque[tuple[Task[A], Any]] = deque()
    with config.set({"distributed.scheduler.allowed-failures": _TRIES}), _cluster(params, distributed) as address:
        client = _connect(address, distributed)
        lost = 0
        try:
            while True:
                most = 2 * max(1, sum(client.nthreads().values()))
                for task in islice(rest, max(0, most - len(window))):
                    window.append((task, _send(client, function, task)))
                if not window:
                    return
                task, future = window[0]
                try:
                    result = None if future is None else future.result()
                except distributed.KilledWorker as error:
                    raise _dead(task.name) from error
                except (distributed.CancelledError, CommClosedError, OSError) as error:
                    # The connection or the scheduler is gone, and with it what was under way.
                    lost += 1
                    if lost >= _TRIES:
                        reason = f"{task.name}: the connection to {address} was lost {lost} times; run again to go on"
                        raise EngineError(reason) from error
                    client.close(timeout=1)
                    client = _connect(address, distributed)
                    window = deque((one, _send(client, function, one)) for one, _ in window)
                    continue
                window.popleft()
                yield result
        finally:
            for _, future in window:
                if future is not None:
                    future.cancel()
            client.close()


class _cluster:  # noqa: N801
    """The address of the scheduler that the params name, or of a cluster that lives as long as the work."""

    def __init__(self, params: Params, distributed: Any) -> None:
        self._params, self._distributed = params, distributed
        self._own: Any = None

    def __enter__(self) -> str:
        if self._params.scheduler:
            return self._params.scheduler
        self._own = self._distributed.LocalCluster(
            n_workers=self._params.count, threads_per_worker=1, dashboard_address=None
        )
        return str(self._own.scheduler_address)

    def __exit__(self, *_: object) -> None:
        if self._own is not None:
            self._own.close()


def _connect(address: str, distributed: Any) -> Any:
    try:
        return distributed.Client(address, timeout=10, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ParamsError(f"engine.scheduler: no Dask scheduler answers at {address} ({error})") from error


def _send(client: Any, function: Callable[[A], R], task: Task[A]) -> Any:
    return None if task.argument is None else client.submit(function, task.argument, pure=False, key=None)
