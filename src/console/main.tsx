import { render } from "preact";

import { App } from "./app.tsx";
import { findPage, pageNames } from "./pages/index.ts";
import { askAccess } from "./state/access.ts";
import { setPages } from "./state/pages.ts";
import { route } from "./state/route.ts";
import { watchStatus } from "./state/status.ts";
import { textsAreRead } from "./text/speak.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/panels.css";
import "./styles/shell.css";

setPages(pageNames);
// While it is asked who we are.
findPage(route.value.page)?.load();
const root = document.getElementById("console");
if (root !== null) void textsAreRead().then(() => render(<App />, root));
void askAccess();
watchStatus();
