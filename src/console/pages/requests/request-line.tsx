import type { TraceObject } from "../../domain/requests/trace-types.ts";
import type { RequestObject } from "../../api/types.ts";
import { shortClient, writeExactClock } from "../../domain/figures.ts";
import { texts } from "../../text/index.ts";
import { keyNames } from "./list-state.ts";
import { requestTexts } from "./text.ts";
import { writeTime } from "./write-row.ts";

/** When it was, what was asked, and who asked. */
export function RequestLine(props: {
  readonly row: RequestObject | undefined;
  readonly trace: TraceObject | undefined;
}) {
  const { row, trace } = props;
  const t = requestTexts.value.detail;
  const { locale } = texts.value;
  const at = Date.parse(row?.created_at ?? trace?.created_at ?? "");
  const clock = writeExactClock(at, locale);
  const when = writeTime(at, locale);
  const key = row?.key ?? trace?.key ?? null;
  const client = row?.client ?? trace?.request.headers["user-agent"];
  return (
    <p class="request-line">
      {when === clock ? t.today(clock) : when} ·{" "}
      {row?.route ?? `${trace?.request.method} ${trace?.request.route}`}
      {key !== null && (
        <>
          {" "}
          · {t.key} <b>{keyNames.value.get(key) ?? key}</b>
        </>
      )}
      {client !== undefined && ` · ${shortClient(client)}`}
      {typeof row?.session === "string" && `, ${t.session(row.session)}`}
      {typeof row?.agent === "string" && `, ${t.agent(row.agent)}`}
    </p>
  );
}
