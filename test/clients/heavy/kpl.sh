#!/usr/bin/env bash
# KPL for Java 1.0.8 with its native process writes to the sandbox over TLS, through a split; `shardscope tail` and the KCL
# read the user records. Needs Java 17, Maven, Python 3; 2 to 4 minutes, and about 350 MB to download.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
say 'KPL for Java'
check 'install the KPL and the KCL (Maven) and moto (pip)' eval 'maven kpl && maven kcl && python_with "$HEAVY/python-kcl.txt"' || conclude
mkdir "$WORK/kcl" "$WORK/kpl"
check 'compile the worker' javac -nowarn -Xlint:none -cp "${CLASSPATH_OF[kcl]}" -d "$WORK/kcl" "$HEAVY/kcl/Worker.java" || conclude
check 'compile the producer' javac -nowarn -Xlint:none -cp "${CLASSPATH_OF[kpl]}" -d "$WORK/kpl" "$HEAVY/kpl/Producer.java" || conclude
check 'start the sandbox' start_sandbox || conclude
export WORK KCL_CLASSPATH=$WORK/kcl:${CLASSPATH_OF[kcl]} KPL_CLASSPATH=$WORK/kpl:${CLASSPATH_OF[kpl]} CONSOLE="$NODE $BUNDLE"
export PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore
checks_of 'the story' timeout --kill-after=10 600 "$VENV/bin/python" "$HEAVY/kpl_story.py"
conclude
