/** Shows the reference of the gateway that this page came from. `SwaggerUIBundle` is the viewer, whose script is loaded before this one. */
const place = document.querySelector("#reference");

/** The viewer has its dark colours behind a class. */
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

/** The fields of forms stay empty until they are filled in: the viewer would send the word "string" in each. */
function emptyForms({ paths, components }) {
  for (const operation of Object.values(paths).flatMap((path) => Object.values(path))) {
    const form = operation.requestBody?.content["multipart/form-data"];
    if (form === undefined) continue;
    const { schema } = form;
    const { properties } = components.schemas[schema.$ref?.split("/").at(-1)] ?? schema;
    for (const field of Object.values(properties ?? {})) if (field.format !== "binary") field.example = "";
  }
}

/** And what is empty is not sent. */
function leaveEmptyFieldsOut(request) {
  const { body } = request;
  if (!(body instanceof FormData)) return request;
  const empty = Array.from(body).flatMap(([name, value]) => (value === "" ? [name] : []));
  for (const name of empty) body.delete(name);
  return request;
}

/** Plays the sound of an answer, and saves it: the viewer would ask for it once more, by its address alone. */
const playSounds = ({ React }) => ({
  wrapComponents: {
    responseBody: (Original) =>
      function ResponseBody(props) {
        const { content, contentType } = props;
        const isSound = /^audio\//i.test(contentType) && content instanceof Blob;
        const sound = React.useMemo(() => isSound && URL.createObjectURL(content), [content, isSound]);
        if (!isSound) return React.createElement(Original, props);
        return React.createElement(
          "p",
          { className: "sound" },
          React.createElement("audio", { controls: true, src: sound }),
          React.createElement("a", { href: sound, download: "speech" }, "Save"),
        );
      },
  },
});

try {
  const reply = await fetch("../openapi.json");
  if (!reply.ok) throw new Error(`The gateway answered ${reply.status}.`);
  const spec = await reply.json();
  emptyForms(spec);
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
    plugins: [playSounds],
    requestInterceptor: leaveEmptyFieldsOut,
    persistAuthorization: false,
    // It would ask a server of the viewer's makers.
    validatorUrl: null,
  });
} catch (error) {
  place.textContent = `The reference can't be shown: ${error.message}`;
}
