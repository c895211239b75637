import type { ToolDefinition } from "../../model/request.ts";
import { member, type Toolset } from "./toolset.ts";

/**
 * Anthropic's computer tools, which the client runs: the single tool of 2024 and 2025, whose parameter `action` says what
 * to do, and the toolset of 2026 with a tool for each action. Sources: the computer use page of the Messages API
 * reference, and the `BetaComputer…Input` types of `@anthropic-ai/sdk`.
 */

function point(description: string) {
  return { type: "array", items: { type: "integer" }, minItems: 2, maxItems: 2, description };
}

const coordinate = point("[x, y] in pixels of the screenshot.");
const startCoordinate = point("[x, y] where the drag begins.");
const region = {
  type: "array",
  items: { type: "integer" },
  minItems: 4,
  maxItems: 4,
  description: "[x0, y0, x1, y1] in pixels of the screenshot.",
};
const direction = { type: "string", enum: ["up", "down", "left", "right"] };
const amount = { type: "integer", description: "Clicks of the scroll wheel." };
const seconds = { type: "number", description: "Seconds." };
const keys = { type: "string", description: 'A key or combination, such as "Return" or "ctrl+s".' };
const held = { type: "string", description: 'Keys to hold meanwhile, such as "ctrl+shift".' };

function click(what: string) {
  return member(`${what} at a point, or where the pointer is.`, { coordinate, text: held });
}

/** The toolset `computer_toolset_20260801`. */
export const computerToolset: Toolset = {
  family: "computer",
  disabled: new Set(),
  members: {
    screenshot: member("Takes a picture of the screen."),
    zoom: member("Takes a picture of a part of the screen, enlarged.", { region }, ["region"]),
    cursor_position: member("Tells where the pointer is."),
    mouse_move: member("Moves the pointer to a point.", { coordinate }, ["coordinate"]),
    left_click: click("Clicks"),
    right_click: click("Clicks with the right button"),
    middle_click: click("Clicks with the middle button"),
    double_click: click("Clicks twice"),
    triple_click: click("Clicks three times"),
    left_click_drag: member(
      "Drags from one point to another.",
      { start_coordinate: startCoordinate, coordinate, text: held },
      ["start_coordinate", "coordinate"],
    ),
    left_mouse_down: member("Presses the left button, without letting it go."),
    left_mouse_up: member("Lets the left button go."),
    scroll: member(
      "Scrolls at a point, or where the pointer is.",
      { scroll_direction: direction, scroll_amount: amount, coordinate, text: held },
      ["scroll_direction", "scroll_amount"],
    ),
    type: member("Types a text.", { text: { type: "string" } }, ["text"]),
    key: member("Presses a key or combination.", { text: keys, repeat: { type: "integer" } }, ["text"]),
    hold_key: member("Holds a key down.", { text: keys, duration: seconds }, ["text", "duration"]),
    wait: member("Waits.", { duration: seconds }, ["duration"]),
  },
};

const firstActions = [
  "screenshot",
  "cursor_position",
  "mouse_move",
  "left_click",
  "right_click",
  "middle_click",
  "double_click",
  "left_click_drag",
  "type",
  "key",
];
const laterActions = [
  ...firstActions,
  "triple_click",
  "left_mouse_down",
  "left_mouse_up",
  "scroll",
  "hold_key",
  "wait",
];

/** Settings of a computer tool that the model must know. */
export interface ComputerSettings {
  readonly display_width_px?: number | null | undefined;
  readonly display_height_px?: number | null | undefined;
  readonly enable_zoom?: boolean | null | undefined;
}

/** The tool `computer` of one version; `undefined` for another type. */
export function computerTool(type: string, settings: ComputerSettings): ToolDefinition | undefined {
  if (!/^computer_(?:20241022|20250124|20251124)$/.test(type)) return undefined;
  const isFirst = type === "computer_20241022";
  const zooms = type === "computer_20251124" && settings.enable_zoom === true;
  const { display_width_px: width, display_height_px: height } = settings;
  const size = width && height ? ` of ${width} by ${height} pixels` : "";
  const later = {
    start_coordinate: startCoordinate,
    scroll_direction: direction,
    scroll_amount: amount,
    duration: { type: "number", description: "For hold_key and wait: seconds." },
  };
  return {
    name: "computer",
    description: `Uses a screen${size}, its mouse and its keyboard. Take a screenshot to see what is there.`,
    parameters: {
      type: "object",
      properties: {
        action: {
          type: "string",
          enum: [...(isFirst ? firstActions : laterActions), ...(zooms ? ["zoom"] : [])],
          description: "What to do.",
        },
        coordinate,
        text: {
          type: "string",
          description: 'For type: the text. For key and hold_key: a key or combination, such as "ctrl+s".',
        },
        ...(isFirst ? {} : later),
        ...(zooms ? { region } : {}),
      },
      required: ["action"],
    },
  };
}
