#!/usr/bin/env bash
# Package + version: aws-kinesis-agg 1.2.3 (PyPI) with six 1.17.0, bytes written by its own aggregator
# Expected (guess): iter_deaggregate_records(records, data_format="Boto3") takes what GetRecords returned and gives every record's data
#   in one form, the raw bytes that boto3 works with; deaggregate_records is the same as a list.
# Seen: a record that was inside an aggregate comes back with its data as base64, a plain record beside it with its raw bytes, in one
#   sequence and with nothing but an extra "aggregated" key to tell them apart. A payload that is base64 text itself makes them
#   impossible to tell by looking. deaggregate_records has no data_format at all and raises KeyError on boto3's records.
# Why it matters to a Kinesis tool: every stream written by the KPL mixes both kinds (one record alone is never aggregated), so a
#   reader decodes half of it wrongly whichever rule it picks. Check the "aggregated" flag of each record.
set -euo pipefail
unset AWS_PROFILE AWS_ENDPOINT_URL
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export AWS_CONFIG_FILE="$dir/none" AWS_SHARED_CREDENTIALS_FILE="$dir/none" AWS_EC2_METADATA_DISABLED=true
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check aws-kinesis-agg==1.2.3 six==1.17.0
"$dir/venv/bin/python" - 2>"$dir/err" <<'PY' || { tail -5 "$dir/err"; exit 1; }
import datetime
from aws_kinesis_agg import aggregator, deaggregator
builder = aggregator.RecordAggregator()
for number in range(2):
    builder.add_user_record(f"user-{number}", b"hello")
blob = builder.clear_and_get().get_contents()[2]
def record(sequence, data):
    return {"SequenceNumber": sequence, "PartitionKey": "a", "ApproximateArrivalTimestamp": datetime.datetime(2026, 11, 30), "Data": data}
answer = [record("1", blob), record("2", b"hello")]
out = [(r["kinesis"].get("aggregated", False), r["kinesis"]["data"]) for r in deaggregator.iter_deaggregate_records(answer, data_format="Boto3")]
print("written: hello, three times; read:", out)
assert out == [(True, b"aGVsbG8="), (True, b"aGVsbG8="), (False, b"hello")]
try:
    deaggregator.deaggregate_records(answer)
    raise SystemExit("deaggregate_records now takes boto3 records")
except KeyError as error:
    print("deaggregate_records on the same list: KeyError", error)
PY
