#!/usr/bin/env bash
# Installs the project in the two ways that need no development dependency, with the machine's own Node, and runs it:
# the packed tarball in an empty folder, and a copy of what git has with `npm ci --omit=dev`.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
program=
stop() {
  # The whole process group: npm and npx do not pass signals on to the program.
  if [ -n "$program" ]; then
    kill -- "-$program" 2>/dev/null || true
    # What npm started may outlive it for a moment, and still write.
    for _ in $(seq 100); do
      kill -0 -- "-$program" 2>/dev/null || break
      sleep 0.1
    done
  fi
  program=
}
cleanup() {
  stop
  rm -rf "$folder"
}
trap cleanup EXIT

# Runs the command, a gateway, on a free port, and waits until it answers at $url.
start() {
  # The job empties it, too, but perhaps after the first look at it.
  : >"$folder/log"
  set -m # a process group for the job
  SERVER_ADDRESS=127.0.0.1:0 LOG_FORMAT=json "$@" >"$folder/log" 2>&1 &
  program=$!
  set +m
  url=
  for _ in $(seq 300); do
    url=$(grep -ao 'listening at http://[^"]*' "$folder/log" | head -n 1 | cut -d' ' -f3) || true
    if [ -n "$url" ]; then break; fi
    kill -0 "$program" || { cat "$folder/log"; exit 1; }
    sleep 0.1
  done
  curl -fsS "$url/health"
  echo
}

ask() {
  local answer
  answer=$(curl -fsS "$url/v1/chat/completions" -H 'content-type: application/json' \
    -d '{"model":"DeepSeek-V3.2","messages":[{"role":"user","content":"Say hello"}]}')
  node -e 'if (!JSON.parse(process.argv[1]).choices[0].message.content) process.exit(1)' "$answer"
}

tarball=$(cd "$root" && npm pack --silent --pack-destination "$folder" | tail -n 1)
mkdir "$folder/package" "$folder/clone"
cd "$folder/package"
npm init -y >/dev/null
npm install --silent "../$tarball"
version=$(npx akashchat-api --version)
[ "$version" = "$(node -p "require('$root/package.json').version")" ]
test -f node_modules/akashchat-api/gateway.schema.json
npx akashchat-api config schema >/dev/null
start npx akashchat-api demo
ask
curl -fsS "$url/console/" | grep -q '<div id="console">'
curl -fsS "$url/docs/" | grep -q '<main id="reference">'
curl -fsS "$url/openapi.json" | grep -q '^{"openapi":"3.1.0"'
stop
echo "package $version works on Node $(node --version)"

(cd "$root" && git ls-files -z | xargs -0 cp --parents -t "$folder/clone")
cd "$folder/clone"
npm ci --silent --omit=dev
start npm start
stop
start npm run demo
ask
curl -fsS "$url/console/" | grep -q '<div id="console">'
curl -fsS "$url/docs/" | grep -q '<main id="reference">'
curl -fsS "$url/openapi.json" | grep -q '^{"openapi":"3.1.0"'
stop
echo "npm ci --omit=dev && npm start works on Node $(node --version): $(du -sh node_modules | cut -f1) of packages"
