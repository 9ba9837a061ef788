#!/usr/bin/env bash
# `shardscope readers` on a real KCL application: KCL for Java 3.5.1, two workers on a stream of the sandbox, leases in a
# DynamoDB emulator (moto). What the console says is held against what the workers themselves told: who reads what, that a
# killed one is seen to be silent, that the other takes over, that children of a split wait for their parent.
# Needs Java 17, Maven, Python 3; 4 to 8 minutes, most of it the KCL's own waiting, and about 200 MB to download.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
say 'Readers of a KCL application'
check 'install the KCL (Maven) and moto (pip)' eval 'maven kcl && python_with "$HEAVY/python-kcl.txt"' || conclude
mkdir "$WORK/classes"
check 'compile the worker' javac -nowarn -Xlint:none -cp "${CLASSPATH_OF[kcl]}" -d "$WORK/classes" "$HEAVY/kcl/Worker.java" || conclude
check 'start the sandbox' start_sandbox || conclude
export WORK NODE BUNDLE KCL_CLASSPATH=$WORK/classes:${CLASSPATH_OF[kcl]} PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore
checks_of 'the story' timeout --kill-after=10 1200 "$VENV/bin/python" "$HEAVY/readers_story.py"
conclude
