import { useSignal } from "@preact/signals";

import { toCsv } from "../../domain/requests/to-csv.ts";
import { Notice } from "../../parts/notice.tsx";
import { readAll } from "./list-state.ts";
import { Popover } from "./popover.tsx";
import { saveFile } from "./save-file.ts";
import { requestTexts } from "./text.ts";

/** The table as a file: all that the filters mean. */
export function ExportMenu() {
  const t = requestTexts.value;
  const isBusy = useSignal(false);
  const failure = useSignal<string | undefined>(undefined);

  async function save(form: "csv" | "json"): Promise<void> {
    isBusy.value = true;
    failure.value = undefined;
    try {
      const rows = await readAll();
      if (form === "csv") saveFile("requests.csv", "text/csv", toCsv(rows));
      else saveFile("requests.json", "application/json", JSON.stringify(rows, undefined, 2));
    } catch (error) {
      failure.value = error instanceof Error ? error.message : String(error);
    }
    isBusy.value = false;
  }

  return (
    <>
      <Popover label={isBusy.value ? t.exporting : t.export} icon="download" busy={isBusy.value}>
        <button type="button" onClick={() => void save("csv")}>
          {t.exportCsv}
        </button>
        <button type="button" onClick={() => void save("json")}>
          {t.exportJson}
        </button>
      </Popover>
      {failure.value !== undefined && <Notice kind="red">{t.exportFailed(failure.value)}</Notice>}
    </>
  );
}
