import type { ModelObject } from "../../api/types.ts";
import type { Lane } from "../../domain/chat/chat.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Dot } from "../../parts/dot.tsx";
import { Icon } from "../../parts/icon.tsx";
import { hasPage } from "../../state/pages.ts";
import { linkTo } from "../../state/route.ts";
import { status } from "../../state/status.ts";
import { texts } from "../../text/index.ts";
import { playgroundTexts } from "../../text/playground/index.ts";
import { chat, chooseModel, endCompare, isBusy, startCompare } from "./chat-state.ts";
import { drawer, listIsOpen } from "./view-state.ts";

/** The models that one can talk to, or have draw. */
function listModels(): readonly ModelObject[] {
  return (status.value?.models ?? []).filter(
    ({ kind, alias_of: of }) => of === null && (kind === "chat" || kind === "image" || kind === "other"),
  );
}

/** Which model it is, what it can, and what else can be done with the chat. */
export function LaneHead({ lane, place }: { readonly lane: Lane; readonly place: number }) {
  const t = playgroundTexts.value;
  const count = chat.value.lanes.length;
  const last = lane.turns.findLast((turn) => turn.kind === "answer");
  return (
    <header class="lane-head">
      {place === 0 && (
        <Button
          kind="quiet"
          class="chats-button"
          label={t.chats}
          onPress={() => {
            listIsOpen.value = !listIsOpen.value;
          }}
        >
          <Icon name="requests" />
        </Button>
      )}
      <ModelChoice lane={lane} place={place} />
      <ModelBadges model={listModels().find(({ id }) => id === lane.model)} />
      <div class="lane-tools">
        {count === 1 && (
          <Button kind="quiet" class="compare-button" off={isBusy.value} onPress={startCompare}>
            {t.compare}
          </Button>
        )}
        {count > 1 && last?.isTraced === true && last.requestId !== undefined && hasPage("requests") && (
          <a class="lane-trace" href={linkTo("requests", { request: last.requestId })}>
            {t.trace}
          </a>
        )}
        {count > 1 && (
          <Button
            kind="quiet"
            small
            off={isBusy.value}
            label={t.endCompare(lane.model)}
            onPress={() => endCompare(place)}
          >
            <Icon name="close" />
          </Button>
        )}
        <DrawerButtons />
      </div>
    </header>
  );
}

function DrawerButtons() {
  const t = playgroundTexts.value;
  return (
    <>
      <Button
        class="code-button"
        expanded={drawer.value === "code"}
        onPress={() => {
          drawer.value = "code";
        }}
      >
        {t.showCode}
      </Button>
      <Button
        class={drawer.value === undefined ? "parameters-button" : "parameters-button narrow-drawer"}
        expanded={drawer.value !== undefined}
        onPress={() => {
          drawer.value = drawer.value === undefined ? "parameters" : undefined;
        }}
      >
        {t.parameters}
      </Button>
    </>
  );
}

function ModelChoice({ lane, place }: { readonly lane: Lane; readonly place: number }) {
  const t = playgroundTexts.value;
  const models = listModels();
  const known = models.find(({ id }) => id === lane.model);
  const label = chat.value.lanes.length === 1 ? t.model : place === 0 ? t.firstModel : t.secondModel;
  const {
    common,
    overview: { states },
  } = texts.value;
  return (
    <span class="model-choice">
      <Dot
        kind={known === undefined ? "idle" : known.answers_now ? "good" : "bad"}
        label={known === undefined ? common.notKnown : known.answers_now ? states.answers : states.down}
      />
      <select
        aria-label={label}
        value={lane.model}
        onChange={(event) => chooseModel(place, event.currentTarget.value)}
      >
        {known === undefined && <option value={lane.model}>{lane.model}</option>}
        {models.map(({ id, answers_now: answers }) => (
          <option key={id} value={id}>
            {answers || id === lane.model ? id : t.rests(id)}
          </option>
        ))}
      </select>
      <Icon name="down" size={14} />
    </span>
  );
}

/** How the first upstream that answers comes by tools, and whether any sees pictures. */
function ModelBadges({ model }: { readonly model: ModelObject | undefined }) {
  const t = playgroundTexts.value;
  if (model === undefined) return null;
  if (model.kind === "image") return <Badge kind="fact">{t.draws}</Badge>;
  const leg = model.upstreams.find(({ answers_now: answers }) => answers) ?? model.upstreams[0];
  const support = leg?.tools;
  return (
    <span class="lane-badges">
      {(support === "native" || support === "emulated") && (
        <Badge kind={support}>{t.toolsAre[support]}</Badge>
      )}
      {model.upstreams.some(({ images }) => images === "native") && <Badge kind="fact">{t.sees}</Badge>}
    </span>
  );
}
