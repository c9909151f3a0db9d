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
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Generic, Literal, TypeVar

from pydantic import Field, field_validator

from stages.core.params import Block, ParamsError

A = TypeVar("A")
R = TypeVar("R")

_TRIES = 3
_WINDOW = 100
"""Tasks under way at most, those with nothing to do among them."""


class Params(Block):
    """Where the work is done. No table depends on it."""

    kind: Literal["local", "dask"] = Field("local", description="Processes of this machine, or a Dask cluster.")
    workers: Literal["auto"] | int = Field(
        "auto", description="How many processes, or workers of a Dask cluster that is started here; auto: the cores."
    )
    scheduler: str | None = Field(
        None, description="Address of a running Dask scheduler, tcp://host:8786; without it a cluster is started here."
    )

    @field_validator("workers")
    @classmethod
    def _some(cls, workers: Literal["auto"] | int) -> Literal["auto"] | int:
        if workers != "auto" and workers < 1:
            raise ValueError(f"{workers} workers do nothing; auto, or 1 and more")
        return workers

    @property
    def count(self) -> int:
        """The number of workers."""
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return cores if self.workers == "auto" else self.workers


class EngineError(RuntimeError):
    """Work that could not be finished; the message names the partition."""


@dataclass(frozen=True)
class Task(Generic[A]):
    """One piece of work: a name for messages, and the argument; none where there is nothing to do."""

    name: str
    argument: A | None


class Engine:
    """Workers that live from the first work they are given until `close`."""

    def __init__(self, params: Params) -> None:
        self._params = params
        self._pool: _Pool | None = None
        self._cluster: _Cluster | None = None

    def run(self, function: Callable[[A], R], tasks: Iterable[Task[A]]) -> Iterator[R | None]:
        """The results of a function over tasks, in order; None for a task without an argument.

        Args:
            function: a function of a module, so that workers can import it.
            tasks: read as workers become free.

        Raises:
            EngineError: where a partition cannot be finished.
            ParamsError: where the cluster cannot be reached.
        """
        if self._params.kind == "dask":
            yield from self._dask(function, iter(tasks))
        else:
            yield from self._local(function, iter(tasks))

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        # After Ctrl-C nobody waits for work whose results are lost.
        self.close(at_once=kind is not None and not issubclass(kind, Exception))

    def close(self, *, at_once: bool = False) -> None:
        """End the workers that were started here; they finish what they are at unless it has to be at once."""
        if self._pool is not None:
            self._pool.close(at_once=at_once)
        if self._cluster is not None:
            self._cluster.close()
        self._pool = self._cluster = None

    def _local(self, function: Callable[[A], R], tasks: Iterator[Task[A]]) -> Iterator[R | None]:
        workers = self._params.count
        if workers == 1:
            for task in tasks:
                yield None if task.argument is None else function(task.argument)
            return
        # A start of workers costs seconds: the work of one partition is done here.
        held: list[Task[A]] = []
        while self._pool is None and (following := next(tasks, None)) is not None:
            held.append(following)
            if sum(one.argument is not None for one in held) > 1:
                self._pool = _Pool(workers)
        if self._pool is not None:
            yield from self._pool.run(function, chain(held, tasks))
            return
        for task in held:
            yield None if task.argument is None else function(task.argument)

    def _dask(self, function: Callable[[A], R], tasks: Iterator[Task[A]]) -> Iterator[R | None]:
        if self._cluster is None:
            self._cluster = _Cluster(self._params)
        yield from self._cluster.run(function, tasks)


def run(params: Params, function: Callable[[A], R], tasks: Iterable[Task[A]]) -> Iterator[R | None]:
    """The results of a function over tasks, by workers that end with them; see `Engine.run`."""
    with Engine(params) as workers:
        yield from workers.run(function, tasks)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Processes started meanwhile get no Ctrl-C, not even before they can ignore it; this one gets it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _ignore_interrupts() -> None:
    """Ctrl-C ends the build in the process that started it; workers are told by that one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class _Pool:
    """Processes that are started again where one dies."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool = self._start(workers)

    @staticmethod
    def _start(workers: int) -> ProcessPoolExecutor:
        # Threads of Arrow do not survive a fork.
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(workers, mp_context=context, initializer=_ignore_interrupts)

    def close(self, *, at_once: bool) -> None:
        if at_once:
            for process in list((getattr(self._pool, "_processes", None) or {}).values()):
                process.terminate()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def run(self, function: Callable[[A], R], tasks: Iterator[Task[A]]) -> Iterator[R | None]:
        window: deque[tuple[Task[A], Future[R] | None]] = deque()
        try:
            while True:
                while sum(future is not None for _, future in window) < 2 * self._workers and len(window) < _WINDOW:
                    task = next(tasks, None)
                    if task is None:
                        break
                    window.append((task, self._submit(function, task)))
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
                    yield from self._carefully(function, again)
        finally:
            for _, future in window:
                if future is not None:
                    future.cancel()

    def _submit(self, function: Callable[[A], R], task: Task[A]) -> Future[R] | None:
        if task.argument is None:
            return None
        try:
            return self._send(function, task.argument)
        except BrokenProcessPool as error:
            broken: Future[R] = Future()
            broken.set_exception(error)
            return broken

    def _send(self, function: Callable[[A], R], argument: A) -> Future[R]:
        with _without_interrupts():  # what is handed over can start a process
            return self._pool.submit(function, argument)

    def _carefully(self, function: Callable[[A], R], tasks: list[Task[A]]) -> Iterator[R | None]:
        """After a death: one at a time, so that the partition that kills its worker is known."""
        self._restart(1)
        for task in tasks:
            for left in reversed(range(_TRIES)):
                try:
                    yield None if task.argument is None else self._send(function, task.argument).result()
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


_SETTINGS = {
    "distributed.scheduler.allowed-failures": _TRIES,
    # Dask has workers give memory back at every turn, which costs a parse a fifth more: with its threshold set, glibc
    # maps every larger array anew, unless it is told from what size on. Samples of the stack do not help either.
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 1 << 28,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 1 << 25,
    "distributed.worker.profile.enabled": False,
}


class _Cluster:
    """A Dask cluster: the one that the params name, or one that is started here."""

    def __init__(self, params: Params) -> None:
        try:
            import distributed
            from dask import config
        except ImportError as error:
            raise ParamsError(
                "engine.kind: dask needs the package distributed: pip install 'standoff[dask]'"
            ) from error
        self._distributed: Any = distributed
        self._own: Any = None
        self._address = params.scheduler or ""
        self._settings: Any = config.set(_SETTINGS)
        if not params.scheduler:
            self._own = self._distributed.LocalCluster(
                n_workers=params.count, threads_per_worker=1, dashboard_address=None
            )
            self._address = str(self._own.scheduler_address)
        self._client: Any = self._connect()

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
        if self._own is not None:
            self._own.close()
        self._settings.__exit__(None, None, None)

    def _connect(self) -> Any:
        try:
            return self._distributed.Client(self._address, timeout=10, set_as_default=False)
        except (OSError, ValueError) as error:
            self._client = None
            self.close()
            raise ParamsError(f"engine.scheduler: no Dask scheduler answers at {self._address} ({error})") from error

    def run(self, function: Callable[[A], R], tasks: Iterator[Task[A]]) -> Iterator[R | None]:
        from distributed.comm.core import CommClosedError

        killed, cancelled = self._distributed.KilledWorker, self._distributed.CancelledError
        window: deque[tuple[Task[A], Any]] = deque()
        lost = 0
        try:
            while True:
                most = 2 * max(1, sum(self._client.nthreads().values()))
                for task in islice(tasks, max(0, most - len(window))):
                    window.append((task, self._send(function, task)))
                if not window:
                    return
                task, future = window[0]
                try:
                    result = None if future is None else future.result()
                except killed:
                    # Whatever waited on the same workers is suspected too.
                    again = [one for one, _ in window]
                    self._cancel(window)
                    yield from self._alone(function, again, killed)
                    continue
                except (cancelled, CommClosedError, OSError) as error:
                    # The connection or the scheduler is gone, and with it what was under way.
                    lost += 1
                    if lost >= _TRIES:
                        reason = f"{task.name}: the connection to {self._address} was lost {lost} times"
                        raise EngineError(f"{reason}; run again to go on") from error
                    self._client.close(timeout=1)
                    self._client = self._connect()
                    window = deque((one, self._send(function, one)) for one, _ in window)
                    continue
                window.popleft()
                yield result
        finally:
            self._cancel(window)

    @staticmethod
    def _cancel(window: deque[tuple[Task[A], Any]]) -> None:
        for _, future in window:
            if future is not None:
                future.cancel()
        window.clear()

    def _alone(self, function: Callable[[A], R], tasks: list[Task[A]], killed: type[Exception]) -> Iterator[R | None]:
        """After a death: one at a time, so that the partition that kills its workers is known."""
        for task in tasks:
            future = self._send(function, task)
            try:
                yield None if future is None else future.result()
            except killed as error:
                raise _dead(task.name) from error

    def _send(self, function: Callable[[A], R], task: Task[A]) -> Any:
        return None if task.argument is None else self._client.submit(function, task.argument, pure=False)
