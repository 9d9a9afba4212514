"""Sessions of Spark for tests, and a standalone cluster whose workers can be killed."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

HERE = str(Path(__file__).parent)
LOCAL = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "1g",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.default.parallelism": "4",
    "spark.executor.memory": "512m",
    "spark.executorEnv.PYTHONPATH": HERE,
    # A lost worker is noticed soon.
    "spark.shuffle.io.maxRetries": "1",
    "spark.shuffle.io.retryWait": "1s",
}


def environment():
    """Makes the workers those of this interpreter, able to import the fake job."""
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    os.environ["PYTHONPATH"] = HERE


@contextmanager
def session(master, folder, **more):
    """A session of a master, ended afterwards."""
    from pyspark.sql import SparkSession

    environment()
    builder = SparkSession.builder.master(master).appName("newsprint tests")
    settings = {**LOCAL, "spark.local.dir": f"{folder}/driver", **more}
    settings["spark.sql.warehouse.dir"] = f"{folder}/warehouse"
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    try:
        yield spark
    finally:
        spark.stop()


class Standalone:
    """A master and two workers of one core, each a process group of its own."""

    def __init__(self, folder):
        import pyspark

        self.folder = Path(folder)
        self._class = Path(pyspark.__file__).parent / "bin/spark-class"
        self._groups = {}
        environment()
        package = "org.apache.spark.deploy"
        ports = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]
        log = self._start("master", [f"{package}.master.Master", *ports])
        self.master = self._wait(log, r"spark://127\.0\.0\.1:\d+").group()
        for worker in ("one", "two"):
            self.start_worker(worker)

    def start_worker(self, name):
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        command = ["org.apache.spark.deploy.worker.Worker", "--cores", "1", "--memory", "1g"]
        command += ["--host", "127.0.0.1", "--webui-port", "0", "--work-dir", str(folder)]
        log = self._start(name, [*command, self.master], SPARK_LOCAL_DIRS=str(folder / "local"))
        self._wait(log, "Successfully registered with master")

    def kill_worker(self, name):
        """Kills a worker with its executor, and deletes what it had shuffled."""
        self._kill(name)
        shutil.rmtree(self.folder / name / "local", ignore_errors=True)

    def stop(self):
        """Ends all processes, and says which are left after a while."""
        for name in list(self._groups):
            self._kill(name)
        until = time.monotonic() + 20
        while (left := running_in(self.folder)) and time.monotonic() < until:
            time.sleep(0.2)
        return left

    def _start(self, name, command, **more):
        self.folder.mkdir(parents=True, exist_ok=True)
        log = self.folder / f"{name}.log"
        # Spark's own scripts read SPARK_DAEMON_MEMORY.
        env = {**os.environ, "SPARK_DAEMON_MEMORY": "256m", **more}
        with open(log, "w") as file:
            self._groups[name] = subprocess.Popen(
                [self._class, *command],
                cwd=self.folder,
                stdout=file,
                stderr=file,
                env=env,
                start_new_session=True,
            )
        return log

    def _kill(self, name):
        process = self._groups.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _wait(self, log, pattern):
        until = time.monotonic() + 120
        while time.monotonic() < until:
            if found := re.search(pattern, log.read_text()):
                return found
            time.sleep(0.1)
        raise TimeoutError(f"{log} does not have {pattern!r}:\n{log.read_text()[-2000:]}")


def running_in(folder):
    """The processes that work in a folder, as executors and their Python workers do."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if Path(os.readlink(process / "cwd")).is_relative_to(folder):
                found.append((int(process.name), (process / "cmdline").read_bytes()[:80]))
        except OSError:
            pass
    return found
