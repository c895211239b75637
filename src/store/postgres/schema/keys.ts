/** Keys, by the digest of their secret, and the budgets that they share. `body`: JSON of an `AccessKey` without its budget; of a `Budget`. */
export const keySchema = `
CREATE TABLE gateway.budgets (
  id text PRIMARY KEY,
  body text NOT NULL
);
CREATE TABLE gateway.keys (
  id text PRIMARY KEY,
  digest text NOT NULL UNIQUE,
  parent text REFERENCES gateway.keys,
  budget text REFERENCES gateway.budgets,
  created_at bigint NOT NULL,
  revoked_at bigint,
  body text NOT NULL
);
`;
