CREATE TABLE crew (
    id    integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    name  text NOT NULL,
    email text NOT NULL UNIQUE,
    nick  text
);
