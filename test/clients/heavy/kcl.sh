#!/usr/bin/env bash
# KCL for Java 3.5.1: two applications (polling, enhanced fan-out) of two workers each read a stream of the sandbox that is
# split, merged and resized meanwhile; a worker of each is killed. Leases are in a DynamoDB emulator (moto).
# Needs Java 17, Maven, Python 3; 4 to 8 minutes, most of it the KCL's own waiting, and about 200 MB to download.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
say 'KCL for Java'
check 'install the KCL (Maven) and moto (pip)' eval 'maven kcl && python_with "$HEAVY/python-kcl.txt"' || conclude
mkdir "$WORK/classes"
check 'compile the worker' javac -nowarn -Xlint:none -cp "${CLASSPATH_OF[kcl]}" -d "$WORK/classes" "$HEAVY/kcl/Worker.java" || conclude
check 'start the sandbox' start_sandbox || conclude
check 'trust its certificate' keytool -importcert -noprompt -alias sandbox -file "$CERTIFICATE" -keystore "$WORK/trust.p12" \
  -storetype PKCS12 -storepass changeit || conclude
export WORK TRUST_STORE=$WORK/trust.p12 KCL_CLASSPATH=$WORK/classes:${CLASSPATH_OF[kcl]} PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore
checks_of 'the story' timeout --kill-after=10 1200 "$VENV/bin/python" "$HEAVY/kcl_story.py"
conclude
