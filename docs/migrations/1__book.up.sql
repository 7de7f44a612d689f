-- The tables that the programs of the book and of the README speak of.
CREATE TABLE crew (
    id    integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    name  text NOT NULL,
    email text NOT NULL UNIQUE,
    nick  text
);

CREATE TABLE users (
    id    integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    name  text NOT NULL,
    email text NOT NULL UNIQUE,
    nick  text,
    age   integer NOT NULL
);

CREATE TABLE account (
    id      integer PRIMARY KEY,
    balance bigint NOT NULL CONSTRAINT account_not_overdrawn CHECK (balance >= 0)
);

CREATE TABLE visit (
    page text NOT NULL,
    crew integer NOT NULL REFERENCES crew
);
