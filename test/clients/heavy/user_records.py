"""What `shardscope tail --json` says of a whole stream, by user record."""

import base64
import json
import subprocess


def tail(console, url, stream):
    """The lines of `shardscope tail`, from the oldest record to the tip."""
    command = [*console, "tail", stream, "--from", "oldest", "--exit-at-tip", "--json", "--endpoint-url", url]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if told.returncode != 0:
        raise RuntimeError(told.stderr)
    return [json.loads(line) for line in told.stdout.splitlines()]


def user_records(lines):
    """(shard, sequence number, sub-sequence number, key, text) of each user record, those inside of aggregates one by one."""
    for line in lines:
        for inner in _inner(line):
            yield line["shardId"], line["sequenceNumber"], inner["subSequenceNumber"], inner["partitionKey"], inner["decoded"]


def without_strays(lines):
    """The lines whose user records all lie inside their shard's range: the KCL drops an aggregate with one that does not."""
    return [line for line in lines if not any(inner.get("isOutsideShardRange", False) for inner in _inner(line))]


def _inner(line):
    if line["stages"][0] == "kpl":
        return line["decoded"]
    text = base64.b64decode(line["data"]).decode()
    return [{"subSequenceNumber": 0, "partitionKey": line["partitionKey"], "decoded": text}]
