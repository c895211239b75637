/** Shows the reference of the gateway that this page came from. `SwaggerUIBundle` is the viewer, whose script is loaded before this one. */
const place = document.querySelector("#reference");

/** The viewer has its dark colours behind a class. */
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

try {
  const reply = await fetch("../openapi.json");
  if (!reply.ok) throw new Error(`The gateway answered ${reply.status}.`);
  const spec = await reply.json();
  // What is tried here goes where the page came from, whatever address others have of the gateway: its policy allows no other.
  const servers = [{ url: new URL("..", location.href).href.replace(/\/$/, "") }];
  globalThis.SwaggerUIBundle({
    domNode: place,
    spec: { ...spec, servers },
    deepLinking: true,
    docExpansion: "list",
    // The fields of a body, and what is said of each.
    defaultModelExpandDepth: 2,
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    filter: true,
    persistAuthorization: false,
    // It would ask a server of the viewer's makers.
    validatorUrl: null,
  });
} catch (error) {
  place.textContent = `The reference can't be shown: ${error.message}`;
}
