"""Workers of KCL applications as processes, their lease tables in a DynamoDB of this process, and what they told."""

import logging
import os
import subprocess
import threading
import time
from collections import defaultdict

from moto.server import ThreadedMotoServer

failures = []


def check(name, seen, expected=True):
    """Tells the outcome of one check in a line."""
    if seen == expected:
        print(f"ok: {name}", flush=True)
    else:
        failures.append(name)
        print(f"FAILED: {name}: saw {repr(seen)[:300]}, expected {repr(expected)[:300]}", flush=True)


def until(what, condition, seconds):
    """Waits for a condition; at the end of its patience it says so and goes on, for the checks to fail."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            print(f"not within {seconds} s: {what}", flush=True)
            return False
        time.sleep(0.2)
    print(f"after {time.monotonic() - began:.0f} s: {what}", flush=True)
    return True


def start_dynamodb():
    """Starts moto on loopback; returns its URL."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    return "http://%s:%d" % server.get_host_and_port()


class Worker:
    """A process of a KCL application, and the lines that it told so far."""

    def __init__(self, kinesis_url, dynamodb_url, stream, application, name, retrieval, options=()):
        self.name, self.application = name, application
        self.events = []
        self.errors = open(os.path.join(os.environ["WORK"], f"{application}-{name}.err"), "wb")
        self.process = subprocess.Popen(
            ["java", "-Xmx300m", *options, "-cp", os.environ["KCL_CLASSPATH"], "Worker"]
            + [kinesis_url, dynamodb_url, stream, application, name, retrieval],
            stdout=subprocess.PIPE,
            stderr=self.errors,
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.process.stdout:
            self.events.append((time.monotonic(), self.name, *line.decode().rstrip("\n").split("\t")))

    def kill(self):
        """Ends the process as a power cut would."""
        self.process.kill()
        self.process.wait()
        self.errors.close()

    def complaints(self):
        """What it logged as errors, for the reader of a failed run."""
        with open(self.errors.name, errors="replace") as lines:
            return [line.rstrip() for line in lines if " ERROR " in line][:10]


class Application:
    """Workers of one name, seen as one reader."""

    def __init__(self, workers):
        self.workers = workers
        self.name = workers[0].application

    def events(self, kind):
        return sorted(event for worker in self.workers for event in list(worker.events) if event[2] == kind)

    def shards(self, kind):
        return {event[3] for event in self.events(kind)}

    def holders(self):
        """The worker that was the last to start each shard that has not ended."""
        ended = self.shards("end")
        return {event[3]: event[1] for event in self.events("start") if event[3] not in ended}

    def texts(self):
        return [event[7] for event in self.events("record")]

    def disorders(self):
        """Records that came before one with a smaller place, within one reading of one shard by one worker."""
        wrong = []
        for worker in self.workers:
            place = {}
            for _, _, kind, *rest in list(worker.events):
                if kind == "start":
                    place.pop(rest[0], None)
                elif kind == "record":
                    shard, here = rest[0], (int(rest[1]), int(rest[2]))
                    if here <= place.get(shard, (-1, -1)):
                        wrong.append((worker.name, shard, here))
                    place[shard] = here
        return wrong

    def keys_out_of_order(self):
        """Keys whose numbers (`KEY NUMBER` texts) did not first come in their order, over all shards and workers."""
        numbers = defaultdict(list)
        seen = set()
        for text in self.texts():
            if text not in seen:
                seen.add(text)
                key, number = text.split(" ")
                numbers[key].append(int(number))
        return [key for key, row in numbers.items() if row != sorted(row)]
