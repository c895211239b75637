/**
 * Conversations and their items, as the JSON that was given. `place` says in which order conversations were added to, and is their version; an
 * item stands at the place that its conversation had got with it.
 */
export const conversationSchema = `
CREATE SEQUENCE gateway.conversation_places;
CREATE TABLE gateway.conversations (
  id text PRIMARY KEY,
  body text NOT NULL,
  metadata text NOT NULL,
  place bigint NOT NULL DEFAULT nextval('gateway.conversation_places'),
  holder text,
  held_until bigint NOT NULL DEFAULT 0
);
CREATE INDEX conversations_place ON gateway.conversations (place);
CREATE TABLE gateway.conversation_items (
  conversation text NOT NULL REFERENCES gateway.conversations ON DELETE CASCADE,
  place bigint NOT NULL,
  number integer NOT NULL,
  id text NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (conversation, place, number)
);
`;
