CREATE TABLE IF NOT EXISTS job (
    id       integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    task     text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    state    text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'given up')),
    result   text
);

-- The next job is the first one of this index that nobody has locked.
CREATE INDEX IF NOT EXISTS job_waiting ON job (id) WHERE state = 'waiting';
