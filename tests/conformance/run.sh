#!/usr/bin/env bash
# Holds the gateway to its contract with clients in other languages: starts it over AKOOL's emulator, runs every case of cases.json with each
# client and the table of AKOOL's codes with one, asks every emulator what still costs, and ends with `conformance: N passed, N failed, N skipped`.
# Needs the .NET SDK, Node.js with npm, and Python 3 with gRPC, which it installs by apt-get where it is missing and may.
set -euo pipefail
cd "$(dirname "$0")"

readonly root=../..
readonly sandbox=$root/src/Akool.Sandbox/bin/Debug/net10.0/Akool.Sandbox.dll
work=$(mktemp -d)
pids=()

say() { printf '== %s\n' "$*"; }

# Ends the gateways as an operator would. Fails if one does not end well.
stop_gateways() {
  local pid status=0
  for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" || { echo "a gateway ended with $?"; status=1; }; done
  pids=()
  return "$status"
}

clean_up() {
  stop_gateways || true
  rm -rf "$work"
}
trap clean_up EXIT

# start NAME OPTIONS...: a gateway over an emulator of its own, as a line `NAME gateway-url emulator-url` in $work/gateways, and for good in $work/all.
start() {
  local name=$1 log=$work/$1.log line=
  shift
  : >"$log"
  dotnet "$sandbox" --quiet --Gateway:GrpcUrl=http://127.0.0.1:0 --Gateway:OperationsUrl=http://127.0.0.1:0 "$@" >"$log" 2>&1 &
  pids+=($!)
  for _ in $(seq 120); do
    line=$(sed -n "s/^AKOOL's emulator serves at \([^,]*\), the gateway at \(.*\)$/\2 \1/p" "$log")
    [ -n "$line" ] && break
    kill -0 "${pids[-1]}" 2>/dev/null || break
    sleep 0.25
  done
  [ -n "$line" ] || { echo "the gateway '$name' did not start:"; cat "$log"; return 1; }
  echo "$name $line" | tee -a "$work/all" >>"$work/gateways"
}

# program LANGUAGE: the whole program in that language of docs/clients.md, for the gateway that runs here.
program() {
  local host
  host=$(sed -n 's|^default http://\([^/]*\)/ .*|\1|p' "$work/gateways")
  awk -v fence="\`\`\`$1" '
    $0 == fence { text = ""; inside = 1; next }
    inside && $0 == "```" { inside = 0; if (text ~ /CreateSession/) printf "%s", text; next }
    inside { text = text $0 "\n" }' "$root/docs/clients.md" | sed "s/127.0.0.1:5400/$host/"
}

# runs_to_the_end NAME COMMAND...: a program is right if it tells that its turn was completed.
runs_to_the_end() {
  local name=$1 told
  shift
  if told=$(cd "$root" && timeout 60 "$@" 2>&1) && [[ $told == *COMPLETED* ]]; then
    echo "docs    ok      the $name program" && docs_passed=$((docs_passed + 1))
  else
    printf 'docs    FAILED  the %s program\n%s\n' "$name" "$told" && docs_failed=$((docs_failed + 1))
  fi
}

say 'What the clients need'
missing=()
/usr/bin/python3 -c 'import grpc, grpc_tools.protoc' 2>/dev/null || missing+=(python3 python3-grpcio python3-grpc-tools)
command -v npm >/dev/null || missing+=(nodejs npm)
if [ ${#missing[@]} -gt 0 ]; then
  as_root=$([ "$(id -u)" = 0 ] || echo sudo)
  $as_root apt-get update -qq
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
mkdir "$work/stubs"
/usr/bin/python3 -m grpc_tools.protoc -I"$root/protos" --python_out="$work/stubs" --grpc_python_out="$work/stubs" "$root"/protos/akool/avatar/v1/*.proto
/usr/bin/python3 -m grpc_tools.protoc -Inode_modules/google-proto-files --python_out="$work/stubs" google/rpc/status.proto google/rpc/error_details.proto

say 'The gateways'
dotnet build "$root/src/Akool.Sandbox" --nologo -v quiet
start default
start small --Sessions:MaxLive=1 --Chat:MaxOpenTurns=2
start akool-down --Akool:BaseUrl=http://127.0.0.1:9/ "--Ledger:ConnectionString=Data Source=$work/akool-down.db"
start wrong-token --Akool:Token=wrong
keys=()
for owner in alice bob carol; do # each one's key is its name
  key=--Gateway:Auth:Keys:$((${#keys[@]} / 4))
  keys+=("$key:Owner=$owner" "$key:Sha256=$(printf %s "$owner" | sha256sum | cut -d ' ' -f 1)" "$key:Scopes:0=sessions" "$key:Scopes:1=chat")
done
start with-keys --Sessions:CreatesPerSecondPerOwner=1 "${keys[@]}"
start drained
cat "$work/gateways"

export PYTHONPATH=$work/stubs PYTHONDONTWRITEBYTECODE=1
/usr/bin/python3 python/run_cases.py cases.json "$work/gateways" | tee "$work/python.out" || true
sed -i '/^drained /d' "$work/gateways" # a gateway is drained once
start drained
node node/run-cases.mjs cases.json "$work/gateways" "$root/protos" | tee "$work/node.out" || true
/usr/bin/python3 python/run_codes.py codes.json "$work/gateways" | tee "$work/codes.out" || true

say 'The programs of docs/clients.md'
docs_passed=0 docs_failed=0
program python >"$work/program.py"
program js >node_modules/program.mjs
runs_to_the_end Python /usr/bin/python3 "$work/program.py"
runs_to_the_end Node.js node tests/conformance/node_modules/program.mjs
echo "docs: $docs_passed passed, $docs_failed failed, 0 skipped" | tee "$work/docs.out"

say 'What is left at AKOOL'
/usr/bin/python3 python/run_ledgers.py "$work/all" | tee "$work/ledgers.out" || true

say 'The end of the gateways'
stop_gateways && ended='1 passed, 0 failed' || ended='0 passed, 1 failed'
echo "gateways: $ended, 0 skipped" | tee "$work/gateways.out"

# A runner that died before its last line counts as one failure, and so does one that ran nothing.
passed=0 failed=0 skipped=0
for out in python node codes docs ledgers gateways; do
  if [[ $(tail -n 1 "$work/$out.out") =~ ^$out:\ ([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
    [ $((BASH_REMATCH[1] + BASH_REMATCH[2])) -gt 0 ] || failed=$((failed + 1))
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2])) skipped=$((skipped + BASH_REMATCH[3]))
  else
    failed=$((failed + 1))
  fi
done
echo "conformance: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
