#!/usr/bin/env bash
# async-kinesis 3.0.1 (producer, consumer through a split, aggregates) and event streams of botocore and aiobotocore.
# Needs Python 3; about two minutes, and about 30 MB to download.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
say 'async-kinesis and botocore'
check 'install async-kinesis (pip)' python_with "$HEAVY/python-async.txt" || conclude
check 'start the sandbox' start_sandbox || conclude
checks_of 'the walk' timeout --kill-after=10 280 "$VENV/bin/python" -W ignore "$HEAVY/async_walk.py" "$SANDBOX" "$NODE $BUNDLE"
conclude
