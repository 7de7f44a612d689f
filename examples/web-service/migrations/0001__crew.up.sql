CREATE TABLE IF NOT EXISTS crew (
    id      integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    name    text NOT NULL,
    email   text NOT NULL UNIQUE,
    nick    text,
    captain boolean NOT NULL DEFAULT false
);

-- One captain at most.
CREATE UNIQUE INDEX IF NOT EXISTS crew_captain ON crew (captain) WHERE captain;
