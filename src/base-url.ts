/** What is wrong with the address of an API, in a whole sentence; `undefined`: nothing. Never shows it: a password may be in it. */
export function findBaseUrlProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    return "must be an http:// or https:// address, such as http://gpu:8000/v1";
  }
  if (url.username !== "" || url.password !== "") {
    return "must have no name and password in it. A key has a place of its own, another login goes into headers: { Authorization: … }";
  }
  if (url.search !== "" || url.hash !== "") return "must end with its path: nothing after ? or #";
  const route = /\/(?:chat\/completions|completions|models|embeddings|messages|responses)\/*$/.exec(
    url.pathname,
  );
  return route === null ? undefined : `is the address that all routes have in common: leave out ${route[0]}`;
}

/** The address without slashes at its end; with `/v1` where there is no path and `underV1` says that the API is there. */
export function tidyBaseUrl(text: string, underV1: boolean): string {
  const bare = text.replace(/\/+$/, "");
  return underV1 && new URL(text).pathname === "/" ? `${bare}/v1` : bare;
}
