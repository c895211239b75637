import {
  createStreamEncoder,
  resolveRequest,
  type ResponseObject,
  type ResponsesInput,
} from "../dialects/openai-responses/index.ts";
import { GatewayError } from "../errors.ts";
import { ownResponses, type ProblemLog, type StoreProblem, tryToStore } from "../store/response-store.ts";
import type { StartTimer } from "../stream/with-idle-timeout.ts";
import { type BackgroundRuns, createBackgroundRuns, ownRuns } from "./background-runs.ts";
import { compact } from "./compact.ts";
import { ownConversations } from "./conversation-store.ts";
import { createConversationService } from "./create-conversation-service.ts";
import { fitContext } from "./fit-context.ts";
import { createRunFollower } from "./follow-runs.ts";
import { loadContext } from "./load-context.ts";
import { pageItems } from "./page-items.ts";
import { type PreparedAnswer, prepareResponse, type ResponseDependencies } from "./prepare-response.ts";
import { createRunReaper } from "./reap-runs.ts";
import type { PreparedResponse, ResponseContext, ResponseService } from "./response-service.ts";
import type { RunStore } from "./run-store.ts";
import { createRunSharer } from "./share-runs.ts";
import { findStored, isThreadKey, responseNotFound, toStored } from "./stored-response.ts";
import { writeThrough } from "./write-through.ts";

/** What the service is made from. */
export interface ResponseServiceOptions extends Omit<ResponseDependencies, "runs"> {
  readonly log: ProblemLog;
  /** How processes on one store share their background responses. */
  readonly shared?: SharedRuns | undefined;
}

/** What processes on one store need to share their background responses. */
export interface SharedRuns {
  /** Stays its owner's. */
  readonly runs: RunStore;
  /** The id of this process, unique for all time. */
  readonly process: string;
  readonly startTimer: StartTimer;
}

/** The background responses of this process, and of those that it shares them with. */
function openRuns({ shared, store, log }: ResponseServiceOptions): BackgroundRuns {
  if (shared === undefined) return createBackgroundRuns();
  const follower = createRunFollower({ ...shared, log });
  const runs = createBackgroundRuns({ sharer: createRunSharer({ ...shared, log }), follower });
  const reaper = createRunReaper({ ...shared, follower, store, log });
  return {
    ...runs,
    async close() {
      await reaper.close();
      await runs.close();
    },
  };
}

/** Creates the service, with the background responses that it runs. The stores stay their owner's. */
export function createResponseService(options: ResponseServiceOptions): ResponseService {
  const runs = openRuns(options);
  const all: ResponseService = createScope({ ...options, runs }, (owner) =>
    owner === undefined
      ? all
      : createScope(
          {
            ...options,
            store: ownResponses(options.store, owner),
            conversations: ownConversations(options.conversations, owner),
            runs: ownRuns(runs, owner),
          },
          (of) => all.within(of),
        ),
  );
  return all;
}

/** The service over all that is in its places. */
function createScope(
  deps: ResponseDependencies & { readonly log: ProblemLog },
  within: ResponseService["within"],
): ResponseService {
  const { chat, store, runs, summaries, log } = deps;

  function toPrepared(
    { parsed, request, begin, writer, turn }: PreparedAnswer,
    context: ResponseContext,
  ): PreparedResponse {
    const { inputItems } = parsed;

    async function save(response: ResponseObject): Promise<StoreProblem | undefined> {
      return parsed.echo.store ? tryToStore(store, toStored(response, inputItems), log) : undefined;
    }
    const unsave = () => store.delete(writer.response().id);

    return {
      parsed,
      answer: () => begin(context),
      create: () => ({
        events: writeThrough(begin({ ...context, whole: true }), writer),
        async finish() {
          const response = writer.response();
          return { response, problem: await save(response) };
        },
      }),
      stream() {
        let saved: Promise<unknown> | undefined;
        return {
          events: begin(context),
          encoder: createStreamEncoder(writer, (response) => {
            saved = save(response);
          }),
          problem: parsed.echo.store ? store.problem : undefined,
          isShared: store.isShared === true,
          async stored() {
            await saved;
          },
        };
      },
      async startInBackground({ watch, note, onRefused, onEnd }) {
        const { baseUrl } = context;
        const start = (signal: AbortSignal) => note(begin({ signal, baseUrl, watch, admitted: true }));
        try {
          await chat.admit(request, { signal: context.signal, watch });
          // Who asks hears of it now, not the response later.
          await turn?.hold();
          return await runs.start({
            writer,
            inputItems,
            start,
            save,
            unsave,
            onEnd(...how) {
              // Where it was cancelled before it began.
              void turn?.release();
              onEnd(...how);
            },
          });
        } catch (error) {
          onRefused();
          await turn?.release();
          throw error;
        }
      },
    };
  }

  /** A response that was never stored needs no store to be gone. */
  async function deleteStored(id: string, wasStored = true): Promise<boolean> {
    try {
      return await store.delete(id);
    } catch (error) {
      if (wasStored) throw error;
      return false;
    }
  }

  async function countInputTokens(
    input: ResponsesInput,
    { signal, wishes }: Pick<ResponseContext, "signal" | "wishes">,
  ) {
    const loaded = await loadContext(deps, input);
    const { open: openSummary } = summaries;
    const unknown = { responseId: "", temperature: undefined, topP: undefined };
    const { request, ignored } = resolveRequest(input, { ...unknown, ...loaded, openSummary });
    const asked = { ...request, ...wishes };

    /** What would be sent of a request that may be shortened. */
    async function cutAsAllowed() {
      if (input.body.truncation !== "auto") return asked;
      const window = await chat.resolveModel(asked.model, signal);
      return fitContext(chat, asked, { window, signal });
    }

    return { ignored, inputTokens: await chat.countTokens(await cutAsAllowed(), signal) };
  }

  return {
    within,
    conversations: createConversationService(deps),
    async prepare(input, context) {
      return toPrepared(await prepareResponse(deps, input, context), context);
    },
    compact: (input, context) => compact(deps, input, context),
    countInputTokens,
    async retrieve(id) {
      return (await findStored(deps, id, log)).response;
    },
    async follow(id) {
      await findStored(deps, id, log);
      const run = await runs.find(id);
      if (run !== undefined) return run;
      throw new GatewayError(
        "invalid-request",
        "Only a background response can be streamed again, and only for a while after its end. Leave out stream.",
        { param: "stream" },
      );
    },
    async cancel(id) {
      const { response } = await findStored(deps, id, log);
      if (response["background"] !== true) {
        throw new GatewayError(
          "invalid-request",
          "Only a response made with background: true can be cancelled. Close the connection to end another.",
          { param: "response_id" },
        );
      }
      await (await runs.find(id))?.cancel();
      return (await findStored(deps, id, log)).response;
    },
    async delete(id) {
      if (isThreadKey(id)) throw responseNotFound(id);
      const run = await runs.find(id);
      await run?.discard();
      const deleted = await deleteStored(id, run?.stored);
      runs.forget(id);
      if (!deleted && run === undefined) throw responseNotFound(id);
    },
    async listInputItems(id, query) {
      return pageItems((await findStored(deps, id, log)).inputItems, query);
    },
    close: () => runs.close(),
  };
}
