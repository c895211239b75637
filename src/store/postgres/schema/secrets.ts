/** What all gateways must have alike and none may tell: by its name. */
export const secretSchema = `
CREATE TABLE gateway.secrets (
  name text PRIMARY KEY,
  value text NOT NULL
);
`;
