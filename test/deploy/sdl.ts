import { z } from "zod";

const port = z.int().min(1).max(65_535);
const size = z.string().regex(/^\d+(?:\.\d+)?[KMGT]i$/);
/** The proxy of a provider allows no more, and refuses a manifest that asks for it. */
const milliseconds = z.int().min(0).max(60_000);

/**
 * The fields of an SDL 2.0 that we use, as `sdl-schema.yaml` of Akash's own SDK has them. That SDK is 73 MB; what it
 * can't say (that names fit each other) is below.
 */
export const sdlSchema = z.strictObject({
  version: z.enum(["2.0", "2.1"]),
  services: z.record(
    z.string(),
    z.strictObject({
      image: z.string().min(1),
      command: z.array(z.string()).optional(),
      args: z.array(z.string()).optional(),
      env: z.array(z.string().regex(/^[A-Z_]+=/)),
      expose: z.array(
        z.strictObject({
          port,
          as: port,
          to: z
            .array(
              z.union([z.strictObject({ global: z.boolean() }), z.strictObject({ service: z.string() })]),
            )
            .min(1),
          http_options: z
            .strictObject({
              max_body_size: z.int().min(0).max(104_857_600),
              read_timeout: milliseconds,
              send_timeout: milliseconds,
            })
            .optional(),
        }),
      ),
      params: z
        .strictObject({
          storage: z.record(
            z.string(),
            z.strictObject({ mount: z.string().startsWith("/"), readOnly: z.boolean() }),
          ),
        })
        .optional(),
    }),
  ),
  profiles: z.strictObject({
    compute: z.record(
      z.string(),
      z.strictObject({
        resources: z.strictObject({
          cpu: z.strictObject({ units: z.number().positive() }),
          memory: z.strictObject({ size }),
          storage: z.array(
            z.strictObject({
              size,
              name: z.string().optional(),
              attributes: z.strictObject({ persistent: z.literal(true), class: z.string() }).optional(),
            }),
          ),
        }),
      }),
    ),
    placement: z.record(
      z.string(),
      z.strictObject({
        pricing: z.record(
          z.string(),
          z.strictObject({ denom: z.string().regex(/^(?:uakt|uact|ibc\/.*)$/), amount: z.number().min(0) }),
        ),
      }),
    ),
  }),
  deployment: z.record(
    z.string(),
    z.record(z.string(), z.strictObject({ profile: z.string(), count: z.int().min(1) })),
  ),
});

/** A manifest that was read. */
export type Sdl = z.infer<typeof sdlSchema>;

/** The environment of a service, by name. */
export function readEnvironment(entries: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]),
  );
}

/** Names of a manifest that lead nowhere: profiles, prices, volumes, and services that others let in. */
export function findLooseNames({ services, profiles, deployment }: Sdl): readonly string[] {
  const loose: string[] = [];
  const want = (is: boolean, what: string) => void (is || loose.push(what));
  want(
    Object.keys(services).toSorted().join() === Object.keys(deployment).toSorted().join(),
    "services and deployment differ",
  );
  for (const [name, places] of Object.entries(deployment)) {
    for (const [place, { profile }] of Object.entries(places)) {
      const storage = profiles.compute[profile]?.resources.storage ?? [];
      want(storage.length > 0, `profile ${profile}`);
      want(profiles.placement[place]?.pricing[profile] !== undefined, `price of ${profile} at ${place}`);
      const volumes = storage.flatMap((volume) => volume.name ?? []).join();
      want(volumes === Object.keys(services[name]?.params?.storage ?? {}).join(), `volumes of ${name}`);
    }
  }
  for (const { to } of Object.values(services).flatMap(({ expose }) => expose)) {
    for (const place of to)
      want(!("service" in place) || place.service in services, `to: ${JSON.stringify(place)}`);
  }
  return loose;
}
