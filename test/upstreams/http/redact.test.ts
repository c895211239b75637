import { describe, expect, test } from "vitest";

import { decodeErrorText } from "../../../src/upstreams/akash-chat/decode-error-text.ts";
import { decodeError } from "../../../src/upstreams/akash-chat/decode-error.ts";
import { createDataStreamDecoder } from "../../../src/upstreams/akash-chat/decode-stream.ts";
import { redact } from "../../../src/upstreams/http/redact.ts";

const raw = String.raw;

describe("what is quoted of a request is cut out", () => {
  test.each([
    ['{"role":"user","content":"Say \\"it\\" now"} is wrong', '{"role":"user","content":[text]} is wrong'],
    ["{'role': 'user', 'content': \"it's mine\"}: too long", "{'role': 'user', 'content': [text]}: too long"],
    [raw`{"body":"{\"input\":\"a \\\"b\\\" c\",\"n\":1}"}`, raw`{"body":"{\"input\":[text],\"n\":1}"}`],
    ['{"system": "never ends', '{"system": [text]'],
    ['"arguments": "{\\"path\\": \\"/a\\"}", "x": 1', '"arguments": [text], "x": 1'],
    ['{"name": "read", "description": "Reads it."}', '{"name": "read", "description": [text]}'],
    ['{"description": "The model is overloaded."}', '{"description": "The model is overloaded."}'],
    ['"content" must not be empty', '"content" must not be empty'],
    ["input: too long", "input: too long"],
  ])("%s", (text, expected) => {
    expect(redact(text)).toBe(expected);
  });
});

describe("is blotted out", () => {
  test.each([
    // Paths.
    ["ENOENT: no such file, open '/usr/src/app/config/a.json'", "ENOENT: no such file, open '[path]'"],
    ["file:///app/dist/server.mjs:10:5 failed", "[path] failed"],
    [raw`open C:\Users\John Doe\AppData\x.txt now`, "open [path] now"],
    [raw`open C:\\Users\\bob\\x.txt`, "open [path]"],
    ["D:/weights/llama/config.json is missing", "[path] is missing"],
    [raw`\\fileserver\share\model.bin is gone`, "[path] is gone"],
    ["/home/user/.env", "[path]"],
    ["/etc/passwd: denied", "[path]: denied"],
    ["/var/run/secrets/kubernetes.io/serviceaccount/token", "[path]"],
    ["~/.ssh/id_rsa and ../secrets/key.pem", "[path] and [path]"],
    ["src/server/app.ts:12:3", "[path]"],
    ['File "/opt/venv/lib/vllm/engine.py", line 123, in run', 'File "[path]", line 123, in run'],
    ["engine.py:123 raised", "[path] raised"],
    ["path=/app/x.py, line 3", "path=[path], line 3"],
    // Stacks.
    ["at Object.<anonymous> (/app/server.js:12:34)", " [stack]"],
    ["Error: x at f (/app/a.js:1:2) at async g (node:internal/x:9:5)", "Error: x [stack]"],
    [
      "boom\n    at foo (/app/a.js:1:2)\n    at /app/c.js:3:4\n    at a.B.c(B.java:12)\nend",
      "boom [stack]\nend",
    ],
    [
      'Traceback (most recent call last):\n  File "/a/x.py", line 1\n    f(pw)\nValueError: bad',
      "[stack]\nValueError: bad",
    ],
    // Credentials by their names.
    ["password=hunter2", "password=[secret]"],
    ["Password: hunter2", "Password: [secret]"],
    ['{"password": "hunter 2", "a": 1}', '{"password": [secret], "a": 1}'],
    [raw`{\"password\":\"hun ter2\"}`, raw`{\"password\":[secret]}`],
    [raw`{"pwd": "a\"b"}`, '{"pwd": [secret]}'],
    ["'passwd' => 'x y'", "'passwd' => [secret]"],
    ["userPassword=foo&x=1", "userPassword=[secret]&x=1"],
    ["api_key=abcd, x-api-key: 1234", "api_key=[secret], x-api-key: [secret]"],
    ["Incorrect API key provided: abcdef", "Incorrect API key provided: [secret]"],
    ["client_secret: 'abc'", "client_secret: [secret]"],
    ["token=abcdefgh and access_token=ya29.abc", "token=[secret] and access_token=[secret]"],
    ['"token": "abc123"', '"token": [secret]'],
    ["session_token: abc123def", "session_token: [secret]"],
    ["Authorization: Basic dXNlcjpwYXNz", "Authorization: [key]"],
    ["Cookie: a=b; session=xyz", "Cookie: [secret]"],
    ["set-cookie: a=b; Path=/", "set-cookie: [secret]"],
    ["AKIAIOSFODNN7EXAMPLE", "[key]"],
    ["-----BEGIN PRIVATE KEY-----\nabc", "[key]"],
    // Keys that stand alone, and those whose form is their only sign.
    ["-----BEGIN RSA PRIVATE KEY-----\\nMIIE\\n-----END RSA PRIVATE KEY-----", "[key]"],
    ["MIIEpAIBAAKCAQEA75ab/ghi+klm\nabc==\n-----END PRIVATE KEY-----", "[key]"],
    ["npm_abcdefghijklmnopqrstuvwxyz0123", "[key]"],
    ["ya29.a0AfH6SMBabcdefghijk_lmnop", "[key]"],
    ["whsec_abcdefghijklmnopqrstuvwx, dop_v1_0123456789abcdef0123456789abcdef", "[key], [key]"],
    ["azure 0123456789abcdef0123456789ABCDEF", "azure [key]"],
    ["aws wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "aws [key]"],
    ["Bearer: abcdef123", "[key]"],
    // Credentials in sentences, commands, headers, markup and code.
    ["The API key ab12cd34 is not valid", "The API key [secret] is not valid"],
    ["Login failed for 'sa' with password 'Pw!'", "Login failed for 'sa' with password [secret]"],
    ["password is hunter2, invalid token ab12cd34", "password is [secret], invalid token [secret]"],
    ["run --password hunter --api-key abc", "run --password [secret] --api-key [secret]"],
    ["curl -u user:pw https://x.y", "curl -u [secret] [address]"],
    ["mysql -u root -pS3cret -h", "mysql -u root -p[secret] -h"],
    ["Authorization: Token ab12cd", "Authorization: [secret]"],
    ["authorization: AWS4-HMAC-SHA256 Credential=x/y, Signature=abc", "authorization: [secret]"],
    ["cookies={'sid': 's%3Aabc'}", "cookies=[secret]"],
    ["<password>hunter</password>", "<password>[secret]</password>"],
    ["password=SecretStr('hunter2'), 'password': b'hunter2'", "password=[secret]), 'password': [secret]"],
    [raw`{\\"password\\":\\"hunter2\\"}`, raw`{\\"password\\":[secret]}`],
    ["%22password%22%3A%22hunter2%22", "%22password%22%3A[secret]"],
    ["DB_PASS=12345 pass: hunter2x", "DB_PASS=[secret] pass: [secret]"],
    ["AccountKey=Eby8==;sig=abcD%2F", "AccountKey=[secret];sig=[secret]"],
    // More places and environments.
    ["jdbc:oracle:thin:scott/tiger@//db:1521/x", "[address]"],
    ["git@github.com:acme/repo.git", "[address]"],
    ["Connection refused: vllm-0:8000", "Connection refused: [address]"],
    ["Pool(host='vllm-0', port=8000)", "Pool(host=[address], port=8000)"],
    ["lookup vllm on 10.0.0.1:53", "lookup [address] on [address]"],
    ["ip-10-0-1-23 is down", "[address] is down"],
    ["//files/share/x.txt", "[path]"],
    ["ENOENT, open '/data'; cwd=/srv", "ENOENT, open '[path]'; cwd=[path]"],
    ["{'HOME': '/root', 'DB_HOST': 'pg'}", "{'HOME': [value], 'DB_HOST': [value]}"],
    ["DB_HOST: pg-primary", "DB_HOST: [value]"],
    // Addresses with logins, connections, environments.
    ["postgres://app:pw@10.0.0.1:5432/x", "[address]"],
    ["mongodb+srv://a:b@c.d.net/x failed", "[address] failed"],
    ["redis://:pw@redis:6379", "[address]"],
    ["user:pass@db.example.com:5432", "[address]"],
    [
      "host=db.internal user=app password=p@ss,w0rd dbname=x",
      "host=[address] user=app password=[secret] dbname=x",
    ],
    ["User ID=sa;Password=Pw!1;Encrypt=true", "User ID=sa;Password=[secret];Encrypt=true"],
    ["OPENAI_BASE=foo PATH=/usr/bin:/bin", "OPENAI_BASE=[value] PATH=[value]"],
    ["getaddrinfo ENOTFOUND redis", "getaddrinfo ENOTFOUND [address]"],
    ["connect ECONNREFUSED vllm:8000", "connect ECONNREFUSED [address]"],
    ["::ffff:10.0.0.1, fe80::1%eth0, 2001:db8:1:2:3:4:5:6", "[address], [address], [address]"],
    ["[::ffff:10.0.0.1]:80", "[address]"],
    // What the application's SDK quotes of an answer.
    [
      "JSON parsing failed: Text: {dear diary.\nError message: Expected",
      "JSON parsing failed. Error message: Expected",
    ],
    [
      'Type validation failed: Value: {"a":"diary"}.\nError message: [',
      "Type validation failed. Error message: [",
    ],
  ])("%s", (text, expected) => {
    expect(redact(text)).toBe(expected);
  });
});

test.each([
  "max_tokens=100, max_token=4096, eos_token_id=151645, MAX_TOKENS=100",
  "token limit exceeded: 8192; prompt tokens: 120, token count: 12",
  "invalid token: expected string",
  "token=1234567, total tokens: 1234567",
  "password: required; cookie: missing; credentials: invalid, token=null and API key: missing",
  "the secret is required, the password is wrong and the token was not found",
  "Bearer authentication required, Authorization: Bearer token required",
  "a::b::c in version 1.2.3.4",
  "2 pass: 3 fail, bypass: on, config=yes, host: missing",
  "meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8",
  "Unexpected token '}', \"{x\" is not valid JSON",
  "Unexpected token: '}'",
  "openai/gpt-oss-120b, deepseek-ai/DeepSeek-V3.2 and Qwen/Qwen3-30B-A3B",
  "text/plain; charset=utf-8, application/json, multipart/form-data",
  "and/or, input/output, n/a, 1/2, 24/7",
  "2026/05/01 12:34:56 and 05/01/2026 at 10:30:00",
  "/chat/completions: Invalid model name passed in model=x",
  "POST /v1/chat/completions and /v1/models/DeepSeek-V3.2 failed",
  "Node.js 20.1, v1.2.3, index.html",
  "The session has expired; the signature is wrong: try again",
  "Basic authentication is required, and a password",
  "context length is 8192 tokens (7000 in the messages, 2000 in the completion)",
  "</tool_call> in std::vector, a ratio of 3:2",
  "position 12 (line 1 column 13), at least (see docs)",
])("honest words stay: %s", (text) => {
  expect(redact(text)).toBe(text);
});

test("a secret is known by its beginning, even where the text that is shown ends inside", () => {
  const text = `${"word ".repeat(118)}password=${"s3cr3t".repeat(30)}`;
  expect(redact(text)).not.toContain("s3cr3t");
  expect(redact(text)).toMatch(/…$|\[secret\]$/);
});

test.each([
  "sk-",
  "/a",
  "a/",
  "a:",
  "password=",
  'token: "',
  "at (",
  "::",
  "A_",
  "x/y.",
  "../",
  "C:\\",
  "\\",
  "a@",
])("the length of a text of %j costs nothing: it is cut first", (piece) => {
  expect(redact(piece.repeat(200_000)).length).toBeLessThan(700);
});

describe("the log and the client", () => {
  const text = "Failed at /app/server.js:1:2 with password=hunter2";

  test("see the same of an error in a stream", () => {
    expect(decodeErrorText(text).message).toBe("Akash Chat reports: Failed [stack] with password=[secret]");
  });

  test.each([
    [
      "the words of an error",
      "application/json",
      JSON.stringify({ error: text }),
      "status 500: Failed [stack] with password=[secret]",
    ],
    ["short words", "text/plain", "no healthy upstream", "status 500: no healthy upstream"],
    [
      "JSON of another form",
      "application/json",
      '{"input":"dear diary"}',
      'status 500: 22 characters of "application/json"',
    ],
    ["a long text", "text/plain", "dear diary ".repeat(40), 'status 500: 440 characters of "text/plain"'],
    ["a page", "text/html", `<html>${"dear diary ".repeat(9)}`, "status 500: [a web page]"],
  ])("the log learns %s of a refusal", (_name, contentType, body, expected) => {
    const refusal = { status: 500, contentType, text: body, limitReset: undefined, retryAfter: undefined };
    const error = decodeError({ ...refusal, challenged: false }, { now: 0 });
    expect(error.cause).toMatchObject({ message: expected });
  });

  test.each([
    ["Dear diary, today", "a letter"],
    ['{"choices":[]}', "{"],
    ["  1. Dear", "a digit"],
    ["\u0000\u0001", "another character"],
  ])("the log learns nothing of what is no stream: %j", (line, start) => {
    const decoder = createDataStreamDecoder("m", "text/plain");
    decoder.push(line);
    expect(decoder.failure?.cause).toMatchObject({
      message: `a first line of ${line.length} characters that begins with ${start}, as "text/plain"`,
    });
  });
});
