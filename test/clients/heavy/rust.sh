#!/usr/bin/env bash
# AWS's SDK for Rust (aws-sdk-kinesis 1.130.0). Needs Cargo 1.94 or newer and a C compiler; 5 minutes or more to build on two cores.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
say 'Rust'
if [ -n "${SHARDSCOPE_CLIENTS_CACHE:-}" ]; then export CARGO_TARGET_DIR=$INSTALLED/rust-target; else export CARGO_TARGET_DIR=$WORK/rust-target; fi
cp -r "$HEAVY/rust" "$WORK/rust" # Cargo writes its lock file beside the manifest
check 'build the walk' timeout 1500 cargo build --quiet --manifest-path "$WORK/rust/Cargo.toml" || conclude
check 'start the sandbox' start_sandbox || conclude
checks_of 'the walk' timeout --kill-after=10 120 "$CARGO_TARGET_DIR/debug/walk" "$SANDBOX"
conclude
