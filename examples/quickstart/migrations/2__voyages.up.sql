-- Where the ships have been.
CREATE TABLE voyage (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ship_id  integer NOT NULL REFERENCES ship,
    port     text NOT NULL,
    departed timestamptz NOT NULL DEFAULT now()
);
