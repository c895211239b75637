import { CodeText } from "../../parts/code-text.tsx";
import { connectTexts } from "../../text/connect.ts";
import { AliasTable } from "./alias-table.tsx";
import { writeConnect, writeLaunch } from "./commands.ts";
import { keyChoice, toConnection, valuesOf } from "./connection.ts";
import { FilledCode } from "./filled-code.tsx";
import { GuidePart, type GuideProps } from "./guide-part.tsx";
import { GuideSteps } from "./guide-steps.tsx";
import { TryIt } from "./try-it.tsx";

/** The whole way: settings, names, and whether it works. */
export function GuideView({ guide, gateway }: GuideProps) {
  const t = connectTexts.value;
  const values = valuesOf(gateway);
  const { canLaunch = false, canWrite = false } = guide;
  const { secret, hint } = keyChoice.value;
  const title = canLaunch ? t.byHand : guide.group === "code" ? t.programs : t.settings;
  const command = `${writeConnect(guide, toConnection(gateway))} --write`;
  return (
    <>
      {canLaunch && (
        <GuidePart number={1} title={t.launch} hint={t.launchHint}>
          <FilledCode isFirst parts={writeLaunch(guide, values, keyChoice.value.id !== "none")} />
        </GuidePart>
      )}
      <GuidePart
        number={canLaunch ? t.or : 1}
        title={title}
        hint={canWrite ? t.writeHint(command) : undefined}
      >
        <GuideSteps guide={guide} values={values} />
        {secret === undefined && hint !== undefined && (
          <p class="guide-hint">
            <CodeText text={t.pasteThere(values.key.text)} />
          </p>
        )}
        {t.notes[guide.id] !== undefined && (
          <p class="guide-hint">
            <CodeText text={t.notes[guide.id] ?? ""} />
          </p>
        )}
      </GuidePart>
      <AliasTable guide={guide} gateway={gateway} />
      <TryIt guide={guide} gateway={gateway} />
    </>
  );
}
