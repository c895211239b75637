import { fillIn, type SlotValues } from "../../domain/snippet.ts";
import { CodeText } from "../../parts/code-text.tsx";
import { CopyButton } from "../../parts/copy-button.tsx";
import { connectTexts } from "../../text/connect.ts";
import { FilledCode } from "./filled-code.tsx";
import type { Guide, GuideStep } from "./guide.ts";

/** All that is set by hand, in order. */
export function GuideSteps({ guide, values }: { readonly guide: Guide; readonly values: SlotValues }) {
  const steps = guide.steps.filter(
    (step) => step.kind !== "shell" || step.needs === undefined || values[step.needs].text !== "",
  );
  return (
    <>
      {steps.map((step, index) => (
        <Step
          key={index}
          step={step}
          values={values}
          isFirst={index === 0 && guide.canLaunch !== true}
          isLess={guide.canLaunch === true}
        />
      ))}
    </>
  );
}

interface StepProps {
  readonly step: GuideStep;
  readonly values: SlotValues;
  readonly isFirst: boolean;
  /** There is a shorter way. */
  readonly isLess: boolean;
}

function Step({ step, values, isFirst, isLess }: StepProps) {
  if (step.kind === "form") return <FormStep step={step} values={values} />;
  const parts =
    step.kind === "text"
      ? [{ text: step.text, shown: step.text.trimEnd(), isFilled: false }]
      : fillIn(step.code, values);
  return (
    <div class="guide-step">
      <p class="guide-hint">
        <CodeText text={describe(step)} />
      </p>
      <FilledCode parts={parts} isFirst={isFirst} mostLines={isLess ? 8 : 20} />
    </div>
  );
}

function describe(step: Exclude<GuideStep, { kind: "form" }>): string {
  const t = connectTexts.value;
  if (step.kind === "file") return t.inFile(step.path);
  if (step.kind === "text") return t.besideFile(step.path);
  if (step.kind === "program") return step.language;
  return step.needs === undefined ? t.inShell : t.forPictures;
}

/** Fields of a client's own form, each to copy. */
function FormStep({
  step,
  values,
}: Pick<StepProps, "values"> & { readonly step: Extract<GuideStep, { kind: "form" }> }) {
  return (
    <div class="guide-step">
      <p class="guide-hint">{step.where.join(" → ")}</p>
      <dl class="guide-form">
        {step.fields.map(({ label, value: snippet }) => {
          const parts = fillIn(snippet, values);
          const text = parts.map((part) => part.text).join("");
          return (
            <div key={label}>
              <dt>{label}</dt>
              <dd>
                <code>
                  <bdi>{parts.map(({ shown }) => shown).join("")}</bdi>
                </code>
                <CopyButton small text={text} what={label} />
              </dd>
            </div>
          );
        })}
      </dl>
    </div>
  );
}
