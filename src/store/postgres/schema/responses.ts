/** Stored responses, as the JSON that was given. The place says in which order they were put. */
export const responseSchema = `
CREATE SEQUENCE gateway.response_places;
CREATE TABLE gateway.responses (
  id text PRIMARY KEY,
  place bigint NOT NULL DEFAULT nextval('gateway.response_places'),
  body text NOT NULL
);
CREATE INDEX responses_place ON gateway.responses (place);
`;
