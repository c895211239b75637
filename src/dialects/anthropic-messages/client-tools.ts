import type { ToolDefinition } from "../../model/request.ts";

/**
 * Tools that Anthropic defined and that the *client* runs: the wire carries only a type, the schema is known to
 * both sides. Source: the tool pages of the Messages API reference (bash, text editor, memory).
 */

const path = { type: "string", description: "Absolute path of a file or directory." };
const viewRange = {
  type: "array",
  items: { type: "integer" },
  description: "For view: first and last line, counted from 1; -1 is the end.",
};
const fileText = { type: "string", description: "For create: the whole text of the file." };
const oldText = {
  type: "string",
  description: "For str_replace: the text to replace, exactly as it stands.",
};
const newText = { type: "string", description: "For str_replace: the new text." };
const insertLine = {
  type: "integer",
  description: "For insert: the line after which to insert; 0 is the top.",
};
const insertText = { type: "string", description: "For insert: the text to insert." };

const bash: ToolDefinition = {
  name: "bash",
  description: "Runs a command in a persistent bash session and returns its output.",
  parameters: {
    type: "object",
    properties: {
      command: { type: "string", description: "The command to run. Needed unless restart is true." },
      restart: { type: "boolean", description: "True restarts the session." },
    },
  },
};

function textEditor(
  name: string,
  commands: readonly string[],
  insert: Record<string, unknown>,
): ToolDefinition {
  return {
    name,
    description: "Views, creates and edits text files.",
    parameters: {
      type: "object",
      properties: {
        command: { type: "string", enum: commands, description: "What to do." },
        path,
        view_range: viewRange,
        file_text: fileText,
        old_str: oldText,
        ...insert,
        insert_line: insertLine,
      },
      required: ["command", "path"],
    },
  };
}

const oldEditor = textEditor("str_replace_editor", ["view", "create", "str_replace", "insert", "undo_edit"], {
  new_str: { type: "string", description: "For str_replace and insert: the new text." },
});

const newEditor = textEditor("str_replace_based_edit_tool", ["view", "create", "str_replace", "insert"], {
  new_str: newText,
  insert_text: insertText,
});

const memory: ToolDefinition = {
  name: "memory",
  description: "Reads and writes notes in files below /memories that outlive the conversation.",
  parameters: {
    type: "object",
    properties: {
      command: {
        type: "string",
        enum: ["view", "create", "str_replace", "insert", "delete", "rename"],
        description: "What to do.",
      },
      path,
      view_range: viewRange,
      file_text: fileText,
      old_str: oldText,
      new_str: newText,
      insert_line: insertLine,
      insert_text: insertText,
      old_path: { type: "string", description: "For rename: the present path." },
      new_path: { type: "string", description: "For rename: the new path." },
    },
    required: ["command"],
  },
};

/** The definition behind each type that can be offered to the model. */
export const clientTools: ReadonlyMap<string, ToolDefinition> = new Map([
  ["bash_20241022", bash],
  ["bash_20250124", bash],
  ["text_editor_20241022", oldEditor],
  ["text_editor_20250124", oldEditor],
  ["text_editor_20250429", newEditor],
  ["text_editor_20250728", newEditor],
  ["memory_20250818", memory],
]);
