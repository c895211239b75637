/** OpenAI's Audio: what its routes need of it. An answer passes as its upstream has written it. */
export {
  encodeOpenAiError as encodeError,
  encodeOpenAiErrorFrame as encodeErrorFrame,
} from "../encode-openai-error.ts";
export { parseForm, type ReadForm } from "./parse-form.ts";
export { parseRequest } from "./parse-request.ts";
