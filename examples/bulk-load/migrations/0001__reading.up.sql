-- What the thermometers of some stations have read. A broken one reads nothing.
CREATE TABLE reading (
    id      bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    station text NOT NULL,
    hour    integer NOT NULL CHECK (hour BETWEEN 0 AND 23),
    celsius double precision,
    UNIQUE (station, hour)
);
