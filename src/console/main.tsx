import { render } from "preact";

import { App } from "./app.tsx";
import { pageNames } from "./pages/index.ts";
import { askAccess } from "./state/access.ts";
import { setPages } from "./state/pages.ts";
import { watchStatus } from "./state/status.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/panels.css";
import "./styles/shell.css";
import "./styles/charts.css";
import "./styles/overview.css";
import "./styles/keys.css";

setPages(pageNames);
const root = document.getElementById("console");
if (root !== null) render(<App />, root);
void askAccess();
watchStatus();
