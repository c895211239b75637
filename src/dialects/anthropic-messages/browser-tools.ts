import type { JsonSchema } from "../../model/request.ts";
import { member, type Toolset, type ToolsetMember } from "./toolset.ts";

/**
 * Anthropic's browser toolset, which the client runs: one entry in `tools`, a tool for each action.
 * Source: the `BetaBrowser…Input` types of `@anthropic-ai/sdk`.
 */

const number = { type: "number" };
const tab = { type: "string", description: "The tab; default: the active one." };
const text = { type: "string" };

const point = {
  type: "object",
  properties: { type: { const: "coordinate" }, x: number, y: number },
  required: ["type", "x", "y"],
  description: "A point of the viewport, in pixels.",
};
const element = {
  type: "object",
  properties: { type: { const: "ref" }, ref: text },
  required: ["type", "ref"],
  description: "An element, by its reference from read_page or find.",
};
const target = { anyOf: [point, element] };
const modifiers = { type: "string", description: 'Keys to hold meanwhile, such as "ctrl+shift".' };
const keys = { type: "string", description: 'A key or combination, such as "Enter" or "ctrl+a".' };
const seconds = { type: "number", description: "Seconds." };

/** An action in a tab. All its properties but the tab are required, unless they are `optional`. */
function inTab(description: string, properties: JsonSchema = {}, optional: JsonSchema = {}): ToolsetMember {
  return member(description, { ...properties, ...optional, tab_id: tab }, Object.keys(properties));
}

const click = (description: string) => inTab(description, { target }, { modifiers });

/** The toolset `browser_toolset_20260801`. */
export const browserToolset: Toolset = {
  family: "browser",
  disabled: new Set(["file_upload", "read_console", "read_network", "javascript_exec"]),
  members: {
    navigate: inTab('Opens a URL; "back", "forward" and "reload" do what they say.', { url: text }),
    read_page: inTab(
      "Gives the page as a tree of elements with references such as ref_7.",
      {},
      {
        ref: { type: "string", description: "Only what is in this element." },
        depth: { type: "integer", description: "Levels of the tree; default: 15." },
        filter: { type: "string", enum: ["all", "interactive"] },
      },
    ),
    get_page_text: inTab("Gives the text of the page."),
    find: inTab("Finds elements by what they are, and gives their references.", {
      query: { type: "string", description: 'Such as "search bar".' },
    }),
    screenshot: inTab("Takes a picture of the viewport."),
    zoom: inTab("Takes a picture of a part of the viewport, enlarged.", {
      region: {
        type: "array",
        items: number,
        minItems: 4,
        maxItems: 4,
        description: "[x0, y0, x1, y1] in pixels of the viewport.",
      },
    }),
    left_click: click("Clicks."),
    right_click: click("Clicks with the right button."),
    middle_click: click("Clicks with the middle button."),
    double_click: click("Clicks twice."),
    triple_click: click("Clicks three times."),
    hover: inTab("Moves the pointer over something.", { target }),
    mouse_move: inTab("Moves the pointer to a point.", { target: point }),
    left_click_drag: inTab("Drags from one point to another.", { from: point, target: point }),
    left_mouse_down: inTab("Presses the left button at a point, without letting it go.", { target: point }),
    left_mouse_up: inTab("Lets the left button go at a point.", { target: point }),
    scroll: inTab(
      "Scrolls at a point.",
      { target: point, scroll_direction: { type: "string", enum: ["up", "down", "left", "right"] } },
      { scroll_amount: { type: "integer", description: "Clicks of the wheel, 1 to 10; default: 3." } },
    ),
    scroll_to: inTab("Scrolls until an element can be seen.", { target: element }),
    type: inTab("Types a text into what has the focus.", { text }),
    key: inTab("Presses a key or combination.", { text: keys }, { repeat: { type: "integer" } }),
    hold_key: inTab("Holds a key down.", { text: keys, duration: seconds }),
    form_input: inTab("Sets the value of a form's element.", {
      target: element,
      value: { type: ["string", "number", "boolean"] },
    }),
    file_upload: inTab(
      "Gives files to a file input: at least one of paths and document_ids.",
      { target: element },
      {
        paths: { type: "array", items: text, description: "Paths where the browser runs." },
        document_ids: { type: "array", items: text, description: "Files that are ready for it." },
      },
    ),
    wait: inTab("Waits.", { duration: seconds }),
    read_console: inTab("Gives what the page wrote to the console."),
    read_network: inTab("Gives the page's network requests."),
    javascript_exec: inTab("Runs JavaScript in the page and gives its value.", { text }),
    list_tabs: member("Lists the tabs."),
    new_tab: member("Opens a tab."),
    switch_tab: member("Makes a tab the active one.", { tab_id: text }, ["tab_id"]),
    close_tab: member("Closes a tab.", { tab_id: text }, ["tab_id"]),
  },
};
