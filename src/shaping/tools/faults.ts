import type { ToolRequest } from "./tool-request.ts";
import { describeSchema } from "./prompt/describe-schema.ts";
import { taughtSyntaxFor } from "./prompt/taught-syntax.ts";

/** What keeps a call, or an answer, from being passed on. */
export type Fault =
  | { readonly kind: "unknown-tool" | "other-tool"; readonly name: string }
  | { readonly kind: "unreadable" | "cut"; readonly name: string | undefined }
  | { readonly kind: "schema"; readonly name: string; readonly faults: readonly string[] }
  | { readonly kind: "no-call" };

/** Says to the model what is wrong and what to write instead. `accepted`: calls of this answer that were passed on. */
export function describeFaults(
  faults: readonly Fault[],
  context: { readonly request: ToolRequest; readonly model: string; readonly accepted: readonly string[] },
): string {
  const { request, model, accepted } = context;
  const lines = [...new Set(faults.map((fault) => describeFault(fault, request)))];
  if (accepted.length > 0) {
    lines.push(
      `The ${accepted.length === 1 ? "call" : "calls"} before it (${accepted.join(", ")}) went through: don't repeat what was accepted.`,
    );
  }
  const again = faults.some((fault) => fault.kind === "no-call")
    ? "Write the call now"
    : "Write the call again, corrected";
  lines.push(`${again}, in exactly this form and with no other text:`, taughtSyntaxFor(model).form);
  return lines.join("\n");
}

function describeFault(fault: Fault, request: ToolRequest): string {
  const names = request.tools.map((tool) => tool.name).join(", ");
  const call = "name" in fault && fault.name !== undefined ? `Your call of ${fault.name}` : "Your tool call";
  switch (fault.kind) {
    case "unknown-tool":
      return `There is no tool named ${JSON.stringify(fault.name)}. The tools are: ${names}.`;
    case "other-tool":
      return `You called ${fault.name}, but this answer must call ${choiceName(request)}.`;
    case "unreadable":
      return `${call} can't be read: its arguments are not in the right form. The tools are: ${names}.`;
    case "cut":
      return `${call} is incomplete: the answer ended inside it.`;
    case "schema": {
      const tool = request.tools.find((one) => one.name === fault.name);
      const fields = tool === undefined ? "" : ` The arguments are: ${describeSchema(tool.parameters)}`;
      return `${call} has wrong arguments: ${fault.faults.join("; ")}.${fields}`;
    }
    default:
      return request.toolChoice.kind === "function"
        ? `Your answer must call the tool ${choiceName(request)}, but it has no tool call.`
        : `Your answer must call a tool, but it has no tool call. The tools are: ${names}.`;
  }
}

function choiceName({ toolChoice }: ToolRequest): string {
  return toolChoice.kind === "function" ? toolChoice.name : "a tool";
}
