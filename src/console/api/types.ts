/**
 * What the console reads of the gateway's answers; docs/api.md describes them. `test/console/wire-types.test.ts` holds them to what the
 * server makes. Times are ISO 8601.
 */

/** `GET /v1/access` */
export interface AccessObject {
  readonly caller: "anybody" | "operator" | "key" | null;
  readonly open: boolean;
  readonly admin: boolean;
  readonly admin_api: boolean;
  readonly ledger: boolean;
  readonly key: { readonly id: string; readonly name: string } | null;
  readonly reason: string | null;
}

/** A median and a 95th percentile, in ms. */
export interface PercentilesObject {
  readonly p50: number;
  readonly p95: number;
}

/** What some requests came to. */
export interface FiguresObject {
  readonly requests: number;
  readonly failed: number;
  readonly refused: number;
  readonly left: number;
  readonly recovered: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost_usd: number;
  readonly first_token_ms: PercentilesObject | null;
  readonly total_ms: PercentilesObject | null;
  readonly last_at: string | null;
}

/** A step of an activity. */
export interface StepObject extends FiguresObject {
  readonly at: string;
}

/** How often requests ended with one kind of error. */
export interface ErrorCountObject {
  readonly error: string;
  readonly failed: number;
  readonly refused: number;
}

/** How long back a status looks. */
export type Span = "1h" | "24h" | "7d" | "30d";

/** What happened in a span. */
export interface ActivityObject {
  readonly span: Span;
  readonly from: string;
  readonly to: string;
  readonly step_seconds: number;
  readonly all: FiguresObject;
  readonly steps: readonly StepObject[];
  readonly models: readonly (FiguresObject & { readonly model: string })[];
  readonly upstreams: readonly (FiguresObject & { readonly upstream: string })[];
  readonly errors: readonly ErrorCountObject[];
}

/** What an upstream allows. */
export interface AllowanceObject {
  readonly state: "available" | "spent" | "uncounted" | "unknown";
  readonly used_percent: number | null;
  readonly used_tokens: number | null;
  readonly remaining_tokens: number | null;
  readonly limit_tokens: number | null;
  readonly window_seconds: number | null;
  readonly resets_at: string | null;
}

/** An upstream. */
export interface UpstreamObject {
  readonly name: string;
  readonly type: string;
  readonly up: boolean;
  readonly models_resting: number;
  readonly problem: {
    readonly error: string;
    readonly message: string;
    readonly model: string | null;
    readonly since: string | null;
    readonly next_try_at: string | null;
    readonly told: boolean | null;
  } | null;
  readonly allowance: AllowanceObject | null;
  readonly pace_tokens: number | null;
}

/** How a model comes by something. */
export type SupportObject = "native" | "emulated" | "none" | "unknown";

/** A model at one upstream. */
export interface LegObject {
  readonly name: string;
  readonly model: string;
  readonly answers_now: boolean;
  readonly tools: SupportObject;
  readonly json_schema: SupportObject;
  readonly thinking: SupportObject;
  readonly images: SupportObject;
  /** US dollars a token, as decimal texts. */
  readonly pricing: {
    readonly prompt?: string;
    readonly completion?: string;
    readonly request?: string;
  } | null;
}

/** A model. */
export interface ModelObject {
  readonly id: string;
  readonly kind: "chat" | "image" | "embedding" | "transcription" | "speech" | "other";
  readonly alias_of: string | null;
  readonly answers_now: boolean;
  readonly context_length: number | null;
  readonly max_output_length: number | null;
  readonly upstreams: readonly LegObject[];
}

/** Another name of a model; `model` is `null` where it leads to none that is offered now. */
export interface AliasObject {
  readonly name: string;
  readonly model: string | null;
}

/** A request under way. */
export interface OpenObject {
  readonly id: string;
  readonly route: string;
  readonly model: string | null;
  readonly upstream: string | null;
  readonly key: string | null;
  readonly key_name: string | null;
  readonly client: string | null;
  readonly stream: boolean;
  readonly background: boolean;
  readonly waits_for: string;
  readonly first_token_ms: number | null;
  readonly ms: number;
}

/** How a limit of a key stands. */
export interface LimitObject {
  readonly limit: string;
  readonly id: string;
  readonly unit: "requests" | "tokens" | "usd";
  readonly period: string | null;
  readonly cap: number;
  readonly used: number;
  readonly reserved: number;
  readonly remaining: number;
  readonly resets_at: string | null;
}

/** A budget of a key. */
export interface BudgetObject {
  readonly id: string;
  readonly tokens?: number;
  readonly usd?: number;
  readonly period: string;
}

/** A key, as the lists of keys have it; its `limits` where they were asked for. */
export interface KeyObject {
  readonly id: string;
  readonly name: string;
  readonly hint: string;
  readonly created_at: string | null;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly parent: string | null;
  readonly models: readonly string[] | null;
  readonly dialects: readonly string[] | null;
  readonly requests_per_minute: number | null;
  readonly tokens_per_minute: number | null;
  readonly tokens_per_day: number | null;
  readonly concurrency: number | null;
  readonly budget: BudgetObject | null;
  readonly trace: boolean;
  readonly limits: readonly LimitObject[];
}

/** `GET /v1/status` */
export interface StatusObject {
  readonly version: string;
  readonly started_at: string;
  readonly base_url: string;
  readonly kept_in: "memory" | "files" | "database";
  readonly open_to_all: boolean;
  readonly upstreams: readonly UpstreamObject[];
  readonly models: readonly ModelObject[];
  /** Other names, patterns too, in the order in which they are looked up. */
  readonly aliases: readonly AliasObject[];
  readonly open: readonly OpenObject[];
  readonly activity: ActivityObject | null;
  readonly activity_error: string | null;
  readonly key: KeyObject | null;
}

/** A row of `GET /admin/v1/usage?by=key,hour`. */
export interface KeyHourObject {
  readonly key: string | null;
  readonly hour: string;
  readonly requests: number;
  readonly failed: number;
  readonly refused: number;
}

/** A try at an upstream. */
export interface AttemptObject {
  readonly upstream: string;
  readonly model: string;
  /** `answered`, or the kind of its failure. */
  readonly outcome: string;
  readonly ms: number;
}

/** A row of `GET /v1/requests`, as docs/ledger.md has it. */
export interface RequestObject {
  readonly id: string;
  readonly created_at: string;
  readonly outcome: "answered" | "failed" | "refused" | "left";
  readonly key: string | null;
  readonly dialect: string | null;
  readonly route: string;
  readonly requested_model: string | null;
  readonly model: string | null;
  readonly upstream: string | null;
  readonly attempts: readonly AttemptObject[];
  readonly status: number | null;
  readonly finish_reason: string | null;
  readonly error: string | null;
  readonly stream: boolean | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly reasoning_tokens: number | null;
  readonly estimated: boolean | null;
  readonly cost_usd: number | null;
  readonly pictures: number;
  readonly repairs: number;
  readonly retries: number;
  readonly first_token_ms: number | null;
  readonly ms: number;
  readonly client: string | null;
  readonly session: string | null;
  readonly agent: string | null;
  readonly traced: boolean;
}
