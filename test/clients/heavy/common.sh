# shellcheck shell=bash
# What the scripts of this folder share: a folder of their own, the built sandbox on a free port of loopback, and the count.
# Sourced first by each of them. SHARDSCOPE_CLIENTS_CACHE names a folder in which what was installed may stay for the
# next run; without it everything is installed into a temporary folder and is gone afterwards.
set -uo pipefail
HEAVY=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CHECKOUT=$(cd "$HEAVY/../../.." && pwd)
NODE=$CHECKOUT/node_modules/.bin/node
BUNDLE=$CHECKOUT/dist/shardscope.mjs
WORK=$(mktemp -d "${TMPDIR:-/tmp}/shardscope-heavy.XXXXXXXX") || exit 1
INSTALLED=${SHARDSCOPE_CLIENTS_CACHE:-$WORK/installed}
passed=0
failed=0
skipped=0
children=()

# Nothing that the machine holds may take part, and nothing may look for credentials elsewhere.
while IFS= read -r name; do unset "$name"; done < <(compgen -e | grep -E '^AWS_')
export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE AWS_SECRET_ACCESS_KEY=clients AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
export AWS_EC2_METADATA_DISABLED=true AWS_CONFIG_FILE=$WORK/none AWS_SHARED_CREDENTIALS_FILE=$WORK/none
mkdir -p "$INSTALLED"
INSTALLED=$(cd "$INSTALLED" && pwd)
[ -f "$BUNDLE" ] || { echo "run 'npm ci' and 'npm run build' first: $BUNDLE is missing"; exit 1; }

clean_up() {
  local pid
  trap - EXIT INT TERM
  for pid in "${children[@]}"; do kill "$pid" 2>/dev/null; done
  sleep 0.5
  for pid in "${children[@]}"; do kill -KILL "$pid" 2>/dev/null; done
  wait 2>/dev/null
  chmod -R u+w "$WORK" 2>/dev/null
  rm -rf "$WORK"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() { printf '\n== %s\n' "$*"; }

# One check: its name, then the command.
check() {
  local name=$1 began=$SECONDS
  shift
  if "$@" </dev/null; then
    passed=$((passed + 1))
    printf 'ok: %s (%d s)\n' "$name" $((SECONDS - began))
  else
    failed=$((failed + 1))
    printf 'FAILED: %s (%d s)\n' "$name" $((SECONDS - began))
    return 1
  fi
}

skip() {
  skipped=$((skipped + 1))
  printf 'skipped: %s\n' "$1"
}

# Checks of a program that prints a line `ok: NAME` or `FAILED: NAME: WHAT` for each; none at all is a failure, so is a bad end.
checks_of() {
  local name=$1 log=$WORK/checks.$RANDOM code good bad
  shift
  "$@" </dev/null 2>&1 | tee "$log"
  code=${PIPESTATUS[0]}
  good=$(grep -c '^ok: ' "$log")
  bad=$(grep -c '^FAILED: ' "$log")
  passed=$((passed + good))
  failed=$((failed + bad))
  if [ "$bad" -eq 0 ] && { [ "$code" -ne 0 ] || [ "$good" -eq 0 ]; }; then
    failed=$((failed + 1))
    printf 'FAILED: %s ended with %d after %d checks\n' "$name" "$code" "$good"
  fi
}

conclude() {
  local skips=''
  clean_up
  [ "$skipped" -gt 0 ] && skips=", $skipped skipped"
  printf '\n%d passed, %d failed%s\n' "$passed" "$failed" "$skips"
  [ "$failed" -eq 0 ]
  exit
}

# Waits for a condition at most so many seconds.
until_true() {
  local seconds=$1 end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || { echo "not within $seconds s: $*"; return 1; }
    sleep 0.1
  done
}

# Starts a sandbox without streams; SANDBOX is its URL, SANDBOX_PORT its port, CERTIFICATE the file of its certificate.
start_sandbox() {
  CERTIFICATE=$WORK/certificate.pem
  : >"$WORK/sandbox.out"
  "$NODE" "$BUNDLE" sandbox --port 0 --no-traffic --certificate "$CERTIFICATE" "$@" >"$WORK/sandbox.out" 2>"$WORK/sandbox.err" &
  children+=($!)
  until_true 20 grep -q '^http://127' "$WORK/sandbox.out" || { cat "$WORK/sandbox.err"; return 1; }
  SANDBOX=$(head -n 1 "$WORK/sandbox.out")
  SANDBOX_PORT=${SANDBOX##*:}
  export SANDBOX SANDBOX_PORT CERTIFICATE
}

console() { "$NODE" "$BUNDLE" "$@" --endpoint-url "$SANDBOX"; }

# Java: the class path of a pom's dependencies, into CLASSPATH_OF[name].
declare -A CLASSPATH_OF
maven() {
  local name=$1 folder=$INSTALLED/maven-$1
  mkdir -p "$folder"
  if ! cmp -s "$HEAVY/$name/pom.xml" "$folder/pom.xml" || [ ! -s "$folder/classpath" ]; then
    cp "$HEAVY/$name/pom.xml" "$folder/pom.xml"
    timeout 600 mvn -q -B -f "$folder/pom.xml" -Dmaven.repo.local="$INSTALLED/m2" dependency:build-classpath \
      -Dmdep.outputFile="$folder/classpath" >"$WORK/maven.log" 2>&1 || { tail -n 20 "$WORK/maven.log"; return 1; }
  fi
  CLASSPATH_OF[$name]=$(cat "$folder/classpath")
}

# Python: a virtual environment with the packages of a requirements file; VENV is its folder.
python_with() {
  local requirements=$1
  VENV=$INSTALLED/$(basename "$requirements" .txt)
  cmp -s "$requirements" "$VENV/requirements.txt" && return
  rm -rf "$VENV"
  python3 -m venv "$VENV" &&
    timeout 600 "$VENV/bin/pip" install --quiet --no-input --disable-pip-version-check -r "$requirements" &&
    cp "$requirements" "$VENV/requirements.txt"
}
