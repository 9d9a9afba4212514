"""Long work: progress, its end, Ctrl-C, threads and processes."""

import multiprocessing
import os
import signal
import sys
import threading

import newsprint
import pytest


def test_progress_is_reported_on_the_calling_thread(many_texts):
    seen = []
    newsprint.dedup(many_texts, progress=lambda *at: seen.append((*at, threading.get_ident())))
    stages = [stage for stage, *_ in seen]
    assert stages[0] == "sign" and stages[-1] == "verify"
    assert all(0 < done <= total for _, done, total, _ in seen)
    assert {thread for *_, thread in seen} == {threading.get_ident()}


def test_the_callback_ends_the_work(many_texts):
    calls = []
    with pytest.raises(newsprint.CancelledError):
        newsprint.dedup(many_texts, progress=lambda *at: calls.append(at) or False)
    assert [stage for stage, *_ in calls] == ["sign"], "asked once"

    def fail(*at):
        raise LookupError("no such button")

    with pytest.raises(LookupError, match="no such button"):
        newsprint.dedup(many_texts, progress=fail)


@pytest.mark.parametrize("work", ["dedup", "sketch_all"])
def test_ctrl_c_ends_the_work(many_texts, work):
    texts = many_texts * (1 if work == "dedup" else 4)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    previous = signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
    try:
        with pytest.raises(KeyboardInterrupt):
            work = newsprint.dedup if work == "dedup" else newsprint.Sketcher().sketch_all
            work(texts)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def test_other_threads_run_meanwhile(many_texts):
    done = threading.Event()
    worker = threading.Thread(target=lambda: (newsprint.dedup(many_texts), done.set()))
    worker.start()
    turns = 0
    while not done.wait(0.001):
        turns += 1
    worker.join()
    assert turns > 10


def pairs_in_child(texts):
    return len(newsprint.dedup(texts).pairs)


@pytest.mark.skipif(sys.platform != "linux", reason="needs fork")
def test_a_forked_process_can_work(articles):
    texts = [article["text"] for article in articles]
    expected = len(newsprint.dedup(texts).pairs)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply_async(pairs_in_child, [texts]).get(timeout=60) == expected


def test_results_do_not_depend_on_threads(articles):
    texts = [article["text"] for article in articles]
    one, three = (newsprint.dedup(texts, threads=n).pairs.to_pydict() for n in [1, 3])
    assert one == three
