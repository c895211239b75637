import { GatewayError } from "../../errors.ts";
import { homePageHeaders, pageStyle } from "../home-page.ts";

const reasonOf = (name: string) => `This gateway was built without its ${name}.`;

/** Why there is no such page, for programs. `name`: `console`. */
export function missingPage(name: string): GatewayError {
  return new GatewayError(
    "not-found",
    `${reasonOf(name)} In its folder, 'npm ci && npm run build' makes it; it is there from then on.`,
    { shouldRetry: false },
  );
}

/** The same for people. */
export function describeMissingPage(name: string) {
  return {
    headers: homePageHeaders,
    body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>akashchat-api</title>
<style>${pageStyle}</style>
<h1>No ${name} here</h1>
<p>${reasonOf(name)} It is made with the development dependencies. In the gateway's folder:</p>
<pre>npm ci &amp;&amp; npm run build</pre>
<p>Then load this page again. All APIs work without it.</p>
</html>
`,
  };
}
