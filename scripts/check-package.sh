#!/usr/bin/env bash
# Packs the project, installs the tarball in an empty folder and runs it there, with the machine's own Node.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
demo=
cleanup() {
  # The whole process group: npx does not pass signals on to the program.
  if [ -n "$demo" ]; then kill -- "-$demo" 2>/dev/null || true; fi
  rm -rf "$folder"
}
trap cleanup EXIT

tarball=$(cd "$root" && npm pack --silent --pack-destination "$folder" | tail -n 1)
cd "$folder"
npm init -y >/dev/null
npm install --silent "./$tarball"

version=$(npx akashchat-api --version)
[ "$version" = "$(node -p "require('$root/package.json').version")" ]

set -m # a process group for the job
SERVER_ADDRESS=127.0.0.1:0 LOG_FORMAT=json npx akashchat-api demo >demo.log 2>&1 &
demo=$!
set +m
for _ in $(seq 100); do
  url=$(grep -o 'listening at http://[^"]*' demo.log | head -n 1 | cut -d' ' -f3) || true
  if [ -n "$url" ]; then break; fi
  kill -0 "$demo" || { cat demo.log; exit 1; }
  sleep 0.1
done
curl -fsS "$url/health"
echo
answer=$(curl -fsS "$url/v1/chat/completions" -H 'content-type: application/json' \
  -d '{"model":"DeepSeek-V3.2","messages":[{"role":"user","content":"Say hello"}]}')
node -e 'if (!JSON.parse(process.argv[1]).choices[0].message.content) process.exit(1)' "$answer"
echo "package $version works on Node $(node --version)"
