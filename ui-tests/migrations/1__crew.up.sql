-- The ship's company, and the voyages it has made.
CREATE TYPE rank AS ENUM ('hand', 'mate', 'captain');

CREATE TABLE crew (
    id int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    nick text,
    rank rank NOT NULL DEFAULT 'hand',
    pay numeric(10, 2),
    joined timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE voyage (
    id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    captain int4 NOT NULL REFERENCES crew,
    ports text[] NOT NULL DEFAULT '{}',
    type text NOT NULL
);
