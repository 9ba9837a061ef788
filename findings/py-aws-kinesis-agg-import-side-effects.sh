#!/usr/bin/env bash
# Package + version: aws-kinesis-agg 1.2.3 (PyPI), protobuf as pip picks it (7.36.2)
# Expected (guess): either the old generated protobuf code refuses a protobuf this new, or "pip install" and "import" just work.
# Seen: protobuf is no trouble. The import fails because the package uses six and does not declare it; it works only where something
#   else (boto3's dateutil, usually) happens to bring six. Once imported, it has put its own folder at the front of sys.path, so a
#   program's own modules named aggregator, deaggregator, messages_pb2 or config_pb2 are no longer found: the library's are.
# Why it matters to a Kinesis tool: it works on the laptop (boto3 is there) and fails in a slim image or a Lambda layer; and
#   "aggregator.py" is exactly what somebody who writes a Kinesis producer calls their file.
set -euo pipefail
unset AWS_PROFILE AWS_ENDPOINT_URL
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export AWS_CONFIG_FILE="$dir/none" AWS_SHARED_CREDENTIALS_FILE="$dir/none" AWS_EC2_METADATA_DISABLED=true
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check aws-kinesis-agg==1.2.3
"$dir/venv/bin/python" - 2>"$dir/err" <<'PY' || { tail -5 "$dir/err"; exit 1; }
import os, subprocess, sys
def run(code, where):
    done = subprocess.run([sys.executable, "-c", code], cwd=where, capture_output=True, text=True, timeout=60)
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]
work = os.path.join(os.path.dirname(sys.executable), "..", "work")
os.makedirs(work)
bare = run("import aws_kinesis_agg.deaggregator", work)
print("fresh install, import:", bare)
assert bare == "ModuleNotFoundError: No module named 'six'"
subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "six==1.17.0"], check=True)
with open(os.path.join(work, "aggregator.py"), "w") as own:
    own.write("WHO = 'my own aggregator'\n")
ask = "import aggregator; print(getattr(aggregator, 'WHO', 'the aggregator of the package'))"
first, second = run(ask, work), run("import aws_kinesis_agg.deaggregator; " + ask, work)
print("own module before the import:", first, " after it:", second)
assert (first, second) == ("my own aggregator", "the aggregator of the package")
PY
