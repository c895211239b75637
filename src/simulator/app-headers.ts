import { randomUUID } from "node:crypto";

import type { Generation } from "./types.ts";

const COMMON: readonly (readonly [string, string])[] = [
  ["X-Content-Type-Options", "nosniff"],
  ["X-XSS-Protection", "1; mode=block"],
];

const MAY_2026: readonly (readonly [string, string])[] = [
  ["Strict-Transport-Security", "max-age=63072000; includeSubDomains; preload"],
  ["Referrer-Policy", "strict-origin-when-cross-origin"],
  ["Permissions-Policy", "camera=(), microphone=(self), geolocation=()"],
  ["Cross-Origin-Opener-Policy", "same-origin"],
  ["Cross-Origin-Resource-Policy", "same-origin"],
];

const POLICY_AFTER_NONCE = [
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob: https://chat.akash.network https://www.google-analytics.com",
  "font-src 'self'",
  "connect-src 'self' https://api.akashml.com https://chatapi.akash.network https://auth.akash.network https://*.auth0.com https://www.google-analytics.com https://www.googletagmanager.com wss:",
  "worker-src 'self'",
  "media-src 'self' blob:",
  "frame-src 'none'",
  "frame-ancestors 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "manifest-src 'self'",
  "upgrade-insecure-requests",
].join("; ");

/** The headers that the app puts on every reply of its own; image files get no policy. */
export function appHeaders(generation: Generation, path: string): (readonly [string, string])[] {
  if (generation === "A") return [...COMMON, ["X-Frame-Options", "SAMEORIGIN"]];
  if (path.startsWith("/api/image/")) return [...COMMON, ...MAY_2026];
  const nonce = Buffer.from(randomUUID()).toString("base64");
  const scripts = `script-src 'self' 'nonce-${nonce}' 'strict-dynamic' https://www.googletagmanager.com`;
  return [
    ...COMMON,
    ...MAY_2026,
    ["content-security-policy", `${scripts}; ${POLICY_AFTER_NONCE}`],
    ["vary", "rsc, next-router-state-tree, next-router-prefetch, next-router-segment-prefetch"],
  ];
}
